// Whether a descriptor is what somebody waited for.
#pragma once

#include <poll.h>

namespace spikard::base {

// Any of these, or an error or a hang-up, as poll(2) has them. To be asked behind each of Asio's waits that something
// is concluded from: it hands what it keeps of a closed descriptor to the next one, together with news of the old one
// that it has not told yet, so that a wait may end for nothing.
inline bool IsReady(int fd, short events) {
  pollfd polled{fd, events, 0};
  return ::poll(&polled, 1, 0) > 0;
}

}  // namespace spikard::base
