#include "route/pattern.hpp"

#include <gtest/gtest.h>

namespace spikard::route {
namespace {

using Kind = Segment::Kind;

TEST(Pattern, SplitsAtSlashes) {
  const auto root = ParsePattern("/");
  ASSERT_TRUE(root);
  ASSERT_EQ(root->size(), 1u);
  EXPECT_EQ((*root)[0].kind, Kind::kLiteral);
  EXPECT_EQ((*root)[0].text, "");

  const auto users = ParsePattern("/users/{id}/");
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 3u);
  EXPECT_EQ((*users)[0].text, "users");
  EXPECT_EQ((*users)[1].kind, Kind::kPlain);
  EXPECT_EQ((*users)[1].text, "id");
  EXPECT_EQ((*users)[2].kind, Kind::kLiteral);
  EXPECT_EQ((*users)[2].text, "");
}

TEST(Pattern, KnowsTheTypes) {
  const std::pair<const char*, protocol::ValueType> types[] = {
      {"int", protocol::ValueType::kInteger},  {"float", protocol::ValueType::kNumber},
      {"bool", protocol::ValueType::kBoolean}, {"uuid", protocol::ValueType::kUuid},
      {"date", protocol::ValueType::kDate},    {"datetime", protocol::ValueType::kDateTime},
      {"time", protocol::ValueType::kTime},
  };
  for (const auto& [name, type] : types) {
    const auto pattern = ParsePattern("/{x:" + std::string(name) + "}");
    ASSERT_TRUE(pattern) << name;
    EXPECT_EQ((*pattern)[0].kind, Kind::kTyped) << name;
    EXPECT_EQ((*pattern)[0].type, type) << name;
    EXPECT_EQ((*pattern)[0].text, "x") << name;
  }
  EXPECT_EQ((*ParsePattern("/{x:str}"))[0].kind, Kind::kPlain);
  EXPECT_EQ((*ParsePattern("/a/{x:path}"))[1].kind, Kind::kRest);
}

TEST(Pattern, DecodesLiterals) {
  EXPECT_EQ((*ParsePattern("/a%20b"))[0].text, "a b");
  EXPECT_EQ((*ParsePattern("/a+b"))[0].text, "a+b");
  EXPECT_EQ((*ParsePattern("/größe"))[0].text, "größe");
}

TEST(Pattern, RefusesWhatSaysNothingSensible) {
  for (const char* pattern :
       {"",           "a",       "a/b",    "/{",    "/}",    "/{}",          "/{:int}",      "/a{b}",
        "/{a}b",      "/{a}{b}", "/{{a}}", "/{a}}", "/{a:}", "/{a:integer}", "/{a:int}/{a}", "/{a:path}/b",
        "/{a:path}/", "/%",      "/%zz",   "/%00",  "/%ff"}) {
    EXPECT_FALSE(ParsePattern(pattern)) << pattern;
  }
}

TEST(Pattern, ALiteralMayBeCalledLikeAParameter) { EXPECT_TRUE(ParsePattern("/id/{id}/id")); }

}  // namespace
}  // namespace spikard::route
