#include "route/convert.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace spikard::route {
namespace {

using namespace std::string_literals;

// The JSON that `text` becomes. What is refused must leave nothing behind.
std::optional<std::string> Convert(ValueType type, std::string_view text) {
  std::string json = "<";
  const bool converted = AppendConverted(type, text, json);
  if (converted) return json.substr(1);
  EXPECT_EQ(json, "<") << text;
  return std::nullopt;
}

void ExpectRefused(ValueType type, std::initializer_list<const char*> texts) {
  for (const char* text : texts) EXPECT_EQ(Convert(type, text), std::nullopt) << text;
}

// Values that stay texts.
void ExpectKept(ValueType type, std::initializer_list<const char*> texts) {
  for (const char* text : texts) EXPECT_EQ(Convert(type, text), "\"" + std::string(text) + "\"");
}

TEST(Convert, Text) {
  ExpectKept(ValueType::kText, {"", "a", "null", "5", " x ", "ü"});
  EXPECT_EQ(Convert(ValueType::kText, "a\"b"), R"("a\"b")");
}

TEST(Convert, Integer) {
  const std::pair<const char*, const char*> good[] = {
      {"0", "0"},
      {"5", "5"},
      {"-5", "-5"},
      {"+5", "5"},
      {"0123", "123"},
      {"-0123", "-123"},
      {"-0", "0"},
      {"000", "0"},
      {"9223372036854775808", "9223372036854775808"},
      {"-170141183460469231731687303715884105729", "-170141183460469231731687303715884105729"},
  };
  for (const auto& [text, json] : good) EXPECT_EQ(Convert(ValueType::kInteger, text), json) << text;
  const std::string long_one(5'000, '7');
  EXPECT_EQ(Convert(ValueType::kInteger, long_one), long_one);
  ExpectRefused(ValueType::kInteger, {"", "+", "-", "--1", "+-1", "1.0", "1e3", "0x10", "1_000", " 1", "1 ", "a", "٣"});
}

TEST(Convert, Number) {
  const std::pair<const char*, const char*> good[] = {
      {"0", "0.0"},         {"-0", "-0.0"},    {"5", "5.0"},
      {"+5.5", "5.5"},      {"-5.5", "-5.5"},  {".5", "0.5"},
      {"5.", "5.0"},        {"-.5", "-0.5"},   {"0123", "123.0"},
      {"1e3", "1000.0"},    {"1E-2", "0.01"},  {"1e300", "1e+300"},
      {"1e22", "1e+22"},    {"0.1", "0.1"},    {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"5e-324", "5e-324"}, {"1e-999", "0.0"}, {"-1e-999", "-0.0"},
  };
  for (const auto& [text, json] : good) EXPECT_EQ(Convert(ValueType::kNumber, text), json) << text;
  EXPECT_EQ(Convert(ValueType::kNumber, "0." + std::string(2'000, '3')), "0.3333333333333333");
  ExpectRefused(ValueType::kNumber, {"",      "+",      "-",    ".",     "e5",   "1e",    "+-5",  "-+5",  "--5",
                                     "++5",   "nan",    "NaN",  "-nan",  "+nan", "inf",   "-inf", "+inf", "Infinity",
                                     "1e999", "-1e999", "0x10", "0x1p3", "1,5",  "1_000", " 1",   "1 ",   "1.2.3"});
}

TEST(Convert, Boolean) {
  for (const char* text : {"true", "True", "TRUE", "1", "on", "On", "yes", "YES"}) {
    EXPECT_EQ(Convert(ValueType::kBoolean, text), "true") << text;
  }
  for (const char* text : {"false", "False", "0", "off", "no", "nO", ""}) {
    EXPECT_EQ(Convert(ValueType::kBoolean, text), "false") << text;
  }
  ExpectRefused(ValueType::kBoolean, {"2", "01", "t", "f", "y", "n", "null", " true", "true ", "ja"});
}

TEST(Convert, Uuid) {
  ExpectKept(ValueType::kUuid, {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
                                "00000000-0000-0000-0000-000000000000", "123e4567E89B12d3a456426614174000"});
  ExpectRefused(ValueType::kUuid, {"", "123e4567e89b12d3a45642661417400g", "123e4567-e89b12d3a4564266141740",
                                   "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
                                   "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a4564-26614174000",
                                   "{23e4567-e89b-12d3-a456-42661417400}"});
}

TEST(Convert, Date) {
  ExpectKept(ValueType::kDate, {"2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2023-04-30"});
  ExpectRefused(ValueType::kDate, {"", "2023-02-29", "1900-02-29", "2023-04-31", "2023-00-01", "2023-13-01",
                                   "2023-01-00", "2023-01-32", "0000-01-01", "2023-1-01", "2023-01-1", "20230101",
                                   "2023/01/01", "2023-01-01T00:00:00", "2023-01-01 ", "-2023-01-01", "12023-01-01"});
}

TEST(Convert, Time) {
  ExpectKept(ValueType::kTime, {"00:00:00", "23:59:59", "12:30", "12:30:15.5", "12:30:15.123456", "12:30:15Z",
                                "12:30:15z", "12:30:15+05:30", "12:30-0530", "12:30:15.25-00:00"});
  ExpectRefused(ValueType::kTime,
                {"", "24:00:00", "23:60:00", "23:59:60", "1:00:00", "12", "12:", "12:3", "12:30:", "12:30:1",
                 "12:30:15.", "12:30:15,5", "12:30:15+24:00", "12:30:15+05:60", "12:30:15+5", "12:30:15 Z", "T12:30"});
}

TEST(Convert, DateTime) {
  ExpectKept(ValueType::kDateTime,
             {"2024-02-29T12:30:15", "2024-02-29t12:30:15Z", "2024-02-29 12:30", "2024-02-29T12:30:15.5+01:00"});
  ExpectRefused(ValueType::kDateTime, {"", "2024-02-29", "2024-02-29T", "2023-02-29T12:30:15", "2024-02-29T24:00:00",
                                       "2024-02-29_12:30:15", "2024-02-29T12:30:15Zulu", "12:30:15", "1700000000"});
}

TEST(Convert, WhatIsNotReadHereIsRefused) { ExpectRefused(ValueType::kJson, {"", "{}", "1"}); }

TEST(Convert, EveryTypeHasItsRefusal) {
  EXPECT_EQ(RefusalOf(ValueType::kInteger).type, "int_parsing");
  EXPECT_EQ(RefusalOf(ValueType::kNumber).type, "float_parsing");
  EXPECT_EQ(RefusalOf(ValueType::kBoolean).type, "bool_parsing");
  EXPECT_EQ(RefusalOf(ValueType::kUuid).type, "uuid_parsing");
  EXPECT_EQ(RefusalOf(ValueType::kDate).type, "date_parsing");
  EXPECT_EQ(RefusalOf(ValueType::kDateTime).type, "datetime_parsing");
  EXPECT_EQ(RefusalOf(ValueType::kTime).type, "time_parsing");
  for (int type = 0; type <= static_cast<int>(ValueType::kJson); ++type) {
    EXPECT_FALSE(RefusalOf(static_cast<ValueType>(type)).msg.empty()) << type;
  }
}

}  // namespace
}  // namespace spikard::route
