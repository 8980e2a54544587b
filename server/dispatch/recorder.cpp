#include "dispatch/recorder.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstring>

namespace spikard::dispatch {

using protocol::RecorderView;

std::unique_ptr<Recorder> Recorder::Open(const base::Descriptor& memory, uint32_t slots) {
  // Memory that shrinks ends whoever reads it (SIGBUS).
  const int seals = ::fcntl(memory.get(), F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) return nullptr;
  struct stat status{};
  if (::fstat(memory.get(), &status) != 0) return nullptr;
  const auto size = static_cast<size_t>(status.st_size);
  if (size < protocol::kRecorderHeader) return nullptr;
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (mapped == MAP_FAILED) return nullptr;
  uint32_t said = 0;
  uint32_t cells = 0;
  const bool readable = RecorderView::Read(mapped, &said, &cells);
  std::unique_ptr<Recorder> recorder(new Recorder(mapped, size, RecorderView(mapped, said, cells)));
  return readable && said == slots && RecorderView::Size(said, cells) <= size ? std::move(recorder) : nullptr;
}

Recorder::~Recorder() { ::munmap(memory_, size_); }

std::vector<uint64_t> Recorder::Current() const {
  std::vector<uint64_t> current;
  for (uint32_t cell = 0; cell < view_.cells(); ++cell) {
    if (const uint64_t exchange = view_.Cell(cell).load(std::memory_order_acquire)) current.push_back(exchange);
  }
  return current;
}

std::string Recorder::Text() const {
  const size_t at = RecorderView::Size(view_.slots(), view_.cells());
  const char* text = static_cast<const char*>(memory_) + at;
  return {text, ::strnlen(text, size_ - at)};
}

}  // namespace spikard::dispatch
