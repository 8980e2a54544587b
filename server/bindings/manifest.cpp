// Manifest: the dataclasses of spikard._manifest to the bytes that travel.
#include "protocol/manifest.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

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
// In the order of the bits.
constexpr std::array<std::string_view, 3> kMedia = {"json", "urlencoded", "multipart"};
constexpr std::array<std::string_view, 2> kKinds = {"http", "socket"};

template <typename T>
T Get(const py::handle& object, const char* attribute) {
  return object.attr(attribute).cast<T>();
}

char Separator(const std::string& text) {
  if (text.size() > 1) throw py::value_error("separator is more than one ASCII character: " + text);
  return text.empty() ? '\0' : text.front();
}

protocol::Parameter ReadParameter(const py::handle& p) {
  return {Get<std::string>(p, "name"),
          Get<std::string>(p, "wire_name"),
          Named<protocol::ParameterSource>(p, "source", kSources),
          Named<protocol::ValueType>(p, "type", kTypes),
          Get<bool>(p, "list"),
          Get<bool>(p, "required"),
          Get<std::string>(p, "schema"),
          Separator(Get<std::string>(p, "separator")),
          Get<std::string>(p, "object")};
}

protocol::FilePart ReadFilePart(const py::handle& p) {
  return {Get<std::string>(p, "name"), Get<std::vector<std::string>>(p, "content_types"), Get<uint64_t>(p, "max_size"),
          Get<bool>(p, "magic")};
}

uint8_t ReadMedia(const py::handle& names) {
  uint8_t media = 0;
  for (const py::handle item : names) {
    const auto name = item.cast<std::string>();
    const auto found = std::find(kMedia.begin(), kMedia.end(), name);
    if (found == kMedia.end()) throw py::value_error("body_media has no such thing: " + name);
    media |= static_cast<uint8_t>(1U << (found - kMedia.begin()));
  }
  return media;
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
  route.body_media = ReadMedia(r.attr("body_media"));
  route.body_required = Get<bool>(r, "body_required");
  route.body_keyed = Get<bool>(r, "body_keyed");
  for (const py::handle p : r.attr("file_parts")) route.file_parts.push_back(ReadFilePart(p));
  route.max_json_depth = Get<uint32_t>(r, "max_json_depth");
  route.wants_verdict = Get<bool>(r, "wants_verdict");
  route.query_closed = Get<bool>(r, "query_closed");
  route.cookies_closed = Get<bool>(r, "cookies_closed");
  return route;
}

py::bytes EncodeManifest(const py::object& m) {
  protocol::Manifest manifest;
  for (const py::handle route : m.attr("routes")) manifest.routes.push_back(ReadRoute(route));
  manifest.max_body_size = Get<uint64_t>(m, "max_body_size");
  manifest.request_timeout_ms = Get<uint32_t>(m, "request_timeout_ms");
  manifest.request_ids = Get<bool>(m, "request_ids");
  manifest.redirect_slashes = Get<bool>(m, "redirect_slashes");
  manifest.max_json_depth = Get<uint32_t>(m, "max_json_depth");
  return protocol::EncodeManifest(manifest);
}

}  // namespace

void BindManifest(py::module_& module) { module.def("encode_manifest", &EncodeManifest, py::arg("manifest")); }

}  // namespace spikard::bindings
