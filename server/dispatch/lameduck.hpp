// The time between the decision that nobody will serve here any more, and its coming true: everything is still
// answered, while whoever sends requests learns that it should send them elsewhere.
#pragma once

#include <chrono>
#include <functional>

#include "base/task.hpp"

namespace spikard::dispatch {

class Lameduck {
 public:
  // `on_close` is told whether answers have to end their connections from now on: from half of the time on, when
  // balancers that look at the readiness have had time to send new connections elsewhere.
  Lameduck(base::Loop& loop, std::chrono::milliseconds length, std::function<void(bool)> on_close)
      : length_(length), on_close_(std::move(on_close)), timer_(loop) {}

  // `over` is called when the time is over: at once if it is already. Begun once more, only that changes.
  void Begin(std::function<void()> over);
  // Somebody will serve after all.
  void End();
  bool Begun() const { return step_ != Step::kNot; }

 private:
  enum class Step { kNot, kAnnounced, kClosing, kOver };

  void Enter(Step step);

  const std::chrono::milliseconds length_;
  const std::function<void(bool)> on_close_;
  base::Timer timer_;
  Step step_ = Step::kNot;
  std::function<void()> over_;
};

}  // namespace spikard::dispatch
