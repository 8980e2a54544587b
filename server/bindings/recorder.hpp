// The worker's side of its flight recorder.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>

#include "base/descriptor.hpp"
#include "protocol/recorder.hpp"

namespace spikard::bindings {

class Recorder {
 public:
  // Throws OSError.
  Recorder(uint32_t slots, uint32_t cells);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  protocol::RecorderView& view() { return view_; }
  int Fileno() const { return memfd_.get(); }
  // The memory stays as it is; nobody can get it any more.
  void CloseDescriptor() { memfd_ = base::Descriptor(); }
  void Tick(bool debugging);

 private:
  base::Descriptor memfd_;
  size_t size_ = 0;
  void* memory_ = nullptr;
  protocol::RecorderView view_;
};

}  // namespace spikard::bindings
