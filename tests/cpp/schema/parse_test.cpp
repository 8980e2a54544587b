#include "schema/parse.hpp"

#include "support.hpp"

namespace spikard::schema {
namespace {

ParseErrc CodeOf(std::string_view json, const Limits& limits = {}) {
  Document document;
  return Parse(json, document, limits).code;
}

TEST(ParseTest, KeepsNumbersAsTheyAreWritten) {
  Document document;
  const std::string json = "[12345678910111213141516171819202122232425, -0.10e+05, 1.0, 1e400]";
  ASSERT_TRUE(Parse(json, document).ok());
  EXPECT_EQ(document.Raw(1), "12345678910111213141516171819202122232425");
  EXPECT_EQ(document.KindOf(1), Kind::kInteger);
  EXPECT_EQ(document.Raw(2), "-0.10e+05");
  EXPECT_EQ(document.KindOf(3), Kind::kDecimal);
  EXPECT_EQ(document.Raw(4), "1e400");
}

TEST(ParseTest, LaysNodesOutInTheOrderOfTheText) {
  Document document;
  ASSERT_TRUE(Parse(R"( {"a": [1, {"b": null}], "c": "x"} )", document).ok());
  EXPECT_EQ(document.Count(0), 2u);
  EXPECT_EQ(document.End(0), document.node_count());
  const NodeIndex a = document.Find(0, "a");
  EXPECT_EQ(document.Raw(a), R"([1, {"b": null}])");
  EXPECT_EQ(document.Count(a), 2u);
  EXPECT_EQ(document.Text(document.Next(a)), "c");
  EXPECT_EQ(document.Find(0, "b"), kNoNode);
}

TEST(ParseTest, DecodesEscapes) {
  Document document;
  ASSERT_TRUE(Parse(R"(["a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000z", "plain"])", document).ok());
  EXPECT_EQ(document.Text(1), std::string_view("a\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80\0z", 17));
  EXPECT_EQ(document.Raw(1), R"("a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000z")");
  EXPECT_EQ(document.Text(2), "plain");
}

TEST(ParseTest, SkipsAByteOrderMark) {
  EXPECT_EQ(CodeOf("\xEF\xBB\xBF{}"), ParseErrc::kOk);
  EXPECT_EQ(CodeOf("\xEF\xBB\xBF\xEF\xBB\xBF{}"), ParseErrc::kUnexpectedByte);
}

TEST(ParseTest, RefusesWhatIsNoJson) {
  EXPECT_EQ(CodeOf(""), ParseErrc::kUnexpectedEnd);
  EXPECT_EQ(CodeOf("  "), ParseErrc::kUnexpectedEnd);
  for (std::string_view text : {"NaN", "Infinity", "'a'", "{a:1}", "[1,]", "[,1]", "{\"a\":1,}", "{\"a\" 1}", "[1 2]",
                                "// x\n1", "+1", ".5", "{1:2}", "trux", "nul!"}) {
    EXPECT_EQ(CodeOf(text), ParseErrc::kUnexpectedByte) << text;
  }
  for (std::string_view text : {"[", "[1", "{\"a\":", "\"abc", "\"\\u12", "tru", "{", "[1,", "\"\\"}) {
    EXPECT_EQ(CodeOf(text), ParseErrc::kUnexpectedEnd) << text;
  }
  for (std::string_view text : {"01", "-", "1.", "1.e5", "1e", "1e+", "-x", "00"}) {
    EXPECT_EQ(CodeOf(text), ParseErrc::kBadNumber) << text;
  }
  EXPECT_EQ(CodeOf("1 2"), ParseErrc::kTrailingText);
  EXPECT_EQ(CodeOf("{} x"), ParseErrc::kTrailingText);
  EXPECT_EQ(CodeOf("\"a\nb\""), ParseErrc::kControlCharacter);
  EXPECT_EQ(CodeOf(R"("\x41")"), ParseErrc::kBadEscape);
  EXPECT_EQ(CodeOf(R"("\u12g4")"), ParseErrc::kBadEscape);
}

TEST(ParseTest, RefusesBadUtf8AndSaysWhere) {
  Document document;
  const ParseOutcome outcome = Parse("[\"ok\", \"\xC3\x28\"]", document);
  EXPECT_EQ(outcome.code, ParseErrc::kBadUtf8);
  EXPECT_EQ(outcome.offset, 8u);
  for (std::string_view text :
       {"\"\xED\xA0\x80\"", "\"\xC0\x80\"", "\"\xF5\x80\x80\x80\"", "\"\x80\"", "\"\xE2\x82\""}) {
    EXPECT_EQ(CodeOf(text), ParseErrc::kBadUtf8);
  }
}

TEST(ParseTest, RefusesLoneSurrogates) {
  for (std::string_view text :
       {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\u0041")", R"("\udc00\ud800")"}) {
    EXPECT_EQ(CodeOf(text), ParseErrc::kLoneSurrogate) << text;
  }
}

TEST(ParseTest, RefusesDuplicateNames) {
  EXPECT_EQ(CodeOf(R"({"a":1,"a":2})"), ParseErrc::kDuplicateName);
  EXPECT_EQ(CodeOf(R"({"a":1,"\u0061":2})"), ParseErrc::kDuplicateName);
  EXPECT_EQ(CodeOf(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})"), ParseErrc::kOk);
  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += "\"name" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_EQ(CodeOf(many + "\"other\":1}"), ParseErrc::kOk);
  EXPECT_EQ(CodeOf(many + "\"name77\":1}"), ParseErrc::kDuplicateName);
}

TEST(ParseTest, BoundsExponents) {
  EXPECT_EQ(CodeOf("1e999999999999999999"), ParseErrc::kOk);
  EXPECT_EQ(CodeOf("1e0000000000000000000000001"), ParseErrc::kOk);
  EXPECT_EQ(CodeOf("1e1000000000000000000"), ParseErrc::kExponentTooLarge);
}

TEST(ParseTest, BoundsDepthAndSize) {
  EXPECT_EQ(CodeOf("[[[]]]", {.max_depth = 3}), ParseErrc::kOk);
  EXPECT_EQ(CodeOf("[[[{}]]]", {.max_depth = 3}), ParseErrc::kTooDeep);
  EXPECT_EQ(CodeOf(std::string(128, '[') + std::string(128, ']')), ParseErrc::kOk);
  EXPECT_EQ(CodeOf(std::string(1000000, '[')), ParseErrc::kTooDeep);
  EXPECT_EQ(CodeOf("[1, 2, 3]", {.max_bytes = 8}), ParseErrc::kTooLarge);
}

TEST(ParseTest, ReusesTheMemoryOfADocument) {
  Document document;
  const std::string large = "[" + std::string(20000, ' ') + R"("\n", {"a": 1}])";
  ASSERT_TRUE(Parse(large, document).ok());
  const size_t held = document.MemoryHeld();
  ASSERT_TRUE(Parse(R"({"b": "\t"})", document).ok());
  EXPECT_EQ(document.Text(document.Find(0, "b")), "\t");
  EXPECT_EQ(document.MemoryHeld(), held);
  document.Release();
  EXPECT_EQ(document.MemoryHeld(), 0u);
}

}  // namespace
}  // namespace spikard::schema
