// The manifest as plain values, and its canonical encoding (manifest.fbs names the same fields).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/codec.hpp"

namespace spikard::protocol {

enum class ParameterSource : uint8_t { kPath, kQuery, kHeader, kCookie };
enum class ValueType : uint8_t { kText, kInteger, kNumber, kBoolean, kUuid, kDate, kDateTime, kTime, kJson };
enum class Idempotence : uint8_t { kByMethod, kNever, kAlways, kByKey };
enum class RouteKind : uint8_t { kHttp, kSocket };

struct Parameter {
  std::string name;       // key in Request.arguments
  std::string wire_name;  // what the client sends
  ParameterSource source = ParameterSource::kQuery;
  ValueType type = ValueType::kText;
  bool list = false;
  bool required = false;
  std::string schema;
};

struct Route {
  RouteKind kind = RouteKind::kHttp;
  std::string method;
  std::string path;
  std::string name;
  std::vector<Parameter> parameters;
  bool takes_body = false;
  bool streams_body = false;
  std::string body_schema;
  std::string response_schema;
  Idempotence idempotence = Idempotence::kByMethod;
  uint32_t timeout_ms = 0;
  uint64_t max_body_size = 0;
};

struct Manifest {
  std::vector<Route> routes;
  uint64_t max_body_size = 0;
  uint32_t request_timeout_ms = 0;
  bool request_ids = true;
  bool redirect_slashes = false;
};

// Equal manifests have equal bytes.
std::string EncodeManifest(const Manifest& manifest);
Errc DecodeManifest(std::string_view bytes, Manifest* manifest);

}  // namespace spikard::protocol
