#include "schema/equal.hpp"

#include "support.hpp"

namespace spikard::schema {
namespace {

bool Same(std::string_view left, std::string_view right) {
  Document a;
  Document b;
  EXPECT_TRUE(Parse(left, a).ok() && Parse(right, b).ok());
  const bool same = Equal(a, 0, b, 0);
  EXPECT_EQ(same, Equal(b, 0, a, 0));
  if (same) {
    EXPECT_EQ(Hash(a, 0), Hash(b, 0)) << left << " " << right;
  }
  return same;
}

TEST(EqualTest, ComparesValues) {
  EXPECT_TRUE(Same("1", "1.0"));
  EXPECT_TRUE(Same("[1, {\"a\": 2e0, \"b\": null}]", "[1.0,{\"b\":null,\"a\":2}]"));
  EXPECT_TRUE(Same(R"("a")", R"("\u0061")"));
  EXPECT_FALSE(Same("1", "true"));
  EXPECT_FALSE(Same("0", "false"));
  EXPECT_FALSE(Same("null", "false"));
  EXPECT_FALSE(Same("\"1\"", "1"));
  EXPECT_FALSE(Same("[1,2]", "[2,1]"));
  EXPECT_FALSE(Same("{\"a\":1}", "{\"b\":1}"));
  EXPECT_FALSE(Same("{\"a\":1}", "{\"a\":1,\"b\":1}"));
}

TEST(EqualTest, ComparesLargeObjectsInAnyOrder) {
  std::string forward = "{";
  std::string backward = "{";
  for (int i = 0; i < 100; ++i) {
    forward += (i ? ",\"" : "\"") + std::to_string(i) + "\":" + std::to_string(i);
    backward += (i ? ",\"" : "\"") + std::to_string(99 - i) + "\":" + std::to_string(99 - i);
  }
  EXPECT_TRUE(Same(forward + "}", backward + "}"));
  EXPECT_FALSE(Same(forward + ",\"x\":1}", backward + ",\"x\":2}"));
}

TEST(EqualTest, FindsEqualItems) {
  Document document;
  ASSERT_TRUE(Parse("[1, 2, {\"a\": 1}, \"2\", {\"a\": 1.0}, 3]", document).ok());
  EXPECT_EQ(FindEqualItems(document, 0), std::pair(2u, 4u));
  ASSERT_TRUE(Parse("[1, true, \"1\", [1], {\"1\": 1}, 0, false, null]", document).ok());
  EXPECT_EQ(FindEqualItems(document, 0), std::nullopt);
}

TEST(EqualTest, IsQuickOnLargeArrays) {
  std::string json = "[0";
  for (int i = 1; i < 200000; ++i) json += "," + std::to_string(i);
  Document document;
  const std::string unique = json + "]";
  ASSERT_TRUE(Parse(unique, document).ok());
  EXPECT_EQ(FindEqualItems(document, 0), std::nullopt);
  const std::string twice = json + ",4711.0]";
  ASSERT_TRUE(Parse(twice, document).ok());
  EXPECT_EQ(FindEqualItems(document, 0), std::pair(4711u, 200000u));
}

}  // namespace
}  // namespace spikard::schema
