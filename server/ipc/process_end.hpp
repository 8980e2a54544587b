// How a process has ended that is not our child.
#pragma once

#include "dispatch/incident.hpp"

namespace spikard::ipc {

// REQUIRES: the pidfd is readable. Signal and status are known from Linux 6.15 on.
dispatch::ProcessEnd EndOf(int pidfd);

}  // namespace spikard::ipc
