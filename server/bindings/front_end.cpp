#include "bindings/front_end.hpp"

#include <fcntl.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "bindings/bindings.hpp"

extern char** environ;

namespace py = pybind11;

namespace spikard::bindings {
namespace {

// Where the child finds its end of the ready pipe.
constexpr int kReadyFd = 3;
constexpr int kListenFd = 4;
// A front end that ends sooner than this after its start has not served anybody: it is not started for ever.
constexpr std::chrono::seconds kServed{5};
constexpr int kMaxFailedStarts = 5;

using Clock = std::chrono::steady_clock;

std::pair<base::Descriptor, base::Descriptor> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe could be made");
  return {base::Descriptor(ends[0]), base::Descriptor(ends[1])};
}

std::string ReadLine(int fd) {
  std::string line;
  char c = 0;
  for (;;) {
    const ssize_t n = ::read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return {};
    if (c == '\n') return line;
    line.push_back(c);
  }
}

// The child must not inherit what a Python process has set up for itself; but whoever ignores SIGHUP, as `nohup` does,
// means all of it.
struct SpawnAttributes {
  SpawnAttributes() {
    ::posix_spawnattr_init(&value);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGCHLD}) ::sigaddset(&defaults, signal);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&value, &defaults);
    ::posix_spawnattr_setsigmask(&value, &none);
    ::posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&value); }
  posix_spawnattr_t value;
};

struct SpawnActions {
  SpawnActions() { ::posix_spawn_file_actions_init(&value); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&value); }
  posix_spawn_file_actions_t value;
};

}  // namespace

FrontEnd::FrontEnd(std::vector<std::string> command, std::string host, uint16_t port, int listener)
    : command_(std::move(command)), listener_(listener), host_(std::move(host)), port_(port) {
  std::tie(ended_read_, ended_write_) = MakePipe();
}

FrontEnd::~FrontEnd() {
  Kill();
  if (thread_.joinable()) thread_.join();
}

void FrontEnd::Start() {
  constexpr std::string_view kListening = "listening ";
  const std::string line = Spawn();
  if (!line.starts_with(kListening)) {
    status_ = Reap();
    throw std::runtime_error(line.empty() ? "the front end did not start" : line);
  }
  const size_t space = line.rfind(' ');
  host_ = line.substr(kListening.size(), space - kListening.size());
  port_ = static_cast<uint16_t>(std::stoi(line.substr(space + 1)));
  thread_ = std::thread([this] { Watch(); });
}

std::string FrontEnd::Spawn() {
  auto [ready_read, ready_write] = MakePipe();
  std::vector<std::string> arguments = command_;
  for (const std::string& argument :
       {std::string("--port"), std::to_string(port_), std::string("--ready-fd"), std::to_string(kReadyFd),
        std::string("--parent-pid"), std::to_string(::getpid())}) {
    arguments.push_back(argument);
  }
  if (listener_) {
    arguments.push_back("--listen-fd");
    arguments.push_back(std::to_string(kListenFd));
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  SpawnActions actions;
  ::posix_spawn_file_actions_adddup2(&actions.value, ready_write.get(), kReadyFd);
  // REQUIRES: it is neither of the two numbers, or the line above would have replaced it.
  if (listener_) ::posix_spawn_file_actions_adddup2(&actions.value, listener_.get(), kListenFd);
  const SpawnAttributes attributes;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {};
    pid_t pid = 0;
    if (::posix_spawn(&pid, argv[0], &actions.value, &attributes.value, argv.data(), environ) != 0) return {};
    pid_ = pid;
  }
  ready_write = base::Descriptor();
  return ReadLine(ready_read.get());
}

int FrontEnd::Reap() {
  const pid_t pid = pid_;
  if (pid == 0) return -1;
  int status = 0;
  siginfo_t info;
  // First only looked at: the pid stays ours until no signal can be on its way to it.
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  pid_ = 0;
  if (::waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void FrontEnd::Watch() {
  int failed_starts = 0;
  for (;;) {
    const auto started = Clock::now();
    status_ = Reap();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    failed_starts = Clock::now() - started > kServed ? 0 : failed_starts + 1;
    if (failed_starts > kMaxFailedStarts) break;
    if (failed_starts > 1) std::this_thread::sleep_for(std::chrono::milliseconds(100 * failed_starts));
    Spawn();  // whatever came of it shows when it is reaped
  }
  // Written, not closed: what a handler has forked has this end too.
  [[maybe_unused]] const ssize_t told = ::write(ended_write_.get(), "", 1);
}

void FrontEnd::Stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (pid_ != 0) ::kill(pid_, SIGTERM);
}

void FrontEnd::Kill() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (pid_ != 0) ::kill(pid_, SIGKILL);
}

void BindFrontEnd(py::module_& module) {
  using ReleaseGil = py::call_guard<py::gil_scoped_release>;
  py::class_<FrontEnd>(module, "FrontEnd")
      .def(py::init<std::vector<std::string>, std::string, uint16_t, int>(), py::arg("command"), py::arg("host"),
           py::arg("port"), py::arg("listener") = -1)
      .def("start", &FrontEnd::Start, ReleaseGil())
      .def("stop", &FrontEnd::Stop, ReleaseGil())
      .def("kill", &FrontEnd::Kill, ReleaseGil())
      .def("fileno", &FrontEnd::Fileno)
      .def_property_readonly("host", &FrontEnd::host)
      .def_property_readonly("port", &FrontEnd::port)
      .def_property_readonly("pid", &FrontEnd::pid)
      .def_property_readonly("status", &FrontEnd::Status);
}

}  // namespace spikard::bindings
