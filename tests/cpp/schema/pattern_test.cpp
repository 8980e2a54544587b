#include "schema/pattern.hpp"

#include "schema/ecma.hpp"
#include "support.hpp"

namespace spikard::schema {
namespace {

bool Match(std::string_view pattern, std::string_view text) {
  auto compiled = Pattern::Compile(pattern);
  if (const auto* reason = std::get_if<std::string>(&compiled)) {
    ADD_FAILURE() << pattern << ": " << *reason;
    return false;
  }
  return std::get<Pattern>(compiled).Matches(text);
}

std::string Refusal(std::string_view pattern) {
  auto compiled = Pattern::Compile(pattern);
  if (const auto* reason = std::get_if<std::string>(&compiled)) return *reason;
  return "";
}

TEST(PatternTest, MatchesAnywhere) {
  EXPECT_TRUE(Match("b+", "abbc"));
  EXPECT_FALSE(Match("^b", "ab"));
  EXPECT_TRUE(Match("", ""));
}

TEST(PatternTest, AnchorsAtTheVeryEnds) {
  EXPECT_FALSE(Match("^abc$", "abc\n"));
  EXPECT_FALSE(Match("^abc$", "x\nabc"));
  EXPECT_TRUE(Match("^abc$", "abc"));
}

TEST(PatternTest, ReadsEscapesAsEcmaDoes) {
  EXPECT_TRUE(Match(R"(^\cA\x41\u0042\u{1F600}\0\t\v$)", std::string_view("\x01"
                                                                          "AB\xF0\x9F\x98\x80\0\t\v",
                                                                          10)));
  EXPECT_TRUE(Match(R"(^\ud83d\ude00$)", "\xF0\x9F\x98\x80"));
  EXPECT_TRUE(Match(R"(^[\ud83d\ude00-\ud83d\ude02]$)", "\xF0\x9F\x98\x81"));
  EXPECT_TRUE(Match(R"(^[\b]$)", "\b"));
  EXPECT_TRUE(Match(R"(^\-\@\/\ $)", "-@/ "));
  EXPECT_TRUE(Match(R"(^.$)", "\xC3\xA9"));
  EXPECT_FALSE(Match(R"(^.$)", "\n"));
  EXPECT_FALSE(Match(R"(^.$)", "\xE2\x80\xA8"));
}

TEST(PatternTest, ReadsClassesAsEcmaDoes) {
  EXPECT_FALSE(Match(R"(\d)", "\xDF\x80"));
  EXPECT_TRUE(Match(R"(^\s$)", "\xEF\xBB\xBF"));
  EXPECT_TRUE(Match(R"(^[\s\d]+$)", " 1\xC2\xA0"));
  EXPECT_FALSE(Match(R"(^[\S]$)", "\xE2\x80\x83"));
  EXPECT_TRUE(Match(R"(^[^\S]$)", "\xE2\x80\x83"));
  EXPECT_TRUE(Match(R"(^[a\-z]+$)", "a-z"));
  EXPECT_TRUE(Match(R"(^[\w-.]+$)", "a-.b"));
  EXPECT_TRUE(Match(R"(^[&&[]+$)", "&["));
  EXPECT_FALSE(Match("[]", "a"));
  EXPECT_TRUE(Match("^[^]$", "\n"));
  EXPECT_TRUE(Match(R"(^[^\ud800]$)", "a"));
}

TEST(PatternTest, KnowsUnicodeProperties) {
  EXPECT_TRUE(Match(R"(^\p{L}\p{Lu}\p{Uppercase_Letter}\p{Script=Greek}\p{sc=Cyrl}\p{gc=Nd}$)", "éÉÄαя5"));
  EXPECT_TRUE(Match(R"(^\P{L}[\p{digit}_]$)", "1_"));
  EXPECT_NE(Refusal(R"(\p{Emoji})").find("'Emoji'"), std::string::npos);
  EXPECT_NE(Refusal(R"(\p{Greek})").find("'Greek'"), std::string::npos);
}

TEST(PatternTest, ReadsGroupsAndQuantifiers) {
  EXPECT_TRUE(Match(R"(^(?<year>\d{4})-(?:\d{2}|x){1,2}?$)", "2024-12x"));
  EXPECT_TRUE(Match(R"(^a{,2}b{x}$)", "a{,2}b{x}"));
  EXPECT_TRUE(Match("^(?i:ab)c$", "ABc"));
}

TEST(PatternTest, RefusesByNameWhatIsNotLinear) {
  EXPECT_NE(Refusal("a(?=b)").find("lookahead"), std::string::npos);
  EXPECT_NE(Refusal("a(?!b)").find("lookahead"), std::string::npos);
  EXPECT_NE(Refusal("(?<=a)b").find("lookbehind"), std::string::npos);
  EXPECT_NE(Refusal("(?<!a)b").find("lookbehind"), std::string::npos);
  EXPECT_NE(Refusal(R"((a)\1)").find("back reference"), std::string::npos);
  EXPECT_NE(Refusal(R"((?<n>a)\k<n>)").find("back reference"), std::string::npos);
  EXPECT_NE(Refusal("a{2000}"), "");
}

TEST(PatternTest, TellsSyntaxErrors) {
  for (std::string_view pattern : {"^(abc]",
                                   "(",
                                   ")",
                                   "*a",
                                   "a**",
                                   "[z-a]",
                                   "[",
                                   "\\",
                                   "\\a",
                                   "\\Z",
                                   "a{2,1}",
                                   "(?P<n>a)",
                                   "(?#c)",
                                   "(?i)a",
                                   "\\u12",
                                   "\\u{110000}",
                                   "\\x1",
                                   "\\c1",
                                   "\\01",
                                   "\\2(a)",
                                   "\\k<n>",
                                   "(?<1>a)",
                                   "(?<n>a)(?<n>b)",
                                   "\\p{}x{",
                                   "\\p",
                                   "{1}",
                                   "^*",
                                   "[\\"}) {
    EXPECT_EQ(TranslateEcma(pattern).status, EcmaPattern::Status::kSyntaxError) << pattern;
  }
}

TEST(PatternTest, RunsInLinearTime) {
  std::string text(100000, 'a');
  EXPECT_FALSE(Match("^(a+)+$", text + "!"));
  EXPECT_FALSE(Match("(a|aa)+b", text));
}

}  // namespace
}  // namespace spikard::schema
