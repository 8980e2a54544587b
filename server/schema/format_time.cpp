#include "schema/format.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

constexpr int kMinutesOfDay = 24 * 60;

// `count` digits at `at` as a number, -1 if they are none.
int Digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (!IsDigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

int DaysOfMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// The offset in minutes, or false.
bool Offset(std::string_view text, int& minutes) {
  minutes = 0;
  if (text == "Z" || text == "z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const int hour = Digits(text, 1, 2);
  const int minute = Digits(text, 4, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
  minutes = (hour * 60 + minute) * (text[0] == '-' ? -1 : 1);
  return true;
}

// Skips 1*DIGIT and the unit; false, and nothing skipped, if they are not there.
bool Component(std::string_view& text, char unit) {
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == 0 || digits == text.size() || text[digits] != unit) return false;
  text.remove_prefix(digits + 1);
  return true;
}

// A run of units without a gap, as in dur-year [dur-month [dur-day]].
bool Components(std::string_view& text, std::string_view units) {
  size_t first = 0;
  while (first < units.size() && !Component(text, units[first])) ++first;
  if (first == units.size()) return false;
  for (size_t next = first + 1; next < units.size() && Component(text, units[next]);) ++next;
  return true;
}

}  // namespace

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= DaysOfMonth(year, month);
}

bool IsTime(std::string_view text) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
  const int hour = Digits(text, 0, 2);
  const int minute = Digits(text, 3, 2);
  const int second = Digits(text, 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  size_t at = 8;
  if (text[at] == '.') {
    const size_t fraction = ++at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    if (at == fraction) return false;
  }
  int offset = 0;
  if (!Offset(text.substr(at), offset)) return false;
  // RFC 3339 section 5.7: leap seconds are inserted at the end of a day in UTC.
  const int utc = ((hour * 60 + minute - offset) % kMinutesOfDay + kMinutesOfDay) % kMinutesOfDay;
  return second < 60 || utc == kMinutesOfDay - 1;
}

bool IsDateTime(std::string_view text) {
  if (text.size() < 11 || (text[10] != 'T' && text[10] != 't')) return false;
  return IsDate(text.substr(0, 10)) && IsTime(text.substr(11));
}

bool IsDuration(std::string_view text) {
  if (!text.starts_with('P')) return false;
  text.remove_prefix(1);
  if (Component(text, 'W')) return text.empty();
  const bool date = Components(text, "YMD");
  if (!text.starts_with('T')) return date && text.empty();
  text.remove_prefix(1);
  return Components(text, "HMS") && text.empty();
}

}  // namespace spikard::schema
