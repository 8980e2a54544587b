// How much memory this process takes.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/descriptor.hpp"

namespace spikard::base {

// Bytes of this process that are in memory; 0 if that cannot be known.
inline uint64_t ResidentBytes() {
  const Descriptor statm(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  std::array<char, 128> text{};
  if (!statm || ::read(statm.get(), text.data(), text.size() - 1) <= 0) return 0;
  char* second = nullptr;
  std::strtoull(text.data(), &second, 10);
  return std::strtoull(second, nullptr, 10) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace spikard::base
