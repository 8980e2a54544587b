#include "http/lines.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spikard::http {
namespace {

using Found = LineScanner::Found;

TEST(LineScanner, FindsLinesOneAfterTheOther) {
  LineScanner scanner;
  EXPECT_EQ(scanner.Scan("one\r\ntwo"), Found::kLine);
  EXPECT_EQ(scanner.Size(), 3U);
  scanner.Next();
  EXPECT_EQ(scanner.Scan("two"), Found::kPartial);
  EXPECT_EQ(scanner.Size(), 3U);
  EXPECT_EQ(scanner.Scan("two\r"), Found::kPartial);
  EXPECT_EQ(scanner.Scan("two\r\n"), Found::kLine);
  scanner.Next();
  EXPECT_EQ(scanner.Scan("\r\n"), Found::kLine);
  EXPECT_EQ(scanner.Size(), 0U);
}

TEST(LineScanner, RefusesOtherLineEndsAndControlCharacters) {
  for (const std::string& broken : {std::string("a\nb"), std::string("a\rb"), std::string("a\r\r\n"),
                                    std::string("a\0", 2), std::string("a\x7f"), std::string("\x0b")}) {
    EXPECT_EQ(LineScanner().Scan(broken), Found::kBroken) << broken;
  }
  EXPECT_EQ(LineScanner().Scan("a\tb \x80\xff~\r\n"), Found::kLine);
}

}  // namespace
}  // namespace spikard::http
