#include <algorithm>
#include <cstring>

#include "message_generated.h"
#include "protocol/checksum.hpp"
#include "protocol/codec.hpp"

namespace spikard::protocol {
namespace {

namespace fb = flatbuffers;

// A message has one level of tables; its strings and vectors count too.
constexpr fb::uoffset_t kMaxDepth = 4;
constexpr fb::uoffset_t kMaxTables = 4;

// What one message's views point into besides the batch.
struct Scratch {
  std::vector<Field> fields;
  std::vector<std::string_view> texts;
};

// Hands out the raw frames of a batch, each once and in order.
struct FrameTaker {
  const std::vector<std::string_view>* frames = nullptr;
  size_t next = 1;
};

std::string_view View(const fb::Vector<uint8_t>* v) {
  return v ? std::string_view(reinterpret_cast<const char*>(v->data()), v->size()) : std::string_view();
}
std::string_view View(const fb::String* s) { return s ? std::string_view(s->data(), s->size()) : std::string_view(); }

using TextVector = fb::Vector<fb::Offset<fb::String>>;

struct Decoder {
  FrameTaker& frames;
  Scratch& scratch;
  size_t text_budget;  // offsets may alias: texts that add up to more than the message would multiply when
                       // copied
  Errc error = Errc::kOk;

  std::string_view Charge(const fb::String* text) {
    const std::string_view view = View(text);
    Require(view.size() <= text_budget);
    text_budget -= std::min(view.size(), text_budget);
    return view;
  }

  Fields ReadFields(const TextVector* v) {
    scratch.fields.clear();
    if (v == nullptr) return {};
    if (v->size() % 2 != 0) {
      error = Errc::kMeaning;
      return {};
    }
    for (fb::uoffset_t i = 0; i < v->size(); i += 2) {
      scratch.fields.push_back({Charge(v->Get(i)), Charge(v->Get(i + 1))});
    }
    return scratch.fields;
  }

  std::span<const std::string_view> ReadTexts(const TextVector* v) {
    scratch.texts.clear();
    if (v == nullptr) return {};
    for (const fb::String* text : *v) scratch.texts.push_back(Charge(text));
    return scratch.texts;
  }

  Body ReadBody(const fb::Vector<uint8_t>* inside, uint16_t frame) {
    if (frame == 0) return {View(inside)};
    if (inside != nullptr || frames.frames == nullptr || frame != frames.next || frame >= frames.frames->size()) {
      error = Errc::kFrames;
      return {};
    }
    ++frames.next;
    return {(*frames.frames)[frame]};
  }

  template <typename To, typename From>
  To ReadEnum(From value, From last) {
    if (value > last) error = Errc::kMeaning;
    return static_cast<To>(value);
  }

  void Require(bool holds) {
    if (!holds) error = Errc::kMeaning;
  }

  Payload Read(const spikard_wire::Hello& m) {
    Require(m.slots() > 0 && m.max_batch() > 0);
    Require(View(m.manifest_hash()).size() == 32);
    return Hello{View(m.token()), m.pid(),         View(m.language()),      View(m.runtime()),
                 m.slots(),       View(m.epoch()), View(m.manifest_hash()), m.max_batch()};
  }
  Payload Read(const spikard_wire::ManifestWanted&) { return ManifestWanted{}; }
  Payload Read(const spikard_wire::ManifestOffer& m) { return ManifestOffer{View(m.manifest())}; }
  Payload Read(const spikard_wire::Welcome& m) {
    Require(m.slots() > 0 && m.window() > 0 && m.max_batch() > 0);
    return Welcome{m.generation(), m.slots(), m.window(), m.max_batch(), m.heartbeat_ms()};
  }
  Payload Read(const spikard_wire::Refused& m) {
    return Refused{ReadEnum<RefusalReason>(m.reason(), spikard_wire::RefusalReason::MAX), View(m.detail())};
  }
  Payload Read(const spikard_wire::Ready&) { return Ready{}; }
  Payload Read(const spikard_wire::Ping& m) { return Ping{m.number()}; }
  Payload Read(const spikard_wire::Pong& m) { return Pong{m.number()}; }
  Payload Read(const spikard_wire::Drain& m) { return Drain{m.deadline_ms(), m.leaving()}; }
  Payload Read(const spikard_wire::Leaving&) { return Leaving{}; }
  Payload Read(const spikard_wire::Goodbye&) { return Goodbye{}; }

