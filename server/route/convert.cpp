#include "route/convert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "base/json.hpp"

namespace spikard::route {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool AllDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

bool AppendInteger(std::string_view text, std::string& json) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!AllDigits(text)) return false;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  if (negative && text != "0") json += '-';
  json += text;
  return true;
}

bool AppendNumber(std::string_view text, std::string& json) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  // from_chars would read another sign here, and the words of what is no number.
  if (text.empty() || !(IsDigit(text.front()) || text.front() == '.')) return false;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return false;
  // Too large or too small for a double; the latter is as good as zero.
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  if (error == std::errc::invalid_argument || !std::isfinite(value)) return false;
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), negative ? -value : value);
  std::string_view number(digits.data(), static_cast<size_t>(written.ptr - digits.data()));
  json += number;
  // The worker tells floats from integers by the point.
  if (number.find_first_of(".e") == std::string_view::npos) json += ".0";
  return true;
}

bool AppendBoolean(std::string_view text, std::string& json) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower == "true" || lower == "1" || lower == "on" || lower == "yes") {
    json += "true";
  } else if (lower == "false" || lower == "0" || lower == "off" || lower == "no" || lower.empty()) {
    json += "false";
  } else {
    return false;
  }
  return true;
}

// With all its hyphens or none.
bool IsUuid(std::string_view text) {
  if (text.size() == 32) return std::all_of(text.begin(), text.end(), IsHex);
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHex(text[i])) return false;
  }
  return true;
}

// Reads `count` digits from the front.
bool TakeNumber(std::string_view& text, size_t count, int& number) {
  if (text.size() < count || !AllDigits(text.substr(0, count))) return false;
  std::from_chars(text.data(), text.data() + count, number);
  text.remove_prefix(count);
  return true;
}

bool TakeCharacter(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool TakeDate(std::string_view& text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!TakeNumber(text, 4, year) || !TakeCharacter(text, "-") || !TakeNumber(text, 2, month) ||
      !TakeCharacter(text, "-") || !TakeNumber(text, 2, day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return year > 0 && date.ok();
}

bool TakeTime(std::string_view& text) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!TakeNumber(text, 2, hour) || !TakeCharacter(text, ":") || !TakeNumber(text, 2, minute)) return false;
  if (TakeCharacter(text, ":")) {
    if (!TakeNumber(text, 2, second)) return false;
    if (TakeCharacter(text, ".")) {
      const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
      if (digits == 0) return false;
      text.remove_prefix(digits);
    }
  }
  return hour < 24 && minute < 60 && second < 60;
}

bool TakeOffset(std::string_view& text) {
  if (TakeCharacter(text, "Zz")) return true;
  int hour = 0;
  int minute = 0;
  if (!TakeCharacter(text, "+-") || !TakeNumber(text, 2, hour)) return false;
  TakeCharacter(text, ":");
  return TakeNumber(text, 2, minute) && hour < 24 && minute < 60;
}

bool IsDate(std::string_view text) { return TakeDate(text) && text.empty(); }
bool IsTime(std::string_view text) { return TakeTime(text) && (text.empty() || (TakeOffset(text) && text.empty())); }
bool IsDateTime(std::string_view text) { return TakeDate(text) && TakeCharacter(text, "Tt ") && IsTime(text); }

bool AppendStringIf(bool valid, std::string_view text, std::string& json) {
  if (valid) base::AppendJsonString(json, text);
  return valid;
}

}  // namespace

bool AppendConverted(ValueType type, std::string_view text, std::string& json) {
  switch (type) {
    case ValueType::kText:
      return AppendStringIf(true, text, json);
    case ValueType::kInteger:
      return AppendInteger(text, json);
    case ValueType::kNumber:
      return AppendNumber(text, json);
    case ValueType::kBoolean:
      return AppendBoolean(text, json);
    case ValueType::kUuid:
      return AppendStringIf(IsUuid(text), text, json);
    case ValueType::kDate:
      return AppendStringIf(IsDate(text), text, json);
    case ValueType::kDateTime:
      return AppendStringIf(IsDateTime(text), text, json);
    case ValueType::kTime:
      return AppendStringIf(IsTime(text), text, json);
    case ValueType::kJson:
      break;
  }
  return false;
}

Refusal RefusalOf(ValueType type) {
  switch (type) {
    case ValueType::kInteger:
      return {"int_parsing", "Input should be a valid integer, unable to parse string as an integer"};
    case ValueType::kNumber:
      return {"float_parsing", "Input should be a valid number, unable to parse string as a number"};
    case ValueType::kBoolean:
      return {"bool_parsing", "Input should be a valid boolean, unable to interpret input"};
    case ValueType::kUuid:
      return {"uuid_parsing", "Input should be a valid UUID"};
    case ValueType::kDate:
      return {"date_parsing", "Input should be a valid date"};
    case ValueType::kDateTime:
      return {"datetime_parsing", "Input should be a valid datetime"};
    case ValueType::kTime:
      return {"time_parsing", "Input should be a valid time"};
    case ValueType::kText:
    case ValueType::kJson:
      break;
  }
  return {"type_error", "Input should be valid"};
}

}  // namespace spikard::route
