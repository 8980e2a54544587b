#include "schema/decimal.hpp"

#include <algorithm>

#include "schema/text.hpp"

namespace spikard::schema {

Decimal::Decimal(std::string_view json_number) {
  negative_ = json_number.front() == '-';
  const char* at = json_number.data() + (negative_ ? 1 : 0);
  const char* text_end = json_number.data() + json_number.size();
  const char* end = std::find_if(at, text_end, [](char c) { return c == 'e' || c == 'E'; });
  const char* point = std::find(at, end, '.');

  int64_t exponent = 0;
  if (end != text_end) {
    const char* digit = end + 1;
    const bool minus = *digit == '-';
    if (*digit == '-' || *digit == '+') ++digit;
    for (; digit < text_end; ++digit) exponent = exponent * 10 + (*digit - '0');
    if (minus) exponent = -exponent;
  }

  const char* first = at;
  while (first < end && (*first == '0' || *first == '.')) ++first;
  if (first == end) {
    negative_ = false;  // -0 is 0
    return;
  }
  const char* last = end - 1;
  while (*last == '0' || *last == '.') --last;
  digits_ = first;
  count_ = static_cast<uint32_t>(last - first + 1) - (first < point && point < last ? 1 : 0);
  // Digits before the point count up, zeros behind it before the first digit count down.
  magnitude_ = exponent + (first < point ? point - first : point + 1 - first);
}

int Decimal::Compare(const Decimal& other) const {
  if (IsZero() || other.IsZero()) {
    const int mine = IsZero() ? 0 : negative_ ? -1 : 1;
    const int theirs = other.IsZero() ? 0 : other.negative_ ? -1 : 1;
    return mine - theirs;
  }
  if (negative_ != other.negative_) return negative_ ? -1 : 1;
  const int larger = negative_ ? -1 : 1;
  if (magnitude_ != other.magnitude_) return magnitude_ > other.magnitude_ ? larger : -larger;
  Digits mine(*this);
  Digits theirs(other);
  while (mine.more() && theirs.more()) {
    const unsigned a = mine.Next();
    const unsigned b = theirs.Next();
    if (a != b) return a > b ? larger : -larger;
  }
  return mine.more() ? larger : theirs.more() ? -larger : 0;
}

uint64_t Decimal::Hash(uint64_t seed) const {
  if (IsZero()) return internal::Mix(seed);
  uint64_t hash = seed ^ static_cast<uint64_t>(magnitude_) ^ (negative_ ? ~uint64_t{0} : 0);
  for (Digits digits(*this); digits.more();) hash = internal::Mix(hash + digits.Next());
  return hash;
}

std::optional<int64_t> SmallInteger(std::string_view json_number) {
  if (json_number.size() > 18) return std::nullopt;
  const bool negative = json_number.front() == '-';
  int64_t value = 0;
  for (char c : json_number.substr(negative ? 1 : 0)) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

}  // namespace spikard::schema
