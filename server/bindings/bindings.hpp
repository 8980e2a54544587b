// The parts of spikard._native, a file each. python/spikard/_native.pyi is their documentation.
#pragma once

#include <pybind11/pybind11.h>

namespace spikard::bindings {

// Raises OSError of errno.
[[noreturn]] inline void RaiseOsError() {
  PyErr_SetFromErrno(PyExc_OSError);
  throw pybind11::error_already_set();
}

void BindChannel(pybind11::module_& module);
void BindManifest(pybind11::module_& module);
void BindOrders(pybind11::module_& module);
void BindProblem(pybind11::module_& module);
void BindForm(pybind11::module_& module);
void BindFrontEnd(pybind11::module_& module);
void BindRecorder(pybind11::module_& module);
void BindSchema(pybind11::module_& module);
void BindSteps(pybind11::module_& module);
void BindSupervision(pybind11::module_& module);

}  // namespace spikard::bindings