  Payload Read(const spikard_wire::Request& m) {
    Require(m.method() != nullptr && m.target() != nullptr);
    Request r;
    r.generation = m.generation();
    r.route = m.route();
    r.method = View(m.method());
    r.target = View(m.target());
    r.headers = ReadFields(m.headers());
    r.path_parameters = ReadTexts(m.path_parameters());
    r.arguments = View(m.arguments());
    r.body_kind = ReadEnum<BodyKind>(m.body_kind(), spikard_wire::BodyKind::MAX);
    r.body = ReadBody(m.body(), m.body_frame());
    Require(r.body_kind == BodyKind::kWhole || r.body.bytes.empty());
    r.request_id = View(m.request_id());
    r.scheme = View(m.scheme());
    r.client_host = View(m.client_host());
    r.client_port = m.client_port();
    r.attempt = m.attempt();
    r.alone = m.alone();
    r.deadline_ms = m.deadline_ms();
    r.auth = View(m.auth());
    r.form = View(m.form());
    r.verdict = View(m.verdict());
    return r;
  }
  Payload Read(const spikard_wire::Response& m) {
    // 1xx is the front end's own business; 101 has messages of its own.
    Require(m.status() >= 200 && m.status() <= 599);
    Response r;
    r.status = m.status();
    r.headers = ReadFields(m.headers());
    r.body = ReadBody(m.body(), m.body_frame());
    r.last = m.last();
    return r;
  }
  Payload Read(const spikard_wire::Problem& m) {
    Require(m.status() >= 400 && m.status() <= 599);
    return Problem{m.status(), View(m.slug()), View(m.detail()), ReadFields(m.headers()), View(m.errors())};
  }
  Payload Read(const spikard_wire::Returned&) { return Returned{}; }
  Payload Read(const spikard_wire::Chunk& m) {
    Chunk c;
    c.body = ReadBody(m.body(), m.body_frame());
    c.last = m.last();
    c.trailers = ReadFields(m.trailers());
    Require(c.last || c.trailers.empty());
    return c;
  }
  Payload Read(const spikard_wire::Window& m) {
    Require(m.bytes() > 0);
    return Window{m.bytes()};
  }
  Payload Read(const spikard_wire::Cancel& m) {
    return Cancel{ReadEnum<CancelReason>(m.reason(), spikard_wire::CancelReason::MAX)};
  }

  Payload Read(const spikard_wire::SocketAccept& m) {
    return SocketAccept{View(m.subprotocol()), ReadFields(m.headers())};
  }
  Payload Read(const spikard_wire::SocketMessage& m) {
    return SocketMessage{m.text(), ReadBody(m.body(), m.body_frame())};
  }
  Payload Read(const spikard_wire::SocketClose& m) {
    Require(m.code() >= 1000 && m.code() <= 4999);  // RFC 6455, section 7.4.2
    return SocketClose{m.code(), View(m.reason())};
  }

  Payload Read(const spikard_wire::Attach& m) { return Attach{m.pid(), m.slots()}; }
  Payload Read(const spikard_wire::Attached& m) {
    Require(View(m.token()).size() > 0 && View(m.endpoint()).size() > 0);
    return Attached{View(m.token()), m.incarnation(), View(m.endpoint())};
  }
  Payload Read(const spikard_wire::DumpStacks& m) { return DumpStacks{m.number()}; }
  Payload Read(const spikard_wire::Stacks& m) { return Stacks{m.number(), View(m.text())}; }
  Payload Read(const spikard_wire::Interrupt& m) { return Interrupt{m.exchange()}; }
  Payload Read(const spikard_wire::Die& m) { return Die{View(m.detail())}; }

