// Random numbers and identifiers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace spikard::base {

// Bytes from the kernel, for tokens and seeds.
std::string SecureBytes(size_t count);
uint64_t SecureNumber();

// A UUID of version 7 (RFC 9562 section 5.7) as text: sorted by time, unique per process by 74 random bits.
class UuidSource {
 public:
  UuidSource();
  // `unix_ms`: milliseconds since 1970.
  std::array<char, 36> Next(uint64_t unix_ms);

 private:
  uint64_t NextRandom();

  std::array<uint64_t, 2> state_;  // xoroshiro128+: not secret, only unique
};

}  // namespace spikard::base
