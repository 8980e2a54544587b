// The extension module spikard._native.
#include <pybind11/pybind11.h>

#include "bindings/bindings.hpp"
#include "bindings/forked.hpp"
#include "protocol/codec.hpp"

PYBIND11_MODULE(_native, module) {
  module.doc() = "What the Python package does in C++: the wire, the front end's process, and JSON Schema.";
  module.attr("PROTOCOL_VERSION") = spikard::protocol::kProtocolVersion;
  spikard::bindings::WatchForks();
  spikard::bindings::BindRecorder(module);
  spikard::bindings::BindChannel(module);
  spikard::bindings::BindManifest(module);
  spikard::bindings::BindOrders(module);
  spikard::bindings::BindProblem(module);
  spikard::bindings::BindForm(module);
  spikard::bindings::BindFrontEnd(module);
  spikard::bindings::BindSchema(module);
  spikard::bindings::BindSteps(module);
  spikard::bindings::BindSupervision(module);
}
