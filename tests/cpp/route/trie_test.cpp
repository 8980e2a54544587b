#include "route/trie.hpp"

#include <gtest/gtest.h>

#include "http/target.hpp"

namespace spikard::route {
namespace {

struct TrieTest : testing::Test {
  // Routes are numbered in the order they are added.
  bool Add(std::string_view pattern, std::string_view method = "GET") {
    return trie.Add(*ParsePattern(pattern), method, count++);
  }
  void AddAll(std::initializer_list<const char*> patterns) {
    for (const char* pattern : patterns) ASSERT_TRUE(Add(pattern)) << pattern;
  }
  PathMatch Match(std::string_view path, std::string_view method = "GET") const {
    return trie.Match(*http::PathSegments(path), method);
  }
  std::optional<uint32_t> Find(std::string_view path, std::string_view method = "GET") const {
    const PathMatch match = Match(path, method);
    EXPECT_FALSE(match.refused) << path;
    return match.route;
  }

  Trie trie;
  uint32_t count = 0;
};

TEST_F(TrieTest, MatchesNothingWhenEmpty) {
  EXPECT_EQ(Find("/"), std::nullopt);
  EXPECT_TRUE(Match("/a/b").methods.empty());
}

TEST_F(TrieTest, StaticBeatsTypedBeatsPlainBeatsRest) {
  AddAll({"/a/{rest:path}", "/a/{x}", "/a/{n:int}", "/a/5"});
  EXPECT_EQ(Find("/a/5"), 3u);
  EXPECT_EQ(Find("/a/6"), 2u);
  EXPECT_EQ(Find("/a/x"), 1u);
  EXPECT_EQ(Find("/a/x/y"), 0u);
  EXPECT_EQ(Find("/a/"), 0u);
  EXPECT_EQ(Find("/a"), std::nullopt);
}

TEST_F(TrieTest, NoWayLeadsUpThroughARest) {
  AddAll({"/a/{rest:path}", "/b/{x}"});
  for (const char* path : {"/a/..%2Fx", "/a/x%2f..", "/a/x%2F%2E%2E%2Fy", "/a/.%2Fx", "/a/x/y%2F."})
    EXPECT_EQ(Find(path), std::nullopt) << path;
  for (const char* path : {"/a/x%2Fy", "/a/..x%2Fy", "/a/x%2F...", "/a/x%2F%252e%252e", "/a/%2F"})
    EXPECT_EQ(Find(path), 0u) << path;
  EXPECT_EQ(Match("/b/..%2Fx").parameters, std::vector<std::string>{"../x"}) << "a text, no path";
}

TEST_F(TrieTest, ARouteOfAnyMethodStandsInForThoseThatAPatternLacks) {
  AddAll({"/a", "/n/{n:int}"});
  ASSERT_TRUE(Add("/{rest:path}", "*"));
  ASSERT_FALSE(Add("/{other:path}", "*"));
  ASSERT_TRUE(Add("/{rest:path}", "PUT"));
  EXPECT_EQ(Find("/a"), 0u);
  EXPECT_EQ(Find("/a", "HEAD"), 0u);
  EXPECT_EQ(Find("/a", "POST"), 2u);
  EXPECT_EQ(Find("/b", "OPTIONS"), 2u);
  EXPECT_EQ(Find("/b", "PROPFIND"), 2u);
  EXPECT_EQ(Find("/b", "PUT"), 4u);
  EXPECT_EQ(Find("/n/5"), 1u);
  EXPECT_EQ(Find("/n/x"), 2u);
  EXPECT_EQ(Match("/b/").parameters, std::vector<std::string>{"b/"});
}

TEST_F(TrieTest, FindsTheWayBack) {
  AddAll({"/a/b/c", "/a/{x}/d", "/{y}/b/e", "/{rest:path}", "/{n:int}/{m:int}/z"});
  EXPECT_EQ(Find("/a/b/c"), 0u);
  EXPECT_EQ(Find("/a/b/d"), 1u);
  EXPECT_EQ(Find("/a/b/e"), 2u);
  EXPECT_EQ(Find("/a/b/f"), 3u);
  EXPECT_EQ(Find("/1/2/z"), 4u);
  EXPECT_EQ(Find("/1/2/y"), 3u);
  EXPECT_EQ(Match("/a/b/e").parameters, std::vector<std::string>{"a"});
  EXPECT_EQ(Match("/a/b/f").parameters, std::vector<std::string>{"a/b/f"});
}

TEST_F(TrieTest, GivesParametersInOrderAndDecoded) {
  AddAll({"/{a}/x/{b:int}/{c:path}"});
  EXPECT_EQ(Match("/%C3%BC%2F/x/07/y//z%20").parameters, (std::vector<std::string>{"ü/", "07", "y//z "}));
}

TEST_F(TrieTest, ASlashAtTheEndIsAnotherPath) {
  AddAll({"/a", "/b/"});
  EXPECT_EQ(Find("/a"), 0u);
  EXPECT_EQ(Find("/a/"), std::nullopt);
  EXPECT_EQ(Find("/b"), std::nullopt);
  EXPECT_EQ(Find("/b/"), 1u);
}

TEST_F(TrieTest, ParametersAreNotEmpty) {
  AddAll({"/a/{x}", "/b/{x:bool}"});
  EXPECT_EQ(Find("/a/"), std::nullopt);
  EXPECT_EQ(Find("/b/"), std::nullopt);
}

TEST_F(TrieTest, EachMethodHasItsRoute) {
  EXPECT_TRUE(Add("/a/{x}", "GET"));
  EXPECT_TRUE(Add("/a/{y}", "POST"));
  EXPECT_EQ(Find("/a/1", "GET"), 0u);
  EXPECT_EQ(Find("/a/1", "POST"), 1u);
  EXPECT_EQ(Find("/a/1", "get"), std::nullopt);
}

TEST_F(TrieTest, RefusesWhatIsTaken) {
  EXPECT_TRUE(Add("/a/{x}"));
  EXPECT_FALSE(Add("/a/{other}"));
  EXPECT_TRUE(Add("/a/{x:int}"));
  EXPECT_FALSE(Add("/a/{y:int}"));
  EXPECT_TRUE(Add("/a/{y:uuid}"));
  EXPECT_TRUE(Add("/a/{x:path}"));
  EXPECT_FALSE(Add("/a/{y:path}"));
}

TEST_F(TrieTest, TellsWhichMethodsThereAre) {
  Add("/a", "GET");
  Add("/a", "POST");
  EXPECT_EQ(Find("/a", "PUT"), std::nullopt);
  EXPECT_EQ(Match("/a", "PUT").Allow(), "GET, HEAD, OPTIONS, POST");
  Add("/b", "DELETE");
  EXPECT_EQ(Match("/b", "GET").Allow(), "DELETE, OPTIONS");
  Add("/c", "OPTIONS");
  Add("/c", "HEAD");
  EXPECT_EQ(Match("/c", "GET").Allow(), "HEAD, OPTIONS");
}

TEST_F(TrieTest, GetStandsInForHead) {
  AddAll({"/a"});
  EXPECT_EQ(Find("/a", "HEAD"), 0u);
  Add("/a", "HEAD");
  EXPECT_EQ(Find("/a", "HEAD"), 1u);
}

// Overlapping patterns: what has the method is found, even if a better one has not.
TEST_F(TrieTest, ABetterPatternWithoutTheMethodHidesNone) {
  Add("/users/me", "POST");
  Add("/users/{id}", "GET");
  Add("/users/{rest:path}", "DELETE");
  EXPECT_EQ(Find("/users/me", "POST"), 0u);
  EXPECT_EQ(Find("/users/me", "GET"), 1u);
  EXPECT_EQ(Find("/users/me", "DELETE"), 2u);
  EXPECT_EQ(Match("/users/me", "PUT").Allow(), "DELETE, GET, HEAD, OPTIONS, POST");
}

TEST_F(TrieTest, NamesTheSegmentWhoseTypeRefuses) {
  AddAll({"/a/{n:int}/b/{d:date}"});
  const PathMatch first = Match("/a/x/b/2024-01-01");
  ASSERT_TRUE(first.refused);
  EXPECT_EQ(first.route, 0u);
  EXPECT_EQ(first.refused->parameter, 0u);
  EXPECT_EQ(first.refused->type, protocol::ValueType::kInteger);
  EXPECT_EQ(first.parameters, (std::vector<std::string>{"x", "2024-01-01"}));

  const PathMatch second = Match("/a/1/b/2024-13-01");
  ASSERT_TRUE(second.refused);
  EXPECT_EQ(second.refused->parameter, 1u);
  EXPECT_EQ(second.refused->type, protocol::ValueType::kDate);

  const PathMatch both = Match("/a/x/b/y");
  ASSERT_TRUE(both.refused);
  EXPECT_EQ(both.refused->parameter, 0u) << "the first in the path";

  EXPECT_FALSE(Match("/a/x/c/y").route) << "a path that fits in no way is not found";
  EXPECT_FALSE(Match("/a/x/c/y").refused);
}

TEST_F(TrieTest, AnotherPatternIsBetterThanARefusal) {
  AddAll({"/{n:int}/{m:int}", "/{n:int}/{rest:path}"});
  EXPECT_EQ(Find("/1/2"), 0u);
  EXPECT_EQ(Find("/1/x"), 1u);
  EXPECT_TRUE(Match("/x/1").refused);
}

TEST_F(TrieTest, ARefusalNeedsTheMethodToo) {
  Add("/{n:int}", "GET");
  const PathMatch match = Match("/x", "POST");
  EXPECT_FALSE(match.route);
  EXPECT_EQ(match.Allow(), "GET, HEAD, OPTIONS");
}

TEST_F(TrieTest, GoesAsDeepAsAPathCan) {
  std::string pattern;
  std::string path;
  for (int i = 0; i < 2'000; ++i) {
    pattern += i % 2 == 0 ? "/{p" + std::to_string(i) + "}" : "/a";
    path += "/a";
  }
  AddAll({pattern.c_str()});
  EXPECT_EQ(Match(path).parameters.size(), 1'000u);
  EXPECT_EQ(Find(path + "/a"), std::nullopt);
}

}  // namespace
}  // namespace spikard::route
