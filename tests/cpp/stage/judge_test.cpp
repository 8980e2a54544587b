#include "stage/judge.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

struct JudgeTest : testing::Test {
  JudgeTest() {
    route = fake::RouteOf("POST", "/");
    route.body_media = protocol::kAllMedia;
  }
  Judgement Of(const std::string& body, Media media) {
    protocol::Manifest manifest;
    manifest.routes = {route};
    table = fake::TableOf(manifest);
    return Judge(PlanOf(*table, 0), media, BodyBytes{body}, 1'000'000, *spools);
  }
  Judgement Json(const std::string& body) { return Of(body, {protocol::kJsonMedia, {}}); }
  Judgement Urlencoded(const std::string& body) { return Of(body, {protocol::kUrlencodedMedia, {}}); }
  Judgement Multipart(const std::string& body) { return Of(body, {protocol::kMultipartMedia, "b"}); }
  // type@loc of every finding.
  static std::string Found(const Judgement& judgement) {
    std::string text;
    for (const http::Invalid& invalid : judgement.findings) {
      text += (text.empty() ? "" : " ") + invalid.type + "@";
      for (const std::string& part : invalid.loc) text += (text.back() == '@' ? "" : "/") + part;
    }
    return text;
  }

  protocol::Route route;
  std::shared_ptr<const route::Table> table;
  base::Loop loop{1};
  std::shared_ptr<base::Spools> spools = std::make_shared<base::Spools>(loop, base::Spools::Limits());
};

constexpr char kItem[] = R"({"type":"object","required":["name","price"],"properties":{"name":{"type":"string"},
  "price":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}}}})";

TEST_F(JudgeTest, JsonIsStrict) {
  EXPECT_EQ(Json("\xEF\xBB\xBF{}").fault, Fault::kNone) << "a byte order mark is skipped";
  for (const char* bad : {"{", "{\"a\":1,\"a\":2}", "NaN", "\"\xff\"", "\"\\ud800\"", "01", "[1,]", "1 2", " "}) {
    EXPECT_EQ(Json(bad).fault, Fault::kBadBody) << bad;
  }
  EXPECT_EQ(Json(std::string(128, '[') + std::string(128, ']')).fault, Fault::kNone);
  EXPECT_EQ(Json(std::string(129, '[') + std::string(129, ']')).fault, Fault::kBadBody);
  route.max_json_depth = 2;
  EXPECT_EQ(Json("[[[]]]").fault, Fault::kBadBody);
}

TEST_F(JudgeTest, AllThatBreaksTheSchemaIsFound) {
  route.body_schema = kItem;
  EXPECT_EQ(Found(Json(R"({"name":"a","price":5.0})")), "");
  EXPECT_EQ(Found(Json(R"({"price":"x","tags":["a",1]})")),
            "missing@body/name int_parsing@body/price type_error@body/tags/1");
}

TEST_F(JudgeTest, AnyAndNoJson) {
  route.body_schema = "true";
  EXPECT_EQ(Found(Json("1")), "");
  route.body_schema = "false";
  EXPECT_EQ(Found(Json("1")), "validation_error@body");
}

TEST_F(JudgeTest, AnEmptyBody) {
  route.body_schema = kItem;
  EXPECT_EQ(Found(Json("")), "");
  route.body_required = true;
  EXPECT_EQ(Found(Json("")), "missing@body");
  route.body_required = false;
  route.body_keyed = true;
  EXPECT_EQ(Found(Json("")), "missing@body/name missing@body/price");
}

TEST_F(JudgeTest, FormsAreTypedByTheSchema) {
  route.body_schema = kItem;
  const Judgement good = Urlencoded("name=007&price=0123&tags=1&x%5By%5D=1");
  EXPECT_EQ(Found(good), "");
  EXPECT_EQ(good.form, R"({"fields":{"name":"007","price":123,"tags":["1"],"x":{"y":"1"}},"files":[]})");
  EXPECT_EQ(Found(Urlencoded("name=a&price=x")), "int_parsing@body/price");
  EXPECT_EQ(Urlencoded("name=%ff").fault, Fault::kBadBody);
  EXPECT_EQ(Urlencoded("a=1&a%5Bb%5D=2").fault, Fault::kBadBody);
  route.body_schema.clear();
  EXPECT_EQ(Urlencoded("n=1&n=2&m=1").form, R"({"fields":{"n":["1","2"],"m":"1"},"files":[]})") << "never guessed";
}

constexpr char kUpload[] =
    "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHi\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
    "\x89PNG\r\n\x1a\n\r\n--b--\r\n";

