// Manifest: the dataclasses of spikard._manifest to the bytes that travel.
#include "protocol/manifest.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bindings/bindings.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

template <typename Enum, size_t N>
Enum Named(const py::handle& object, const char* attribute, const std::array<std::string_view, N>& names) {
  const auto name = object.attr(attribute).cast<std::string>();
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  throw py::value_error(std::string(attribute) + " is no such thing: " + name);
}

// In the order of the enumerations.
constexpr std::array<std::string_view, 4> kSources = {"path", "query", "header", "cookie"};
constexpr std::array<std::string_view, 9> kTypes = {"text", "integer",  "number", "boolean", "uuid",
                                                    "date", "datetime", "time",   "json"};
constexpr std::array<std::string_view, 4> kIdempotences = {"by_method", "never", "always", "by_key"};
constexpr std::array<std::string_view, 2> kKinds = {"http", "socket"};

template <typename T>
T Get(const py::handle& object, const char* attribute) {
  return object.attr(attribute).cast<T>();
}

protocol::Parameter ReadParameter(const py::handle& p) {
  return {Get<std::string>(p, "name"),
          Get<std::string>(p, "wire_name"),
          Named<protocol::ParameterSource>(p, "source", kSources),
          Named<protocol::ValueType>(p, "type", kTypes),
          Get<bool>(p, "list"),
          Get<bool>(p, "required"),
          Get<std::string>(p, "schema")};
}

protocol::Route ReadRoute(const py::handle& r) {
  protocol::Route route;
  route.kind = Named<protocol::RouteKind>(r, "kind", kKinds);
  route.method = Get<std::string>(r, "method");
  route.path = Get<std::string>(r, "path");
  route.name = Get<std::string>(r, "name");
  for (const py::handle p : r.attr("parameters")) route.parameters.push_back(ReadParameter(p));
  route.takes_body = Get<bool>(r, "takes_body");
  route.streams_body = Get<bool>(r, "streams_body");
  route.body_schema = Get<std::string>(r, "body_schema");
  route.response_schema = Get<std::string>(r, "response_schema");
  route.idempotence = Named<protocol::Idempotence>(r, "idempotence", kIdempotences);
  route.timeout_ms = Get<uint32_t>(r, "timeout_ms");
  route.max_body_size = Get<uint64_t>(r, "max_body_size");
  return route;
}

py::bytes EncodeManifest(const py::object& m) {
  protocol::Manifest manifest;
  for (const py::handle route : m.attr("routes")) manifest.routes.push_back(ReadRoute(route));
  manifest.max_body_size = Get<uint64_t>(m, "max_body_size");
  manifest.request_timeout_ms = Get<uint32_t>(m, "request_timeout_ms");
  manifest.request_ids = Get<bool>(m, "request_ids");
  manifest.redirect_slashes = Get<bool>(m, "redirect_slashes");
  return protocol::EncodeManifest(manifest);
}

}  // namespace

void BindManifest(py::module_& module) { module.def("encode_manifest", &EncodeManifest, py::arg("manifest")); }

}  // namespace spikard::bindings
