#include "base/spare_memory.hpp"

#include <malloc.h>

#include <chrono>
#include <cstdint>

#include "base/resident.hpp"

namespace spikard::base {
namespace {

constexpr std::chrono::milliseconds kLook{2'000};
// To give this back costs milliseconds, and as many when it is needed again.
constexpr uint64_t kMuch = 64 * 1024 * 1024;

}  // namespace

void SpareMemory::Watch() {
  timer_.expires_after(kLook);
  timer_.async_wait([this](ErrorCode stopped) {
    if (stopped) return;
    const struct mallinfo2 heap = ::mallinfo2();
    if (ResidentBytes() > heap.uordblks + heap.hblkhd + kMuch) ::malloc_trim(0);
    Watch();
  });
}

}  // namespace spikard::base
