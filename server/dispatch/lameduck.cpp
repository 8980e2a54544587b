#include "dispatch/lameduck.hpp"

#include <utility>

namespace spikard::dispatch {

void Lameduck::Begin(std::function<void()> over) {
  if (step_ == Step::kOver) return over();
  over_ = std::move(over);
  if (step_ != Step::kNot) return;
  if (length_.count() != 0) return Enter(Step::kAnnounced);
  on_close_(true);
  Enter(Step::kOver);
}

void Lameduck::End() {
  timer_.cancel();
  over_ = nullptr;
  if (std::exchange(step_, Step::kNot) != Step::kNot) on_close_(false);
}

void Lameduck::Enter(Step step) {
  step_ = step;
  if (step == Step::kClosing) on_close_(true);
  if (step == Step::kOver) return std::exchange(over_, nullptr)();
  timer_.expires_after(length_ / 2);
  timer_.async_wait([this, step](base::ErrorCode cancelled) {
    if (cancelled || step != step_) return;
    Enter(step == Step::kAnnounced ? Step::kClosing : Step::kOver);
  });
}

}  // namespace spikard::dispatch