  Errc ReadMessage(const spikard_wire::Message& m, Payload* payload) {
    using spikard_wire::Payload;
    switch (m.payload_type()) {
#define SPIKARD_READ(Type)                   \
  case Payload::Type:                        \
    *payload = Read(*m.payload_as_##Type()); \
    return error;
      SPIKARD_READ(Hello)
      SPIKARD_READ(ManifestWanted)
      SPIKARD_READ(ManifestOffer)
      SPIKARD_READ(Welcome)
      SPIKARD_READ(Refused)
      SPIKARD_READ(Ready)
      SPIKARD_READ(Ping)
      SPIKARD_READ(Pong)
      SPIKARD_READ(Drain)
      SPIKARD_READ(Leaving)
      SPIKARD_READ(Goodbye)
      SPIKARD_READ(Request)
      SPIKARD_READ(Response)
      SPIKARD_READ(Problem)
      SPIKARD_READ(Returned)
      SPIKARD_READ(Chunk)
      SPIKARD_READ(Window)
      SPIKARD_READ(Cancel)
      SPIKARD_READ(SocketAccept)
      SPIKARD_READ(SocketMessage)
      SPIKARD_READ(SocketClose)
      SPIKARD_READ(Attach)
      SPIKARD_READ(Attached)
      SPIKARD_READ(DumpStacks)
      SPIKARD_READ(Stacks)
      SPIKARD_READ(Interrupt)
      SPIKARD_READ(Die)
#undef SPIKARD_READ
      case Payload::NONE:
        break;
    }
    return Errc::kMeaning;
  }
};

template <typename... Types>
bool IsOneOf(const Payload& payload) {
  return (std::holds_alternative<Types>(payload) || ...);
}

// Messages about an exchange; all others are about the worker and name exchange 0.
bool IsAboutExchange(const Payload& payload) {
  return IsOneOf<Request, Response, Problem, Returned, Chunk, Window, Cancel, SocketAccept, SocketMessage, SocketClose>(
      payload);
}

// Messages that travel on the attach socket alone.
bool IsAttachOnly(const Payload& payload) {
  return IsOneOf<Attach, Attached, DumpStacks, Stacks, Interrupt, Die>(payload);
}

// What may travel on the attach socket: messages without fields, so that nothing points into the decoder's
// scratch.
bool IsControl(const Payload& payload) { return IsAttachOnly(payload) || IsOneOf<Refused, Drain, Leaving>(payload); }

// REQUIRES: `bytes` aligned to 8.
Errc DecodeMessage(std::string_view bytes, FrameTaker& frames, Scratch& scratch, Message* message) {
  fb::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), kMaxDepth, kMaxTables);
  if (!verifier.VerifyBuffer<spikard_wire::Message>(nullptr)) return Errc::kStructure;
  const auto& m = *fb::GetRoot<spikard_wire::Message>(bytes.data());
  message->exchange = m.exchange();
  message->slot = m.slot();
  const Errc error = Decoder{frames, scratch, bytes.size()}.ReadMessage(m, &message->payload);
  if (error != Errc::kOk) return error;
  if (IsAboutExchange(message->payload)) return m.exchange() != 0 ? Errc::kOk : Errc::kMeaning;
  return m.exchange() == 0 && m.slot() == 0 ? Errc::kOk : Errc::kMeaning;
}

template <typename T>
T Get(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

std::string_view Describe(Errc code) {
  switch (code) {
    case Errc::kOk:
      return "no error";
    case Errc::kShort:
      return "a frame is shorter than its content";
    case Errc::kNotABatch:
      return "not a batch";
    case Errc::kOtherVersion:
      return "another protocol version";
    case Errc::kChecksum:
      return "the checksum does not match";
    case Errc::kCount:
      return "the number of messages does not match";
    case Errc::kStructure:
      return "a message is malformed";
    case Errc::kMeaning:
      return "a message has a value that the protocol does not allow";
    case Errc::kFrames:
      return "the raw frames do not match the messages";
  }
  return "unknown error";
}

struct BatchReader::State {
  std::vector<std::string_view> frames;
  std::vector<uint64_t> aligned;  // frame 0 again, where the transport left it unaligned
  FrameTaker taker;
  Scratch scratch;
  BatchHead head;
  size_t left = 0;
  size_t position = 0;
};

BatchReader::BatchReader() : state_(std::make_unique<State>()) {}
BatchReader::~BatchReader() = default;

Errc BatchReader::Open(std::vector<std::string_view> frames) {
  State& s = *state_;
  s.frames = std::move(frames);
  if (s.frames.empty() || s.frames[0].size() < kBatchHeader) return Errc::kShort;
  std::string_view first = s.frames[0];
  if (Get<uint32_t>(first, 0) != kBatchMagic) return Errc::kNotABatch;
  if (Get<uint16_t>(first, 4) != kProtocolVersion) return Errc::kOtherVersion;

  // Messages follow at multiples of 8, so one aligned copy serves them all.
  if (reinterpret_cast<uintptr_t>(first.data()) % kAlignment != 0) {
    s.aligned.resize((first.size() + kAlignment - 1) / kAlignment);
    std::memcpy(s.aligned.data(), first.data(), first.size());
    first = {reinterpret_cast<const char*>(s.aligned.data()), first.size()};
    s.frames[0] = first;
  }
  const auto announced = Get<uint64_t>(first, kChecksumAt);
  char head[kBatchHeader];
  std::memcpy(head, first.data(), kBatchHeader);
  std::memset(head + kChecksumAt, 0, sizeof announced);
  uint64_t checksum = Checksum({head, kBatchHeader}, first.substr(kBatchHeader), 0);
  for (size_t i = 1; i < s.frames.size(); ++i) checksum = Checksum(s.frames[i], checksum);
  if (checksum != announced) return Errc::kChecksum;

  s.left = Get<uint16_t>(first, 6);
  if (s.left == 0 || s.left > kMaxMessages) return Errc::kCount;
  if (s.frames.size() - 1 > kMaxFrames) return Errc::kFrames;
  s.head = {Get<uint64_t>(first, 8), Get<uint64_t>(first, 16)};
  s.taker = {&s.frames, 1};
  s.position = kBatchHeader;
  return Errc::kOk;
}

BatchHead BatchReader::Head() const { return state_->head; }

Errc BatchReader::Next(Message* message, bool* end) {
  State& s = *state_;
  const std::string_view first = s.frames[0];
  *end = s.left == 0;
  if (*end) {
    if (s.position != first.size()) return Errc::kCount;
    return s.taker.next == s.frames.size() ? Errc::kOk : Errc::kFrames;
  }
  if (first.size() - s.position < sizeof(uint64_t)) return Errc::kShort;
  const auto length = Get<uint64_t>(first, s.position);
  s.position += sizeof(uint64_t);
  if (length > first.size() - s.position) return Errc::kShort;
  const std::string_view bytes = first.substr(s.position, length);
  const size_t padded = (length + kAlignment - 1) / kAlignment * kAlignment;
  s.position += std::min(padded, first.size() - s.position);
  --s.left;
  const Errc error = DecodeMessage(bytes, s.taker, s.scratch, message);
  if (error != Errc::kOk) return error;
  return IsAttachOnly(message->payload) ? Errc::kMeaning : Errc::kOk;
}

Errc DecodeControl(std::string_view packet, std::string* scratch, Payload* payload) {
  scratch->assign(packet);  // a string's allocation is aligned for FlatBuffers, a packet need not be
  FrameTaker no_frames;
  Scratch views;
  Message message;
  const Errc error = DecodeMessage(*scratch, no_frames, views, &message);
  if (error != Errc::kOk) return error;
  if (!IsControl(message.payload)) return Errc::kMeaning;
  *payload = message.payload;
  return Errc::kOk;
}

}  // namespace spikard::protocol
