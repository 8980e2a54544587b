// What a supervisor and its workers need of the kernel: a start that Python's own cannot do, and a watch without the
// GIL.
#include <fcntl.h>
#include <poll.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "bindings/bindings.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

constexpr int kCannotExecute = 127;

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec: only what is safe there.
[[noreturn]] void BecomeWorker(pid_t supervisor, int line, char* const* argv, char* const* environment) {
  // Sent when the thread that has forked ends, which for a supervisor's main thread is the end of the process. A
  // worker that is still importing ends by it; one that serves finishes first.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != supervisor) ::_exit(kCannotExecute);
  // Not SIGHUP: whoever ignores that, as `nohup` does, means all of it.
  for (const int number : {SIGTERM, SIGPIPE, SIGCHLD, SIGTTIN, SIGTTOU}) ::signal(number, SIG_DFL);
  // A terminal sends Ctrl+C to all processes; the supervisor turns it into an orderly end.
  ::signal(SIGINT, SIG_IGN);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::fcntl(line, F_SETFD, 0);
  ::execve(argv[0], argv, environment);
  ::_exit(kCannotExecute);
}

pid_t StartWorker(std::vector<std::string> command, std::vector<std::string> environment, int line) {
  const std::vector<char*> argv = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  const pid_t supervisor = ::getpid();
  // What is sent to the child before it has left our handlers must not look as if it were sent to us.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) BecomeWorker(supervisor, line, argv.data(), variables.data());
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  if (pid < 0) RaiseOsError();
  return pid;
}

void EndWithSupervisor(int line, double grace) {
  base::Descriptor watched(::fcntl(line, F_DUPFD_CLOEXEC, 0));
  if (watched.get() < 0) RaiseOsError();
  std::thread([watched = std::move(watched), grace] {
    // Hang-up is always told; what is written on the line is the loop's.
    pollfd end{watched.get(), 0, 0};
    while (::poll(&end, 1, -1) < 0 && errno == EINTR) {
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(grace));
    ::_exit(1);
  }).detach();
}

// Python's handlers are not told who has sent a signal: this one notes it, then calls Python's.
std::array<std::atomic<pid_t>, NSIG> senders;
std::array<void (*)(int), NSIG> handlers;
static_assert(std::atomic<pid_t>::is_always_lock_free);

void Note(int number, siginfo_t* info, void*) {
  const auto at = static_cast<size_t>(number);
  senders[at] = info->si_code <= 0 ? info->si_pid : 0;  // above: the kernel, as for a terminal
  handlers[at](number);
}

void NoteSender(int number) {
  struct sigaction action{};
  if (number < 1 || number >= NSIG || ::sigaction(number, nullptr, &action) != 0) RaiseOsError();
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) return;
  handlers[static_cast<size_t>(number)] = action.sa_handler;
  action.sa_sigaction = &Note;
  action.sa_flags |= SA_SIGINFO;
  ::sigaction(number, &action, nullptr);
}

pid_t Sender(int number) { return number > 0 && number < NSIG ? senders[static_cast<size_t>(number)].load() : 0; }

}  // namespace

void BindSupervision(py::module_& module) {
  module.def("start_worker", &StartWorker, py::arg("command"), py::arg("environment"), py::arg("line"));
  module.def("end_with_supervisor", &EndWithSupervisor, py::arg("line"), py::arg("grace"));
  module.def("note_sender", &NoteSender, py::arg("number"));
  module.def("sender", &Sender, py::arg("number"));
}

}  // namespace spikard::bindings
