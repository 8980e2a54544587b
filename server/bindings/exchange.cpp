#include "bindings/exchange.hpp"

#include <utility>

namespace py = pybind11;

namespace spikard::bindings {
namespace {

// What HTTP carries as text: octets, read as Latin-1 so that nothing is lost (RFC 9110 section 5.5).
py::str Latin1(std::string_view text) {
  return py::reinterpret_steal<py::str>(
      PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
}

py::bytes Bytes(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

py::list Headers(const Exchange& x) {
  py::list list(x.headers.size());
  for (size_t i = 0; i < x.headers.size(); ++i) {
    list[i] = py::make_tuple(Latin1(x.headers[i].name), Latin1(x.headers[i].value));
  }
  return list;
}

py::list RawHeaders(const Exchange& x) {
  py::list list(x.headers.size());
  for (size_t i = 0; i < x.headers.size(); ++i) {
    list[i] = py::make_tuple(Bytes(x.headers[i].name), Bytes(x.headers[i].value));
  }
  return list;
}

py::list PathParameters(const Exchange& x) {
  py::list list(x.path_parameters.size());
  for (size_t i = 0; i < x.path_parameters.size(); ++i) {
    list[i] = py::str(x.path_parameters[i].data(), x.path_parameters[i].size());  // UTF-8: the front end has checked
  }
  return list;
}

}  // namespace

py::bytes BytesOf(const Batch& batch, std::string_view bytes) {
  // A raw frame is the body and nothing else: no need to copy it.
  for (const py::bytes& frame : batch.frames) {
    if (PyBytes_AS_STRING(frame.ptr()) == bytes.data()) return frame;
  }
  return Bytes(bytes);
}

std::unique_ptr<Exchange> MakeExchange(std::shared_ptr<const Batch> batch, std::shared_ptr<Recorder> recorder,
                                       const protocol::Message& message) {
  auto x = std::make_unique<Exchange>();
  x->number = message.exchange;
  x->slot = message.slot;
  // A slot that the recorder does not have is not this worker's; the front end will see it.
  if (recorder && x->slot < recorder->view().slots()) x->recorder = std::move(recorder);
  x->batch = std::move(batch);
  x->request = std::get<protocol::Request>(message.payload);
  x->headers.assign(x->request.headers.begin(), x->request.headers.end());
  x->path_parameters.assign(x->request.path_parameters.begin(), x->request.path_parameters.end());
  return x;
}

void BindExchange(py::module_& module) {
  py::class_<Exchange>(module, "Exchange")
      .def_readonly("number", &Exchange::number)
      .def_readonly("slot", &Exchange::slot)
      .def_readwrite("gone", &Exchange::gone)
      .def_readwrite("on_gone", &Exchange::on_gone)
      .def_property_readonly("route", [](const Exchange& x) { return x.request.route; })
      .def_property_readonly("method", [](const Exchange& x) { return Latin1(x.request.method); })
      .def_property_readonly("target", [](const Exchange& x) { return Latin1(x.request.target); })
      .def_property_readonly("path_parameters", PathParameters)
      .def_property_readonly("arguments", [](const Exchange& x) { return Bytes(x.request.arguments); })
      .def_property_readonly("form", [](const Exchange& x) { return Bytes(x.request.form); })
      .def_property_readonly("verdict", [](const Exchange& x) { return Bytes(x.request.verdict); })
      .def_property_readonly("headers", Headers)
      .def_property_readonly("raw_headers", RawHeaders)
      .def_property(
          "body",
          [](Exchange& x) {
            if (!x.collected && !x.spool.is_none()) x.collected = x.spool.attr("whole")().cast<py::bytes>();
            return x.collected ? *x.collected : BytesOf(*x.batch, x.request.body.bytes);
          },
          [](Exchange& x, py::bytes body) { x.collected = std::move(body); })
      .def_readwrite("incoming", &Exchange::incoming)
      .def_readwrite("spool", &Exchange::spool)
      .def_readwrite("kept", &Exchange::kept)
      .def_readwrite("given_away", &Exchange::given_away)
      .def_property_readonly("awaited",
                             [](const Exchange& x) { return x.request.body_kind == protocol::BodyKind::kAwaited; })
      .def_property_readonly("request_id", [](const Exchange& x) { return Latin1(x.request.request_id); })
      .def_property_readonly("scheme", [](const Exchange& x) { return Latin1(x.request.scheme); })
      .def_property_readonly(
          "client",
          [](const Exchange& x) { return py::make_tuple(Latin1(x.request.client_host), x.request.client_port); })
      .def_property_readonly("attempt", [](const Exchange& x) { return x.request.attempt; });
}

}  // namespace spikard::bindings
