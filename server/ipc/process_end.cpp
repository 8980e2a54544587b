#include "ipc/process_end.hpp"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cstdint>

namespace spikard::ipc {
namespace {

// Of linux/pidfd.h, which older systems have without these.
struct PidfdInfo {
  uint64_t mask;
  uint64_t cgroup;
  uint32_t ids[11];
  int32_t exit_code;
};
constexpr uint64_t kExit = 1 << 3;
constexpr unsigned long kGetInfo = _IOWR(0xff, 11, PidfdInfo);
static_assert(sizeof(PidfdInfo) == 64);

}  // namespace

dispatch::ProcessEnd EndOf(int pidfd) {
  dispatch::ProcessEnd end{.ended = true};
  PidfdInfo info{};
  info.mask = kExit;
  if (::ioctl(pidfd, kGetInfo, &info) != 0 || (info.mask & kExit) == 0) return end;
  if (WIFSIGNALED(info.exit_code)) end.signal = WTERMSIG(info.exit_code);
  if (WIFEXITED(info.exit_code)) end.status = WEXITSTATUS(info.exit_code);
  return end;
}

}  // namespace spikard::ipc
