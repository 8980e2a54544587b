#include "schema/multiple.hpp"

#include <algorithm>

namespace spikard::schema {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr uint32_t kDigitsOfCoefficient = 19;

// remainder := remainder * 10 + digit, and then reduced modulo `modulus`; both have the same number of limbs,
// the highest of which leaves room for the factor ten.
void StepModulo(std::vector<uint32_t>& remainder, const std::vector<uint32_t>& modulus, unsigned digit) {
  uint64_t carry = digit;
  for (uint32_t& limb : remainder) {
    carry += uint64_t{limb} * 10;
    limb = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  auto less = [&] {
    return std::lexicographical_compare(remainder.rbegin(), remainder.rend(), modulus.rbegin(), modulus.rend());
  };
  while (!less()) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < remainder.size(); ++i) {
      const uint64_t difference = uint64_t{remainder[i]} - modulus[i] - borrow;
      remainder[i] = static_cast<uint32_t>(difference);
      borrow = difference >> 63;
    }
  }
}

// Of the digits and zeros, divided by a number that leaves `Word` room for the factor ten.
template <typename Word>
Word Remainder(const Decimal& value, uint64_t zeros, uint64_t divisor) {
  Word remainder = 0;
  for (Decimal::Digits digits(value); digits.more();) remainder = (remainder * 10 + digits.Next()) % divisor;
  for (; zeros > 0 && remainder != 0; --zeros) remainder = remainder * 10 % divisor;
  return remainder;
}

}  // namespace

Divisor::Divisor(std::string_view json_number) : decimal_(json_number), small_(SmallInteger(json_number)) {
  if (decimal_.count() <= kDigitsOfCoefficient) {
    for (Decimal::Digits digits(decimal_); digits.more();) coefficient_ = coefficient_ * 10 + digits.Next();
    return;
  }
  for (Decimal::Digits digits(decimal_); digits.more();) {
    uint64_t carry = digits.Next();
    for (uint32_t& limb : limbs_) {
      carry += uint64_t{limb} * 10;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs_.push_back(static_cast<uint32_t>(carry));
  }
  limbs_.push_back(0);
}

bool Divisor::Divides(std::string_view json_number) const {
  if (small_) {
    if (const auto value = SmallInteger(json_number)) return *value % *small_ == 0;
  }
  const Decimal value(json_number);
  if (value.IsZero()) return true;
  // value / divisor = (a / b) x 10^shift with integers a, b of which a has no factor ten, so a negative shift
  // can never end in an integer.
  const int64_t shift = value.exponent() - decimal_.exponent();
  if (shift < 0) return false;
  // More factors of two and five than the divisor has bits change nothing.
  const uint64_t zeros = std::min<uint64_t>(static_cast<uint64_t>(shift), uint64_t{4} * decimal_.count());
  return coefficient_ != 0 ? DividesSmall(value, zeros) : DividesLarge(value, zeros);
}

bool Divisor::DividesSmall(const Decimal& value, uint64_t zeros) const {
  return coefficient_ <= UINT64_MAX / 16 ? Remainder<uint64_t>(value, zeros, coefficient_) == 0
                                         : Remainder<Wide>(value, zeros, coefficient_) == 0;
}

bool Divisor::DividesLarge(const Decimal& value, uint64_t zeros) const {
  std::vector<uint32_t> remainder(limbs_.size(), 0);
  for (Decimal::Digits digits(value); digits.more();) StepModulo(remainder, limbs_, digits.Next());
  for (; zeros > 0; --zeros) StepModulo(remainder, limbs_, 0);
  return std::all_of(remainder.begin(), remainder.end(), [](uint32_t limb) { return limb == 0; });
}

}  // namespace spikard::schema
