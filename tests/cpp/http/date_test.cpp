#include "http/date.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <string>

namespace spikard::http {
namespace {

TEST(DateSource, WritesImfFixdate) {
  DateSource source;
  const std::string text(source.Now());
  ASSERT_EQ(text.size(), std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").size());
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(*end, '\0');
  EXPECT_NEAR(static_cast<double>(::timegm(&parts)), static_cast<double>(std::time(nullptr)), 2.0);
}

TEST(DateSource, IsTheSameWithinASecond) {
  DateSource source;
  const std::string first(source.Now());
  const std::string second(source.Now());
  // A second may have passed between the two, but not between three calls.
  EXPECT_TRUE(first == second || second == source.Now());
}

}  // namespace
}  // namespace spikard::http