TEST_F(JudgeTest, FilesAreToldByTheirPlace) {
  route.body_schema =
      R"({"type":"object","required":["file"],"properties":{"file":{"type":"string","format":"binary"}}})";
  route.file_parts = {{"file", {"image/*"}, 1024, true}};
  const std::string body = kUpload;
  const Judgement good = Multipart(body);
  EXPECT_EQ(Found(good), "");
  const size_t at = body.find("\x89PNG");
  EXPECT_EQ(good.form, R"({"fields":{"title":"Hi","file":0},"files":[{"name":"file","filename":"a.png",)"
                       R"("content_type":"image/png","headers":[["content-disposition",)"
                       R"("form-data; name=\"file\"; filename=\"a.png\""],["content-type","image/png"]],"offset":)" +
                           std::to_string(at) + R"(,"size":8}]})");
  EXPECT_EQ(Found(Urlencoded("file=x")), "type_error@body/file") << "a text is no file";
  EXPECT_EQ(Urlencoded("file=%EF%BF%BF%EF%BF%BEfile:0").fault, Fault::kBadBody) << "and cannot pretend to be one";
}

TEST_F(JudgeTest, FilesAreCheckedBesides) {
  route.file_parts = {{"file", {"image/jpeg"}, 0, false}};
  const Judgement wrong = Multipart(kUpload);
  ASSERT_EQ(Found(wrong), "validation_error@files/file");
  EXPECT_EQ(wrong.findings[0].msg, "Invalid content type 'image/png'. Allowed types: image/jpeg");
  route.file_parts = {{"file", {}, 7, false}};
  EXPECT_EQ(Multipart(kUpload).fault, Fault::kBodyTooLarge);
  EXPECT_EQ(Multipart(kUpload).detail, "File too large. Maximum size is 7 bytes");
  std::string spoofed = kUpload;
  spoofed.replace(spoofed.find("image/png"), 9, "image/jpeg");
  route.file_parts = {{"file", {}, 0, true}};
  const Judgement spoof = Multipart(spoofed);
  ASSERT_EQ(Found(spoof), "validation_error@files/file");
  EXPECT_EQ(spoof.findings[0].msg, "File type mismatch: MIME type is image/jpeg but magic numbers indicate image/png");
  EXPECT_EQ(spoof.findings[0].ctx,
            R"({"declared_mime":"image/jpeg","detected_type":"image/png","magic_bytes":"89504e470d0a1a0a"})");
}

TEST_F(JudgeTest, FilesInErrorsHaveTheirNames) {
  route.body_schema = R"({"type":"object","required":["x"]})";
  const Judgement wrong = Multipart(kUpload);
  ASSERT_EQ(Found(wrong), "missing@body/x");
  EXPECT_EQ(wrong.findings[0].input, R"({"title":"Hi","file":"a.png"})");
}

TEST(Plans, RefuseWhatCannotBeCompiledAndNameIt) {
  protocol::Manifest manifest;
  manifest.routes = {fake::RouteOf("POST", "/a")};
  manifest.routes[0].body_media = protocol::kJsonMedia;
  manifest.routes[0].body_schema = R"({"type":"nothing"})";
  const auto built = route::Table::Build(manifest, 1, &Plans::Make);
  const auto* refusal = std::get_if<std::string>(&built);
  ASSERT_NE(refusal, nullptr);
  EXPECT_TRUE(refusal->starts_with("route POST /a: body: ")) << *refusal;
}

TEST_F(JudgeTest, MomentsWithAnOffset) {
  route.body_schema = R"({"type":"string","format":"spikard-aware-date-time"})";
  for (const char* right : {R"("2024-02-29T10:00Z")", R"("2024-02-29 10:00:00.5z")", R"("2024-02-29t10:00-0230")"})
    EXPECT_EQ(Found(Json(right)), "") << right;
  for (const char* wrong : {R"("2024-02-29T10:00:00")", R"("2024-02-30T10:00:00Z")", R"("2024-02-29Z")", R"("")"})
    EXPECT_EQ(Found(Json(wrong)), "datetime_parsing@body") << wrong;
}

TEST_F(JudgeTest, TextsThatPydanticMayTakeForNumbersPass) {
  route.body_schema = R"({"properties":{"i":{"type":["integer","string","boolean"],"format":"spikard-lax-integer"},)"
                      R"("n":{"type":["number","string","boolean"],"format":"spikard-lax-number"},)"
                      R"("b":{"type":["boolean","number","string"],"format":"spikard-lax-boolean"}}})";
  for (const char* right :
       {R"({"i":"5"})", R"({"i":" -5 "})", R"({"i":"1_000"})", R"({"i":"5.0"})", R"({"i":"\u00a05"})", R"({"i":true})",
        R"({"n":"1.5e3"})", R"({"n":"NaN"})", R"({"n":"-Infinity"})", R"({"n":".5"})", R"({"n":false})",
        R"({"b":"On"})", R"({"b":"0"})", R"({"b":"T"})", R"({"b":1})"}) {
    EXPECT_EQ(Found(Json(right)), "") << right;
  }
  EXPECT_EQ(Found(Json(R"({"i":"x"})")), "int_parsing@body/i");
  EXPECT_EQ(Found(Json(R"({"i":""})")), "int_parsing@body/i");
  EXPECT_EQ(Found(Json(R"({"i":[]})")), "int_parsing@body/i");
  EXPECT_EQ(Found(Json(R"({"n":"much"})")), "float_parsing@body/n");
  EXPECT_EQ(Found(Json(R"({"b":"perhaps"})")), "bool_parsing@body/b");
}

}  // namespace
}  // namespace spikard::stage
