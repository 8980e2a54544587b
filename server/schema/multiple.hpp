#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "schema/decimal.hpp"

namespace spikard::schema {

// The divisor of a multipleOf (Validation 6.2.1), prepared for division by numbers of any size. REQUIRES a
// positive number whose text outlives this.
class Divisor {
 public:
  explicit Divisor(std::string_view json_number);

  // Whether the quotient is an integer, exactly.
  bool Divides(std::string_view json_number) const;

 private:
  bool DividesSmall(const Decimal& value, uint64_t zeros) const;
  bool DividesLarge(const Decimal& value, uint64_t zeros) const;

  Decimal decimal_;
  uint64_t coefficient_ = 0;      // the significant digits if they fit, else 0
  std::vector<uint32_t> limbs_;   // the significant digits, least limb first, if they do not
  std::optional<int64_t> small_;  // the whole divisor if it is a plain integer
};

}  // namespace spikard::schema
