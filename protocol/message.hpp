// The messages of the protocol as plain values. README.md is the specification; message.fbs names the same
// fields.
//
// Every view (string_view, span) points into memory of whoever made the value: the writer's caller, or the
// batch that a reader holds.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace spikard::protocol {

struct Field {
  std::string_view name;
  std::string_view value;
};
using Fields = std::span<const Field>;

// Bytes of a body. With an owner, a large body travels as a raw frame without being copied, and the owner
// lives until the transport has sent it.
struct Body {
  std::string_view bytes;
  std::shared_ptr<const void> owner = nullptr;
};

enum class CancelReason : uint8_t { kClientGone, kDeadline, kStopping, kSuperseded };
enum class RefusalReason : uint8_t { kVersion, kToken, kManifest, kFull, kStopping };
enum class BodyKind : uint8_t { kNone, kWhole, kStream, kAwaited };

// ---- a worker's life
// -----------------------------------------------------------------------------------------------

struct Hello {
  std::string_view token;
  uint32_t pid = 0;
  std::string_view language;
  std::string_view runtime;
  uint32_t slots = 0;
  std::string_view epoch;
  std::string_view manifest_hash;
  uint32_t max_batch = 0;
};
struct ManifestWanted {};
struct ManifestOffer {
  std::string_view manifest;
};
struct Welcome {
  uint64_t generation = 0;
  uint32_t slots = 0;
  uint32_t window = 0;
  uint32_t max_batch = 0;
  uint32_t heartbeat_ms = 0;
};
struct Refused {
  RefusalReason reason = RefusalReason::kVersion;
  std::string_view detail;
};
struct Ready {};
struct Ping {
  uint64_t number = 0;
};
struct Pong {
  uint64_t number = 0;
};
struct Drain {
  uint32_t deadline_ms = 0;
  bool leaving = false;
};
struct Leaving {};
struct Goodbye {};

// ---- an exchange
// ---------------------------------------------------------------------------------------------------

struct Request {
  uint64_t generation = 0;
  uint32_t route = 0;
  std::string_view method;
  std::string_view target;
  Fields headers;
  std::span<const std::string_view> path_parameters;
  std::string_view arguments;
  BodyKind body_kind = BodyKind::kNone;
  Body body;
  std::string_view request_id;
  std::string_view scheme;
  std::string_view client_host;
  uint16_t client_port = 0;
  uint8_t attempt = 0;
  bool alone = false;
  uint32_t deadline_ms = 0;
  std::string_view auth;
  std::string_view form;
  std::string_view verdict;
};
struct Response {
  uint16_t status = 0;
  Fields headers;
  Body body;
  bool last = true;
};
struct Problem {
  uint16_t status = 0;
  std::string_view slug;
  std::string_view detail;
  Fields headers;
  std::string_view errors;
};
struct Returned {};
struct Chunk {
  Body body;
  bool last = false;
  Fields trailers;
};
struct Window {
  uint32_t bytes = 0;
};
struct Cancel {
  CancelReason reason = CancelReason::kClientGone;
};

// ---- WebSocket
// -----------------------------------------------------------------------------------------------------

struct SocketAccept {
  std::string_view subprotocol;
  Fields headers;
};
struct SocketMessage {
  bool text = false;
  Body body;
};
struct SocketClose {
  uint16_t code = 0;
  std::string_view reason;
};

// ---- the attach socket
// ---------------------------------------------------------------------------------------------

struct Attach {
  uint32_t pid = 0;
  uint32_t slots = 0;
};
struct Attached {
  std::string_view token;
  uint64_t incarnation = 0;
  std::string_view endpoint;
};
struct DumpStacks {
  uint64_t number = 0;
};
struct Stacks {
  uint64_t number = 0;
  std::string_view text;
};
struct Interrupt {
  uint64_t exchange = 0;
};
struct Die {
  std::string_view detail;
};

using Payload = std::variant<Hello, ManifestWanted, ManifestOffer, Welcome, Refused, Ready, Ping, Pong, Drain, Leaving,
                             Goodbye, Request, Response, Problem, Returned, Chunk, Window, Cancel, SocketAccept,
                             SocketMessage, SocketClose, Attach, Attached, DumpStacks, Stacks, Interrupt, Die>;

struct Message {
  uint64_t exchange = 0;
  uint32_t slot = 0;
  Payload payload;
};

}  // namespace spikard::protocol
