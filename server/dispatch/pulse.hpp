// Does a worker's loop turn? Told by the tick in its flight recorder.
#pragma once

#include <chrono>
#include <cstdint>

namespace spikard::dispatch {

class Pulse {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kSilence{800};

  // A look at the tick. `debugged`: a debugger holds the worker, which is no silence. `late`: the looking itself was
  // late, so that no tick proves nothing; who was silent still is. Returns true if the loop has fallen silent with this
  // look, or is heard again.
  bool Look(TimePoint now, uint64_t tick, bool late, bool debugged) {
    if (tick != tick_ || debugged || heard_ == TimePoint{} || (late && !silent_)) {
      tick_ = tick;
      heard_ = now;
    }
    const bool before = silent_;
    silent_ = now - heard_ >= kSilence;
    return silent_ != before;
  }
  bool Silent() const { return silent_; }

 private:
  uint64_t tick_ = 0;
  TimePoint heard_{};
  bool silent_ = false;
};

}  // namespace spikard::dispatch
