#include "render.hpp"

#include <algorithm>
#include <type_traits>

#include "manifest_generated.h"
#include "message_generated.h"
#include "samples.hpp"

namespace spikard::protocol {
namespace {

std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

template <typename T>
  requires std::is_arithmetic_v<T>
std::string Show(T value) {
  return std::to_string(value);
}
std::string Show(bool value) { return value ? "true" : "false"; }
std::string Show(std::string_view bytes) { return RenderBytes(bytes); }
std::string Show(const std::string& bytes) { return RenderBytes(bytes); }
std::string Show(RefusalReason r) { return Quote(EnumNameRefusalReason(static_cast<spikard_wire::RefusalReason>(r))); }
std::string Show(CancelReason r) { return Quote(EnumNameCancelReason(static_cast<spikard_wire::CancelReason>(r))); }
std::string Show(BodyKind k) { return Quote(EnumNameBodyKind(static_cast<spikard_wire::BodyKind>(k))); }
std::string Show(RouteKind k) { return Quote(EnumNameRouteKind(static_cast<spikard_wire::RouteKind>(k))); }
std::string Show(Idempotence i) { return Quote(EnumNameIdempotence(static_cast<spikard_wire::Idempotence>(i))); }
std::string Show(ValueType t) { return Quote(EnumNameValueType(static_cast<spikard_wire::ValueType>(t))); }
std::string Show(ParameterSource s) {
  return Quote(EnumNameParameterSource(static_cast<spikard_wire::ParameterSource>(s)));
}

std::string List(const auto& items, std::string_view separator, const auto& show) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : std::string(separator)) + show(item);
  return "[" + out + "]";
}

std::string Show(Fields fields) {
  return List(fields, ", ", [](const Field& f) { return "[" + Show(f.name) + ", " + Show(f.value) + "]"; });
}
std::string Show(std::span<const std::string_view> texts) {
  return List(texts, ", ", [](std::string_view text) { return Show(text); });
}

std::string Show(const std::vector<Parameter>& parameters);
std::string Show(const std::vector<FilePart>& parts);
std::string Show(const std::vector<Route>& routes);

std::string Members() { return ""; }
template <typename T, typename... Rest>
std::string Members(std::string_view key, const T& value, const Rest&... rest) {
  return Quote(key) + ": " + Show(value) + (sizeof...(rest) ? ", " : "") + Members(rest...);
}

template <typename... Pairs>
std::string Object(std::string_view type, const Pairs&... pairs) {
  return "\"type\": " + Quote(type) + ", \"value\": {" + Members(pairs...) + "}";
}

struct Renderer {
  size_t* frames;

  uint16_t FrameOf(const Body& body) {
    return body.bytes.size() > kInlineLimit ? static_cast<uint16_t>(++*frames) : uint16_t{0};
  }

  std::string operator()(const Hello& m) {
    return Object("Hello", "token", m.token, "pid", m.pid, "language", m.language, "runtime", m.runtime, "slots",
                  m.slots, "epoch", m.epoch, "manifest_hash", m.manifest_hash, "max_batch", m.max_batch);
  }
  std::string operator()(const ManifestWanted&) { return Object("ManifestWanted"); }
  std::string operator()(const ManifestOffer& m) { return Object("ManifestOffer", "manifest", m.manifest); }
  std::string operator()(const Welcome& m) {
    return Object("Welcome", "generation", m.generation, "slots", m.slots, "window", m.window, "max_batch", m.max_batch,
                  "heartbeat_ms", m.heartbeat_ms);
  }
  std::string operator()(const Refused& m) { return Object("Refused", "reason", m.reason, "detail", m.detail); }
  std::string operator()(const Ready&) { return Object("Ready"); }
  std::string operator()(const Ping& m) { return Object("Ping", "number", m.number); }
  std::string operator()(const Pong& m) { return Object("Pong", "number", m.number); }
  std::string operator()(const Drain& m) { return Object("Drain", "deadline_ms", m.deadline_ms, "leaving", m.leaving); }
  std::string operator()(const Leaving&) { return Object("Leaving"); }
  std::string operator()(const Goodbye&) { return Object("Goodbye"); }

  std::string operator()(const Request& m) {
    return Object("Request", "generation", m.generation, "route", m.route, "method", m.method, "target", m.target,
                  "headers", m.headers, "path_parameters", m.path_parameters, "arguments", m.arguments, "body_kind",
                  m.body_kind, "body", m.body.bytes, "body_frame", FrameOf(m.body), "request_id", m.request_id,
                  "scheme", m.scheme, "client_host", m.client_host, "client_port", m.client_port, "attempt", m.attempt,
                  "alone", m.alone, "deadline_ms", m.deadline_ms, "auth", m.auth, "form", m.form, "verdict", m.verdict);
  }
  std::string operator()(const Response& m) {
    return Object("Response", "status", m.status, "headers", m.headers, "body", m.body.bytes, "body_frame",
                  FrameOf(m.body), "last", m.last);
  }
  std::string operator()(const Problem& m) {
    return Object("Problem", "status", m.status, "slug", m.slug, "detail", m.detail, "headers", m.headers, "errors",
                  m.errors);
  }
  std::string operator()(const Returned&) { return Object("Returned"); }
  std::string operator()(const Chunk& m) {
    return Object("Chunk", "body", m.body.bytes, "body_frame", FrameOf(m.body), "last", m.last, "trailers", m.trailers);
  }
  std::string operator()(const Window& m) { return Object("Window", "bytes", m.bytes); }
  std::string operator()(const Cancel& m) { return Object("Cancel", "reason", m.reason); }

