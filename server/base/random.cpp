#include "base/random.hpp"

#include <sys/random.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace spikard::base {

namespace {

// The two digits of each byte.
constexpr auto kHex = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> table{};
  for (size_t byte = 0; byte < table.size(); ++byte) table[byte] = {kDigits[byte >> 4], kDigits[byte & 0xf]};
  return table;
}();

}  // namespace

std::string SecureBytes(size_t count) {
  std::string bytes(count, '\0');
  size_t done = 0;
  while (done < count) {
    const ssize_t n = ::getrandom(bytes.data() + done, count - done, 0);
    // EINTR is the only error that getrandom without flags can meet here.
    if (n > 0) done += static_cast<size_t>(n);
  }
  return bytes;
}

uint64_t SecureNumber() {
  const std::string bytes = SecureBytes(sizeof(uint64_t));
  uint64_t number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

UuidSource::UuidSource() : state_{SecureNumber(), SecureNumber() | 1} {}

uint64_t UuidSource::NextRandom() {
  const uint64_t a = state_[0];
  uint64_t b = state_[1];
  const uint64_t result = a + b;
  b ^= a;
  state_[0] = std::rotl(a, 24) ^ b ^ (b << 16);
  state_[1] = std::rotl(b, 37);
  return result;
}

std::array<char, 36> UuidSource::Next(uint64_t unix_ms) {
  const uint64_t random = NextRandom();
  const uint64_t high = (unix_ms << 16) | 0x7000 | (random & 0x0fff);
  const uint64_t low = (uint64_t{0b10} << 62) | (NextRandom() >> 2);
  std::array<char, 36> text;
  size_t at = 0;
  for (int byte = 0; byte < 16; ++byte) {
    if (byte == 4 || byte == 6 || byte == 8 || byte == 10) text[at++] = '-';
    const uint64_t word = byte < 8 ? high : low;
    const auto& digits = kHex[(word >> (56 - 8 * (byte % 8))) & 0xff];
    text[at++] = digits[0];
    text[at++] = digits[1];
  }
  return text;
}

}  // namespace spikard::base
