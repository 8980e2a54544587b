// A flight recorder as a worker makes it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/descriptor.hpp"
#include "protocol/recorder.hpp"

namespace spikard::fake {

class SharedMemory {
 public:
  static constexpr size_t kText = 100;

  explicit SharedMemory(uint32_t slots, uint32_t cells = 4, int seals = F_SEAL_SHRINK)
      : size_(protocol::RecorderView::Size(slots, cells) + kText),
        descriptor(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (::ftruncate(descriptor.get(), static_cast<off_t>(size_)) != 0) return;
    if (seals != 0) ::fcntl(descriptor.get(), F_ADD_SEALS, seals);
    memory_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
    view = protocol::RecorderView(memory_, slots, cells);
    view.Format();
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() { ::munmap(memory_, size_); }

 private:
  const size_t size_;
  void* memory_ = nullptr;

 public:
  base::Descriptor descriptor;
  protocol::RecorderView view;
};

}  // namespace spikard::fake
