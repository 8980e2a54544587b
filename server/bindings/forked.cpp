#include "bindings/forked.hpp"

#include <pthread.h>
#include <pybind11/pybind11.h>
#include <unistd.h>

namespace py = pybind11;

namespace spikard::bindings {
namespace {
pid_t own_pid = 0;
}  // namespace

void WatchForks() {
  own_pid = ::getpid();
  ::pthread_atfork(nullptr, nullptr, [] { own_pid = ::getpid(); });
}

pid_t OwnPid() { return own_pid; }

void EndForked() {
  try {
    py::object error = py::none();
    if (PyErr_Occurred() != nullptr) {
      const py::error_already_set raised;
      error = raised.value();
      if (raised.trace()) PyException_SetTraceback(error.ptr(), raised.trace().ptr());
    }
    py::module_::import("spikard._worker.forked").attr("end")(error);
  } catch (py::error_already_set&) {
    // Nobody is left to be told.
  }
  ::_exit(1);
}

}  // namespace spikard::bindings
