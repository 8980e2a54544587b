#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace spikard::schema {

// A JSON number, exactly: a view of its text as
//
//   (-) 0.d1 d2 d3 ... dn x 10^magnitude        d1 != 0, dn != 0; no digits: zero
//
// so that numbers of any size compare without arithmetic. REQUIRES text that the parser has accepted.
class Decimal {
 public:
  explicit Decimal(std::string_view json_number);

  bool negative() const { return negative_; }
  bool IsZero() const { return count_ == 0; }
  // Section 4.2.3 of JSON Schema Core: 1.0 and 10e-1 are integers.
  bool IsInteger() const { return static_cast<int64_t>(count_) <= magnitude_ || count_ == 0; }
  // The number of significant digits, and the power of ten that the last of them counts.
  uint32_t count() const { return count_; }
  int64_t exponent() const { return magnitude_ - static_cast<int64_t>(count_); }

  // Negative, zero, positive: this is less than, equal to, greater than the other.
  int Compare(const Decimal& other) const;
  // Equal numbers have equal hashes, however they are written.
  uint64_t Hash(uint64_t seed) const;

  // The significant digits one by one.
  class Digits {
   public:
    explicit Digits(const Decimal& decimal) : at_(decimal.digits_), left_(decimal.count_) {}
    bool more() const { return left_ > 0; }
    unsigned Next() {
      if (*at_ == '.') ++at_;
      --left_;
      return static_cast<unsigned>(*at_++ - '0');
    }

   private:
    const char* at_;
    uint32_t left_;
  };

 private:
  const char* digits_ = nullptr;  // the first significant one; a point may stand among them
  uint32_t count_ = 0;
  bool negative_ = false;
  int64_t magnitude_ = 0;
};

// The value of an integer that is written plainly and has at most 18 digits.
std::optional<int64_t> SmallInteger(std::string_view json_number);

}  // namespace spikard::schema
