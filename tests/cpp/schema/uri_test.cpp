#include "schema/uri.hpp"

#include "schema/pointer.hpp"
#include "support.hpp"

namespace spikard::schema {
namespace {

// RFC 3986 section 5.4.
TEST(UriTest, ResolvesTheExamplesOfTheStandard) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {";x", "http://a/b/c/;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"http:g", "http:g"},
  };
  for (const auto& [reference, target] : kCases) {
    EXPECT_EQ(ResolveUri("http://a/b/c/d;p?q", reference), target) << reference;
  }
}

TEST(UriTest, ResolvesAgainstBasesWithoutHierarchy) {
  EXPECT_EQ(ResolveUri("urn:example:a", "#/x"), "urn:example:a#/x");
  EXPECT_EQ(ResolveUri("", "#/x"), "#/x");
  EXPECT_EQ(ResolveUri("", "other.json#x"), "other.json#x");
  EXPECT_EQ(ResolveUri("http://a", "b"), "http://a/b");
}

TEST(UriTest, EncodesAndDecodesFragments) {
  EXPECT_EQ(PercentDecode("a%25b%zz%4"), "a%b%zz%4");
  EXPECT_EQ(EncodeFragment("/a b/%/\"é"), "/a%20b/%25/%22%C3%A9");
}

TEST(PointerTest, FindsAndNamesValues) {
  Document document;
  ASSERT_TRUE(Parse(R"({"a/b": [1, {"~": 2}], "": 3})", document).ok());
  const NodeIndex value = document.Find(Child(document, document.Find(0, "a/b"), "1"), "~");
  EXPECT_EQ(document.Raw(value), "2");
  EXPECT_EQ(PointerTo(document, value), "/a~1b/1/~0");
  EXPECT_EQ(PointerTo(document, document.Find(0, "")), "/");
  EXPECT_EQ(Child(document, document.Find(0, "a/b"), "01"), kNoNode);
  EXPECT_EQ(Child(document, document.Find(0, "a/b"), "2"), kNoNode);
  EXPECT_EQ(Child(document, document.Find(0, "a/b"), "-"), kNoNode);
  std::vector<std::string> tokens;
  EXPECT_TRUE(SplitPointer("/a~1b//~01", tokens));
  EXPECT_EQ(tokens, (std::vector<std::string>{"a/b", "", "~1"}));
  EXPECT_FALSE(SplitPointer("a", tokens));
  EXPECT_FALSE(SplitPointer("/~2", tokens));
}

}  // namespace
}  // namespace spikard::schema
