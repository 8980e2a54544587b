// What a handler forks comes back to the worker's code when the handler ends, and is ended there: it has the worker's
// loop, sockets and flight recorder, and the requests of others, which would run twice.
#pragma once

#include <sys/types.h>

namespace spikard::bindings {

// Finds out when this process is forked; to be called once.
void WatchForks();

// This process, without a system call.
pid_t OwnPid();

// Ends this process as a program ends: an error that is set is told, and decides about the status. REQUIRES: the GIL.
[[noreturn]] void EndForked();

// To be called where work ends that has begun in the process `begun`.
inline void EndIfForked(pid_t begun) {
  if (begun != OwnPid()) [[unlikely]] {
    EndForked();
  }
}

}  // namespace spikard::bindings
