// What the front end orders by the attach socket is done by a native thread, so that it is done by a worker whose loop
// is stuck, and by one whose GIL nobody gives back.
#include <fcntl.h>
#include <poll.h>
#include <pybind11/pybind11.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "base/descriptor.hpp"
#include "bindings/bindings.hpp"
#include "protocol/codec.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

constexpr size_t kMaxPacket = 64 * 1024;
constexpr size_t kMaxStack = 32 * 1024;
// What a thread may take to say where it stands: one that is stopped says nothing.
constexpr time_t kDumpSeconds = 1;

// How a stack is dumped: the thread gets a signal, whose handler (of Python's faulthandler) writes the stack into this
// file. The thread that is asked does it itself, so nothing moves meanwhile. One for all of the process.
struct Dump {
  base::Descriptor file;
  int signal = 0;
  void (*dump)(int) = nullptr;
  sem_t done{};
};
Dump dumping;

void OnSignal(int number) {
  const int error = errno;
  dumping.dump(number);
  ::sem_post(&dumping.done);
  errno = error;
}

int DumpFile() {
  if (!dumping.file) dumping.file = base::Descriptor(::memfd_create("spikard-stack", MFD_CLOEXEC));
  if (!dumping.file) RaiseOsError();
  return dumping.file.get();
}

// REQUIRES: once, after faulthandler's handler for this signal has been told of DumpFile().
void DumpAt(int number) {
  struct sigaction action{};
  if (::sigaction(number, nullptr, &action) != 0) RaiseOsError();
  dumping.dump = action.sa_handler;
  ::sem_init(&dumping.done, 0, 0);
  action.sa_handler = &OnSignal;
  if (::sigaction(number, &action, nullptr) != 0) RaiseOsError();
  dumping.signal = number;
}

// What the thread stands at; nothing if it cannot be told.
std::string StackOf(pid_t thread) {
  struct sigaction action{};
  // Whoever else uses the signal: without our handler it would end the process.
  if (dumping.signal == 0 || ::sigaction(dumping.signal, nullptr, &action) != 0 || action.sa_handler != &OnSignal) {
    return {};
  }
  const int file = dumping.file.get();
  if (::ftruncate(file, 0) != 0 || ::lseek(file, 0, SEEK_SET) != 0) return {};
  while (::sem_trywait(&dumping.done) == 0) {
  }
  if (::syscall(SYS_tgkill, ::getpid(), thread, dumping.signal) != 0) return {};
  timespec end{};
  ::clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += kDumpSeconds;
  while (::sem_clockwait(&dumping.done, CLOCK_MONOTONIC, &end) != 0) {
    if (errno != EINTR) return {};
  }
  std::string text(kMaxStack, '\0');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  text.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
  return text;
}

// How a step is broken off: a signal has the thread run Python's handler, which raises if this is still the exchange
// that is being stepped. One for all of the process.
struct Interruption {
  std::atomic<int> signal = 0;
  std::atomic<uint64_t> exchange = 0;
};
Interruption interruption;

// REQUIRES: once Python has a handler for it.
void InterruptBy(int number) { interruption.signal = number; }

uint64_t Interrupted() { return interruption.exchange; }

void InterruptStep(pid_t thread, uint64_t exchange) {
  // What runs elsewhere than where Python handles signals goes on.
  if (interruption.signal == 0 || thread != ::getpid()) return;
  interruption.exchange = exchange;
  ::syscall(SYS_tgkill, ::getpid(), thread, interruption.signal.load());
}

[[noreturn]] void Die(std::string_view detail) {
  const std::string line = "spikard: the front end has ended this worker: " + std::string(detail) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(1);
}

struct Worker {
  base::Descriptor connection;
  base::Descriptor orders;  // those that the loop has to carry out
  pid_t loop;
};

// Returns false if that is no order.
bool Obey(const Worker& worker, std::string_view packet) {
  std::string scratch;
  protocol::Payload payload;
  if (protocol::DecodeControl(packet, &scratch, &payload) != protocol::Errc::kOk) return false;
  if (const auto* die = std::get_if<protocol::Die>(&payload)) Die(die->detail);
  if (const auto* interrupt = std::get_if<protocol::Interrupt>(&payload)) {
    InterruptStep(worker.loop, interrupt->exchange);
    return true;
  }
  if (std::holds_alternative<protocol::Drain>(payload)) {
    return ::send(worker.orders.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
  }
  const auto* dump = std::get_if<protocol::DumpStacks>(&payload);
  if (dump == nullptr) return false;
  const std::string text = StackOf(worker.loop);
  const std::string answer = protocol::EncodeControl(protocol::Stacks{dump->number, text});
  ::send(worker.connection.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return true;
}

void ObeyAll(const Worker& worker) {
  const int connection = worker.connection.get();
  std::string packet;
  for (;;) {
    pollfd readable{connection, POLLIN, 0};
    if (::poll(&readable, 1, -1) < 0 && errno != EINTR) return;
    packet.resize(kMaxPacket);
    const ssize_t size = ::recv(connection, packet.data(), packet.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size <= 0) return;
    if (!Obey(worker, std::string_view(packet).substr(0, static_cast<size_t>(size)))) {
      // The loop sees the end, and attaches anew.
      ::shutdown(connection, SHUT_RDWR);
      return;
    }
  }
}

void StartObeying(int connection, int orders) {
  Worker worker{base::Descriptor(::fcntl(connection, F_DUPFD_CLOEXEC, 0)),
                base::Descriptor(::fcntl(orders, F_DUPFD_CLOEXEC, 0)), static_cast<pid_t>(::syscall(SYS_gettid))};
  if (!worker.connection || !worker.orders) RaiseOsError();
  // Signals are for threads that run Python.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = 0;
  try {
    std::thread([worker = std::move(worker)] { ObeyAll(worker); }).detach();
  } catch (const std::system_error& error) {
    failed = error.code().value();
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed != 0) {
    errno = failed;
    RaiseOsError();
  }
}

}  // namespace

void BindOrders(py::module_& module) {
  module.def("dump_file", &DumpFile);
  module.def("dump_at", &DumpAt, py::arg("number"));
  module.def("interrupt_by", &InterruptBy, py::arg("number"));
  module.def("interrupted", &Interrupted);
  module.def("start_obeying", &StartObeying, py::arg("connection"), py::arg("orders"));
}

}  // namespace spikard::bindings
