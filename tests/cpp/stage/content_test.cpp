#include "stage/content.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "stage/coding.hpp"
#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;
using http::Fault;

std::string Compress(const std::string& plain, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string coded(deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  return coded;
}

std::string Decoded(Coding coding, const std::string& coded, uint64_t limit = 1'000'000) {
  std::string plain;
  const Fault fault = Decode(coding, BodyBytes{coded}, [&](std::string_view bytes) {
    if (bytes.size() > limit - plain.size()) return Fault::kBodyTooLarge;
    plain += bytes;
    return Fault::kNone;
  });
  if (fault == Fault::kBodyTooLarge) return "too large";
  return fault == Fault::kNone ? plain : "bad";
}

TEST(Coding, IsTakenOff) {
  const std::string text = "{\"a\": 1}";
  const std::string gzip = Compress(text, 31);
  EXPECT_EQ(Decoded(Coding::kGzip, gzip), text);
  EXPECT_EQ(Decoded(Coding::kGzip, gzip + gzip), text + text) << "members follow each other";
  EXPECT_EQ(Decoded(Coding::kDeflate, Compress(text, 15)), text);
  EXPECT_EQ(Decoded(Coding::kDeflate, Compress(text, -15)), text) << "as some send it";
  // "hello" by brotli -q 0.
  EXPECT_EQ(Decoded(Coding::kBrotli, std::string("\x0b\x02\x80hello\x03", 9)), "hello");
}

TEST(Coding, WhatIsNoneIsRefused) {
  std::string gzip = Compress("{\"a\": 1}", 31);
  EXPECT_EQ(Decoded(Coding::kGzip, gzip.substr(0, gzip.size() - 1)), "bad");
  EXPECT_EQ(Decoded(Coding::kGzip, gzip + "x"), "bad");
  EXPECT_EQ(Decoded(Coding::kBrotli, "hello"), "bad");
  gzip[gzip.size() - 6] ^= 1;
  EXPECT_EQ(Decoded(Coding::kGzip, gzip), "bad") << "a checksum";
  EXPECT_EQ(Decoded(Coding::kGzip, "{}"), "bad");
}

TEST(Coding, ABombStopsAtTheLimit) {
  const std::string bomb = Compress(std::string(10'000'000, 'a'), 31);
  ASSERT_LT(bomb.size(), 20'000);
  EXPECT_EQ(Decoded(Coding::kGzip, bomb, 1000), "too large");
  EXPECT_EQ(Decoded(Coding::kGzip, Compress("aaaa", 31), 4), "aaaa");
}

struct ContentTest : testing::Test {
  ContentTest() {
    manifest.routes = {fake::RouteOf("POST", "/")};
    manifest.routes[0].body_media = protocol::kAllMedia;
    manifest.routes[0].body_schema = R"({"type":"object"})";
  }
  // Checks a body of this type: "", or the status of the answer.
  int Check(const std::string& body, const std::string& type = "", const std::string& coding = "") {
    call.emplace("POST", "/");
    call->x.table = fake::TableOf(manifest);
    call->source.bytes = body;
    *call->x.body = body;
    if (!type.empty()) call->x.request.fields.Add("content-type", type);
    if (!coding.empty()) call->x.request.fields.Add("content-encoding", coding);
    base::Spawn([this]() -> base::Task<void> {
      Media media;
      if (CheckMedia(call->x, media) == Verdict::kAnswered) co_return;
      Collector collector(*spools);
      const Verdict checked = co_await CheckBody(call->x, media, collector, pool);
      if (checked == Verdict::kAnswered) co_return;
      if (SettleFindings(call->x) == Verdict::kGoOn) call->done = true;
    });
    loop.restart();
    loop.run();
    return call->done ? 0 : call->x.response.status;
  }

  protocol::Manifest manifest;
  base::Loop loop{1};
  base::Pool pool{loop, 1};
  std::shared_ptr<base::Spools> spools = std::make_shared<base::Spools>(loop, base::Spools::Limits{.one = 100'000});
  std::optional<Call> call;
};

TEST_F(ContentTest, MediaTypes) {
  EXPECT_EQ(Check("{}"), 0) << "none means JSON";
  EXPECT_EQ(Check("{}", "APPLICATION/JSON"), 0);
  EXPECT_EQ(Check("{}", "application/vnd.api+json; charset=\"UTF-8\"; boundary=x"), 0);
  EXPECT_EQ(Check("{}", "application/json; charset=utf-16"), 415);
  EXPECT_NE(call->Text().find(R"("detail":"Unsupported charset 'utf-16' for JSON. Only UTF-8 is supported.")"),
            std::string::npos);
  EXPECT_NE(call->Text().find(R"(errors/unsupported-charset","title":"Unsupported Charset")"), std::string::npos);
  EXPECT_EQ(Check("{}", "text/plain"), 415);
  EXPECT_EQ(Check("a=1", "application/x-www-form-urlencoded"), 0);
  EXPECT_EQ(Check("--b--", "multipart/form-data; boundary=b"), 0);
  EXPECT_EQ(Check("--b--", "multipart/form-data"), 400);
  EXPECT_NE(call->Text().find("multipart/form-data requires 'boundary' parameter"), std::string::npos);
  for (const char* bad : {"json", "application/", "a/b; x", "a/b; charset=", "a/b; charset=\"u", ";"}) {
    EXPECT_EQ(Check("{}", bad), 400) << bad;
  }
  manifest.routes[0].body_media = protocol::kUrlencodedMedia;
  EXPECT_EQ(Check("{}", "application/json"), 415);
  EXPECT_EQ(Check("{}"), 415);
}

TEST_F(ContentTest, CompressedBodiesArriveWithoutTheirCoding) {
  EXPECT_EQ(Check(Compress("{\"a\":1}", 31), "application/json", "gzip"), 0);
  EXPECT_EQ(*call->x.body, "{\"a\":1}");
  EXPECT_FALSE(call->x.request.fields.Find("content-encoding"));
  EXPECT_EQ(call->x.request.fields.Find("content-type"), "application/json");
  EXPECT_EQ(Check("{}", "application/json", "gzip"), 400);
  EXPECT_EQ(Check("{}", "application/json", "zstd"), 415);
  EXPECT_EQ(call->Field("accept-encoding"), "gzip, deflate, br");
  manifest.max_body_size = 1000;
  EXPECT_EQ(Check(Compress("\"" + std::string(999, 'a') + "\"", 31), "", "gzip"), 413) << "counted as it is meant";
}

TEST_F(ContentTest, WhatIsTooMuchForMemoryIsDecodedIntoAFile) {
  const std::string text = "[\"" + std::string(300'000, 'a') + "\"]";
  manifest.routes[0].body_schema.clear();
  EXPECT_EQ(Check(Compress(text, 31), "application/json", "gzip"), 0);
  ASSERT_NE(call->x.spooled, nullptr);
  EXPECT_EQ(*call->x.body, "");
  std::string kept(call->x.spooled->Size(), '\0');
  ASSERT_FALSE(call->x.spooled->Bytes().Read(0, kept.data(), kept.size()));
  EXPECT_TRUE(kept == text);
  EXPECT_EQ(Check(Compress(text + "]", 31), "application/json", "gzip"), 400);
}

TEST_F(ContentTest, LargeBodiesAreJudgedElsewhere) {
  const std::string large = "[" + std::string(200'000, ' ') + "]";
  EXPECT_EQ(Check(large), 422);
  manifest.routes[0].body_schema.clear();
  EXPECT_EQ(Check(large), 0);
  EXPECT_EQ(Check(large + "]"), 400);
}

TEST_F(ContentTest, AWorkerThatWantsTheVerdictGetsIt) {
  manifest.routes[0].wants_verdict = true;
  EXPECT_EQ(Check("[]"), 0);
  EXPECT_EQ(call->x.verdict,
            R"({"status":422,"detail":"1 validation error in request","errors":[{"type":"type_error","loc":["body"],)"
            R"("msg":"Input should be a valid object","input":[]}]})");
  EXPECT_EQ(Check("["), 0);
  EXPECT_EQ(call->x.verdict, R"({"status":400,"detail":"Invalid request format"})");
  EXPECT_EQ(Check("{}"), 0);
  EXPECT_EQ(call->x.verdict, "");
  EXPECT_EQ(Check("x", "text/plain"), 415) << "this is no verdict on values";
}

}  // namespace
}  // namespace spikard::stage
