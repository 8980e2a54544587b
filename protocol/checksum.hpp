// The checksum of a batch (codec.hpp draws where it lies). Private to the codec.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace spikard::protocol {

inline constexpr size_t kChecksumAt = 24;

inline uint64_t Checksum(std::string_view bytes, uint64_t seed) { return XXH64(bytes.data(), bytes.size(), seed); }

// The same over two pieces that belong together.
inline uint64_t Checksum(std::string_view first, std::string_view second, uint64_t seed) {
  XXH64_state_t state;
  XXH64_reset(&state, seed);
  XXH64_update(&state, first.data(), first.size());
  XXH64_update(&state, second.data(), second.size());
  return XXH64_digest(&state);
}

}  // namespace spikard::protocol
