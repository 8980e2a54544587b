// To wait for a descriptor, and to believe it only if it is so.
#pragma once

#include <poll.h>

#include <utility>

#include "base/task.hpp"

namespace spikard::base {

// Any of these, or an error or a hang-up, as poll(2) has them. To be asked behind each of Asio's waits that something
// is concluded from: it hands what it keeps of a closed descriptor to the next one, together with news of the old one
// that it has not told yet, so that a wait may end for nothing.
inline bool IsReady(int fd, short events) {
  pollfd polled{fd, events, 0};
  return ::poll(&polled, 1, 0) > 0;
}

// Acts once, when there is something to read; never if the descriptor is closed before.
template <typename Descriptor, typename Act>
void WhenReadable(Descriptor& descriptor, Act act) {
  descriptor.async_wait(Descriptor::wait_read, [&descriptor, act = std::move(act)](ErrorCode closed) mutable {
    if (closed) return;
    if (!IsReady(descriptor.native_handle(), POLLIN)) return WhenReadable(descriptor, std::move(act));
    act();
  });
}

}  // namespace spikard::base
