// A worker's flight recorder, as its front end has it: mapped, and checked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "protocol/recorder.hpp"

namespace spikard::dispatch {

class Recorder {
 public:
  // Null if it is not one with so many slots, or could be cut under our feet.
  static std::unique_ptr<Recorder> Open(const base::Descriptor& memory, uint32_t slots);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  protocol::RecorderView& operator*() { return view_; }
  protocol::RecorderView* operator->() { return &view_; }
  // The exchanges that are being stepped.
  std::vector<uint64_t> Current() const;
  // What the worker has said as it crashed; mostly nothing.
  std::string Text() const;

 private:
  Recorder(void* memory, size_t size, protocol::RecorderView view) : memory_(memory), size_(size), view_(view) {}

  void* const memory_;
  const size_t size_;
  protocol::RecorderView view_;
};

}  // namespace spikard::dispatch
