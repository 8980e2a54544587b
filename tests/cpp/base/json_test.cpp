#include "base/json.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

namespace spikard::base {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(Json, WritesPlainTextAsItIs) {
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("hello, wörld/€/😀"), "\"hello, wörld/€/😀\"");
  EXPECT_EQ(Quoted("\x7f"), "\"\x7f\"");
}

TEST(Json, EscapesWhatMustBe) {
  EXPECT_EQ(Quoted("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Quoted("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(Quoted("\0\b\f\x1f"sv), R"("\u0000\u0008\u000c\u001f")");
}

TEST(Json, Appends) {
  std::string out = "[";
  AppendJsonString(out, "a");
  EXPECT_EQ(out, "[\"a\"");
}

TEST(Json, ReadsBackAsItWas) {
  std::mt19937 random(1);
  simdjson::dom::parser parser;
  for (int round = 0; round < 2'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() % 128);
    simdjson::dom::element element;
    ASSERT_EQ(parser.parse(Quoted(text)).get(element), simdjson::SUCCESS);
    std::string_view read;
    ASSERT_EQ(element.get_string().get(read), simdjson::SUCCESS);
    ASSERT_EQ(read, text);
  }
}

TEST(Json, TellsUtf8) {
  for (const std::string_view good : {""sv, "a\0b"sv, "é"sv, "€"sv, "😀"sv, "\xf4\x8f\xbf\xbf"sv, "\xed\x9f\xbf"sv}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const std::string_view bad : {"\xff"sv, "\x80"sv, "a\xc3"sv, "\xc0\x80"sv, "\xe0\x80\xaf"sv, "\xed\xa0\x80"sv,
                                     "\xf0\x80\x80\x80"sv, "\xf4\x90\x80\x80"sv, "\xf8\x88\x80\x80\x80"sv}) {
    EXPECT_FALSE(IsUtf8(bad)) << Quoted(bad);
  }
}

}  // namespace
}  // namespace spikard::base