  std::string operator()(const SocketAccept& m) {
    return Object("SocketAccept", "subprotocol", m.subprotocol, "headers", m.headers);
  }
  std::string operator()(const SocketMessage& m) {
    return Object("SocketMessage", "text", m.text, "body", m.body.bytes, "body_frame", FrameOf(m.body));
  }
  std::string operator()(const SocketClose& m) { return Object("SocketClose", "code", m.code, "reason", m.reason); }

  std::string operator()(const Attach& m) { return Object("Attach", "pid", m.pid, "slots", m.slots); }
  std::string operator()(const Attached& m) {
    return Object("Attached", "token", m.token, "incarnation", m.incarnation, "endpoint", m.endpoint);
  }
  std::string operator()(const DumpStacks& m) { return Object("DumpStacks", "number", m.number); }
  std::string operator()(const Stacks& m) { return Object("Stacks", "number", m.number, "text", m.text); }
  std::string operator()(const Interrupt& m) { return Object("Interrupt", "exchange", m.exchange); }
  std::string operator()(const Die& m) { return Object("Die", "detail", m.detail); }
};

std::string Show(const Parameter& p) {
  return "{" +
         Members("name", p.name, "wire_name", p.wire_name, "source", p.source, "type", p.type, "list", p.list,
                 "required", p.required, "schema", p.schema, "separator", static_cast<int>(p.separator), "object",
                 p.object) +
         "}";
}
std::string Show(const std::vector<Parameter>& parameters) {
  return List(parameters, ",\n       ", [](const Parameter& p) { return Show(p); });
}
std::string Show(const FilePart& p) {
  const std::vector<std::string_view> types(p.content_types.begin(), p.content_types.end());
  return "{" +
         Members("name", p.name, "content_types", std::span<const std::string_view>(types), "max_size", p.max_size,
                 "magic", p.magic) +
         "}";
}
std::string Show(const std::vector<FilePart>& parts) {
  return List(parts, ", ", [](const FilePart& p) { return Show(p); });
}
std::string Show(const Route& r) {
  return "{" +
         Members("kind", r.kind, "method", r.method, "path", r.path, "name", r.name, "parameters", r.parameters,
                 "takes_body", r.takes_body, "streams_body", r.streams_body, "body_schema", r.body_schema,
                 "response_schema", r.response_schema, "idempotence", r.idempotence, "timeout_ms", r.timeout_ms,
                 "max_body_size", r.max_body_size, "body_media", static_cast<int>(r.body_media), "body_required",
                 r.body_required, "body_keyed", r.body_keyed, "file_parts", r.file_parts, "max_json_depth",
                 r.max_json_depth, "wants_verdict", r.wants_verdict, "query_closed", r.query_closed, "cookies_closed",
                 r.cookies_closed) +
         "}";
}
std::string Show(const std::vector<Route>& routes) {
  return List(routes, ",\n    ", [](const Route& r) { return Show(r); });
}

}  // namespace

std::string RenderBytes(std::string_view bytes) {
  if (std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; })) return Quote(bytes);
  if (bytes.size() > 16 && bytes == Counted(bytes.size())) return "{\"counted\": " + Show(bytes.size()) + "}";
  std::string hex;
  for (char c : bytes) {
    hex += "0123456789abcdef"[static_cast<uint8_t>(c) >> 4];
    hex += "0123456789abcdef"[c & 0xf];
  }
  return "{\"hex\": \"" + hex + "\"}";
}

std::string Render(const Message& message, size_t* frames) {
  return "{" + Members("exchange", message.exchange, "slot", message.slot) + ", " +
         std::visit(Renderer{frames}, message.payload) + "}";
}

std::string Render(const Payload& payload) {
  size_t frames = 0;
  return Render(Message{0, 0, payload}, &frames);
}

std::string Render(const Manifest& m) {
  return "{" +
         Members("routes", m.routes, "max_body_size", m.max_body_size, "request_timeout_ms", m.request_timeout_ms,
                 "request_ids", m.request_ids, "redirect_slashes", m.redirect_slashes, "max_json_depth",
                 m.max_json_depth) +
         "}";
}

std::string_view Name(Errc code) {
  switch (code) {
    case Errc::kOk:
      return "Ok";
    case Errc::kShort:
      return "Short";
    case Errc::kNotABatch:
      return "NotABatch";
    case Errc::kOtherVersion:
      return "OtherVersion";
    case Errc::kChecksum:
      return "Checksum";
    case Errc::kCount:
      return "Count";
    case Errc::kStructure:
      return "Structure";
    case Errc::kMeaning:
      return "Meaning";
    case Errc::kFrames:
      return "Frames";
  }
  return "";
}

}  // namespace spikard::protocol
