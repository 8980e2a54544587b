#include "http/fields.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace spikard::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Fields, KeepOrderAndRepetitions) {
  Fields fields;
  fields.Add("B", "1");
  fields.Add("a", "2");
  fields.Add("b", "3");
  ASSERT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields[0].name, "b");
  EXPECT_EQ(fields[2].value, "3");
  EXPECT_EQ(fields.Find("b"), "1");
  EXPECT_EQ(fields.Count("b"), 2U);
  EXPECT_EQ(fields.Find("c"), std::nullopt);
}

TEST(Fields, SetReplacesTheFirstInPlace) {
  Fields fields;
  fields.Add("a", "1");
  fields.Add("host", "old");
  fields.Add("b", "2");
  fields.Set("host", "a much longer value");
  ASSERT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields[1].value, "a much longer value");
  EXPECT_EQ(fields[2].value, "2");
}

TEST(Fields, SetAddsWhatIsNotThere) {
  Fields fields;
  fields.Set("host", "a");
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(fields.Find("host"), "a");
}

TEST(Fields, ClearForgetsAll) {
  Fields fields;
  fields.Add("a", "1");
  fields.Clear();
  EXPECT_EQ(fields.size(), 0U);
  EXPECT_EQ(fields.Find("a"), std::nullopt);
}

TEST(Fields, TokensAreWhatRfc9110Says) {
  EXPECT_TRUE(IsToken("!#$%&'*+-.^_`|~09azAZ"));
  EXPECT_FALSE(IsToken(""));
  for (const char c : std::string_view("\0\t \"(),/:;<=>?@[\\]{}\x7f\x80\xff", 23)) {
    EXPECT_FALSE(IsToken(std::string(1, c))) << static_cast<int>(c);
  }
}

TEST(Fields, ValuesHaveNoControlCharacters) {
  EXPECT_TRUE(IsFieldValue("a \t\x80\xff~"));
  for (const char c : std::string_view("\0\x01\r\n\x1f\x7f", 6)) {
    EXPECT_FALSE(IsFieldValue(std::string(1, c))) << static_cast<int>(c);
  }
}

TEST(Fields, NamesAreComparedWithoutCase) {
  EXPECT_TRUE(EqualsIgnoringCase("Chunked", "cHUNKED"));
  EXPECT_FALSE(EqualsIgnoringCase("chunked", "chunke"));
  EXPECT_FALSE(EqualsIgnoringCase("@", "`"));
}

TEST(Fields, ListsAreSplit) {
  std::vector<std::string> elements;
  const auto visit = [&](std::string_view element) { elements.emplace_back(element); };
  ForEachElement(" a ,, b c\t,", visit);
  EXPECT_THAT(elements, ElementsAre("a", "b c"));
  elements.clear();
  ForEachElement(" , ", visit);
  EXPECT_THAT(elements, IsEmpty());
}

}  // namespace
}  // namespace spikard::http
