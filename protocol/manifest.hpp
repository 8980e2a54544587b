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
  char separator = '\0';
  std::string object = {};
};

struct FilePart {
  std::string name;
  std::vector<std::string> content_types;
  uint64_t max_size = 0;
  bool magic = false;
};

// Media types of bodies, as bits of Route::body_media.
inline constexpr uint8_t kJsonMedia = 1;
inline constexpr uint8_t kUrlencodedMedia = 2;
inline constexpr uint8_t kMultipartMedia = 4;
inline constexpr uint8_t kAllMedia = kJsonMedia | kUrlencodedMedia | kMultipartMedia;

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
  uint8_t body_media = 0;
  bool body_required = false;
  bool body_keyed = false;
  std::vector<FilePart> file_parts;
  uint32_t max_json_depth = 0;
  bool wants_verdict = false;
  bool query_closed = false;
  bool cookies_closed = false;
};

struct Manifest {
  std::vector<Route> routes;
  uint64_t max_body_size = 0;
  uint32_t request_timeout_ms = 0;
  bool request_ids = true;
  bool redirect_slashes = false;
  uint32_t max_json_depth = 0;
};

// Equal manifests have equal bytes.
std::string EncodeManifest(const Manifest& manifest);
Errc DecodeManifest(std::string_view bytes, Manifest* manifest);

}  // namespace spikard::protocol
