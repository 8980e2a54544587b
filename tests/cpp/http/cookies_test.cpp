#include "http/cookies.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace spikard::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs CookiesOf(const Fields& fields) {
  Pairs cookies;
  ForEachCookie(fields, [&](std::string_view name, std::string_view value) { cookies.emplace_back(name, value); });
  return cookies;
}

Pairs CookiesOf(std::string_view value) {
  Fields fields;
  fields.Add("cookie", value);
  return CookiesOf(fields);
}

TEST(Cookies, ComeInOrder) {
  EXPECT_THAT(CookiesOf("a=1; b=2;c=3"), ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3")));
}

TEST(Cookies, KeepEqualsSignsAndEncodings) {
  EXPECT_THAT(CookiesOf("a=x=y; b=%20"), ElementsAre(Pair("a", "x=y"), Pair("b", "%20")));
}

TEST(Cookies, LoseQuotesAroundTheValue) {
  EXPECT_THAT(CookiesOf("a=\"1\"; b=\"; c=\"\""), ElementsAre(Pair("a", "1"), Pair("b", "\""), Pair("c", "")));
}

TEST(Cookies, AreWhatTheirQuotesStandFor) {
  EXPECT_THAT(CookiesOf(R"(a="b c\073d"; b="{\"x\":1}"; c="\374\000"; d="\\\9\4")"),
              ElementsAre(Pair("a", "b c;d"), Pair("b", R"({"x":1})"), Pair("c", std::string("\xc3\xbc\0", 3)),
                          Pair("d", R"(\94)")));
  EXPECT_THAT(CookiesOf(R"(a=\073; b="\"; c="\0")"),
              ElementsAre(Pair("a", R"(\073)"), Pair("b", R"(\)"), Pair("c", "0")));
}

TEST(Cookies, LoseSpaceAroundNamesAndValues) {
  EXPECT_THAT(CookiesOf(" a = 1 ;\tb=\"2\"\t; c= x y"), ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "x y")));
}

TEST(Cookies, WithoutNameAreLeftOut) {
  EXPECT_THAT(CookiesOf("=1; alone; ;; a="), ElementsAre(Pair("a", "")));
  EXPECT_THAT(CookiesOf(""), IsEmpty());
}

TEST(Cookies, ComeFromAllFieldsOfThatName) {
  Fields fields;
  fields.Add("Cookie", "a=1");
  fields.Add("x", "no=cookie");
  fields.Add("Cookie", "b=2");
  EXPECT_THAT(CookiesOf(fields), ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

}  // namespace
}  // namespace spikard::http
