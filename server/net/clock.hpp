// The time for what is counted in milliseconds: as of the kernel's last tick, which costs a fraction of what the exact
// time does, and is asked for many times per request.
#pragma once

#include <chrono>
#include <ctime>

namespace spikard::net {

struct Clock {
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr bool is_steady = true;
  // How old it may be; kernels tick 100 times a second at least.
  static constexpr std::chrono::milliseconds kAge{10};

  static time_point now() noexcept {
    std::timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
  }
};
using TimePoint = Clock::time_point;

}  // namespace spikard::net
