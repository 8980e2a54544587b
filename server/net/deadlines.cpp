#include "net/deadlines.hpp"

namespace spikard::net {

Deadlines::Deadlines(base::Loop& loop) : timer_(loop) {}

void Deadlines::Start() {
  timer_.expires_after(kInterval);
  timer_.async_wait([this](base::ErrorCode error) {
    if (error) return;
    Sweep();
    Start();
  });
}

void Deadlines::Stop() { timer_.cancel(); }

void Deadlines::Sweep() {
  // Who has set a deadline took the time for earlier than it was.
  const TimePoint now = Clock::now() - Clock::kAge;
  for (auto it = list_.begin(); it != list_.end();) {
    Deadline& deadline = *it++;
    if (deadline.at_ > now) continue;
    deadline.Never();
    deadline.OnDeadline();
  }
}

}  // namespace spikard::net
