#include <bit>
#include <boost/container/small_vector.hpp>
#include <cassert>
#include <cstring>

#include "message_generated.h"
#include "protocol/checksum.hpp"
#include "protocol/codec.hpp"

static_assert(std::endian::native == std::endian::little, "the batch header is written in host order");

namespace spikard::protocol {
namespace {

namespace fb = flatbuffers;
using Builder = fb::FlatBufferBuilder;
template <typename T>
using Offset = fb::Offset<T>;
using Bytes = fb::Offset<fb::Vector<uint8_t>>;
using Text = fb::Offset<fb::String>;
using Texts = fb::Offset<fb::Vector<fb::Offset<fb::String>>>;

Bytes MakeBytes(Builder& b, std::string_view bytes) {
  if (bytes.empty()) return {};
  return b.CreateVector(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

Text MakeText(Builder& b, std::string_view text) {
  if (text.empty()) return {};
  return b.CreateString(text.data(), text.size());
}

Texts MakeTexts(Builder& b, std::span<const std::string_view> texts) {
  if (texts.empty()) return {};
  boost::container::small_vector<Text, 16> offsets;
  for (std::string_view text : texts) offsets.push_back(b.CreateString(text.data(), text.size()));
  return b.CreateVector(offsets.data(), offsets.size());
}

Texts MakeFields(Builder& b, Fields fields) {
  if (fields.empty()) return {};
  boost::container::small_vector<Text, 32> offsets;
  for (const Field& field : fields) {
    offsets.push_back(b.CreateString(field.name.data(), field.name.size()));
    offsets.push_back(b.CreateString(field.value.data(), field.value.size()));
  }
  return b.CreateVector(offsets.data(), offsets.size());
}

// Where a body goes: inside its message, or into a raw frame with this number.
struct Placement {
  Bytes inside;
  uint16_t frame = 0;
};

// A call creates at most one text or vector among its arguments: their order of evaluation is the compiler's,
// and equal messages must have equal bytes.
struct Encoder {
  Builder& b;
  std::vector<Frame>* frames;  // null on the attach socket, where no message has a body

  Placement Place(const Body& body) {
    if (body.bytes.size() <= kInlineLimit || frames == nullptr) return {MakeBytes(b, body.bytes), 0};
    if (body.owner) {
      frames->push_back({body.bytes, body.owner});
    } else {
      auto copy = std::make_shared<const std::string>(body.bytes);
      frames->push_back({*copy, copy});
    }
    return {{}, static_cast<uint16_t>(frames->size())};
  }

  auto operator()(const Hello& m) {
    const Bytes token = MakeBytes(b, m.token);
    const Text language = MakeText(b, m.language);
    const Text runtime = MakeText(b, m.runtime);
    const Text epoch = MakeText(b, m.epoch);
    const Bytes manifest_hash = MakeBytes(b, m.manifest_hash);
    return spikard_wire::CreateHello(b, token, m.pid, language, runtime, m.slots, epoch, manifest_hash, m.max_batch);
  }
  auto operator()(const ManifestWanted&) { return spikard_wire::CreateManifestWanted(b); }
  auto operator()(const ManifestOffer& m) { return spikard_wire::CreateManifestOffer(b, MakeBytes(b, m.manifest)); }
  auto operator()(const Welcome& m) {
    return spikard_wire::CreateWelcome(b, m.generation, m.slots, m.window, m.max_batch, m.heartbeat_ms);
  }
  auto operator()(const Refused& m) {
    return spikard_wire::CreateRefused(b, static_cast<spikard_wire::RefusalReason>(m.reason), MakeText(b, m.detail));
  }
  auto operator()(const Ready&) { return spikard_wire::CreateReady(b); }
  auto operator()(const Ping& m) { return spikard_wire::CreatePing(b, m.number); }
  auto operator()(const Pong& m) { return spikard_wire::CreatePong(b, m.number); }
  auto operator()(const Drain& m) { return spikard_wire::CreateDrain(b, m.deadline_ms, m.leaving); }
  auto operator()(const Leaving&) { return spikard_wire::CreateLeaving(b); }
  auto operator()(const Goodbye&) { return spikard_wire::CreateGoodbye(b); }

  auto operator()(const Request& m) {
    const Placement body = Place(m.body);
    const Text method = MakeText(b, m.method);
    const Text target = MakeText(b, m.target);
    const Texts headers = MakeFields(b, m.headers);
    const Texts path_parameters = MakeTexts(b, m.path_parameters);
    const Bytes arguments = MakeBytes(b, m.arguments);
    const Text request_id = MakeText(b, m.request_id);
    const Text scheme = MakeText(b, m.scheme);
    const Text client_host = MakeText(b, m.client_host);
    const Bytes auth = MakeBytes(b, m.auth);
    const Bytes form = MakeBytes(b, m.form);
    const Bytes verdict = MakeBytes(b, m.verdict);
    return spikard_wire::CreateRequest(b, m.generation, m.route, method, target, headers, path_parameters, arguments,
                                       static_cast<spikard_wire::BodyKind>(m.body_kind), body.inside, body.frame,
                                       request_id, scheme, client_host, m.client_port, m.attempt, m.alone,
                                       m.deadline_ms, auth, form, verdict);
  }
  auto operator()(const Response& m) {
    const Placement body = Place(m.body);
    return spikard_wire::CreateResponse(b, m.status, MakeFields(b, m.headers), body.inside, body.frame, m.last);
  }
  auto operator()(const Problem& m) {
    const Text slug = MakeText(b, m.slug);
    const Text detail = MakeText(b, m.detail);
    const Texts headers = MakeFields(b, m.headers);
    return spikard_wire::CreateProblem(b, m.status, slug, detail, headers, MakeBytes(b, m.errors));
  }
  auto operator()(const Returned&) { return spikard_wire::CreateReturned(b); }
  auto operator()(const Chunk& m) {
    const Placement body = Place(m.body);
    return spikard_wire::CreateChunk(b, body.inside, body.frame, m.last, MakeFields(b, m.trailers));
  }
  auto operator()(const Window& m) { return spikard_wire::CreateWindow(b, m.bytes); }
  auto operator()(const Cancel& m) {
    return spikard_wire::CreateCancel(b, static_cast<spikard_wire::CancelReason>(m.reason));
  }

  auto operator()(const SocketAccept& m) {
    const Text subprotocol = MakeText(b, m.subprotocol);
    return spikard_wire::CreateSocketAccept(b, subprotocol, MakeFields(b, m.headers));
  }
  auto operator()(const SocketMessage& m) {
    const Placement body = Place(m.body);
    return spikard_wire::CreateSocketMessage(b, m.text, body.inside, body.frame);
  }
  auto operator()(const SocketClose& m) { return spikard_wire::CreateSocketClose(b, m.code, MakeText(b, m.reason)); }

  auto operator()(const Attach& m) { return spikard_wire::CreateAttach(b, m.pid, m.slots); }
  auto operator()(const Attached& m) {
    const Bytes token = MakeBytes(b, m.token);
    return spikard_wire::CreateAttached(b, token, m.incarnation, MakeText(b, m.endpoint));
  }
  auto operator()(const DumpStacks& m) { return spikard_wire::CreateDumpStacks(b, m.number); }
  auto operator()(const Stacks& m) { return spikard_wire::CreateStacks(b, m.number, MakeText(b, m.text)); }
  auto operator()(const Interrupt& m) { return spikard_wire::CreateInterrupt(b, m.exchange); }
  auto operator()(const Die& m) { return spikard_wire::CreateDie(b, MakeText(b, m.detail)); }
};

template <typename T>
constexpr spikard_wire::Payload TypeOf(Offset<T>) {
  return spikard_wire::PayloadTraits<T>::enum_value;
}

void BuildMessage(Builder& b, std::vector<Frame>* frames, uint64_t exchange, uint32_t slot, const Payload& payload) {
  b.Clear();
  std::visit(
      [&](const auto& value) {
        const auto offset = Encoder{b, frames}(value);
        b.Finish(spikard_wire::CreateMessage(b, exchange, slot, TypeOf(offset), offset.Union()));
      },
      payload);
}

void AppendU64(std::string& out, uint64_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }

template <typename T>
void Put(std::string& out, size_t at, T value) {
  std::memcpy(out.data() + at, &value, sizeof value);
}

}  // namespace

struct BatchWriter::State {
  Builder builder{1024};
  std::string head = std::string(kBatchHeader, '\0');
  std::vector<Frame> bodies;
  size_t messages = 0;
  size_t body_bytes = 0;
};

BatchWriter::BatchWriter() : state_(std::make_unique<State>()) {}
BatchWriter::~BatchWriter() = default;
BatchWriter::BatchWriter(BatchWriter&&) noexcept = default;
BatchWriter& BatchWriter::operator=(BatchWriter&&) noexcept = default;

void BatchWriter::Add(const Message& message) {
  State& s = *state_;
  assert(!Full());
  const size_t frames_before = s.bodies.size();
  BuildMessage(s.builder, &s.bodies, message.exchange, message.slot, message.payload);
  if (s.bodies.size() != frames_before) s.body_bytes += s.bodies.back().bytes.size();
  AppendU64(s.head, s.builder.GetSize());
  s.head.append(reinterpret_cast<const char*>(s.builder.GetBufferPointer()), s.builder.GetSize());
  s.head.append((kAlignment - s.head.size() % kAlignment) % kAlignment, '\0');
  ++s.messages;
}

bool BatchWriter::Full() const { return state_->messages >= kMaxMessages || state_->bodies.size() >= kMaxFrames; }
bool BatchWriter::Empty() const { return state_->messages == 0; }
size_t BatchWriter::Size() const { return state_->head.size() + state_->body_bytes; }

std::vector<Frame> BatchWriter::Seal(BatchHead head) {
  State& s = *state_;
  assert(!Empty());
  Put(s.head, 0, kBatchMagic);
  Put(s.head, 4, kProtocolVersion);
  Put(s.head, 6, static_cast<uint16_t>(s.messages));
  Put(s.head, 8, head.incarnation);
  Put(s.head, 16, head.sequence);
  Put(s.head, kChecksumAt, uint64_t{0});
  uint64_t checksum = Checksum(s.head, 0);
  for (const Frame& frame : s.bodies) checksum = Checksum(frame.bytes, checksum);
  Put(s.head, kChecksumAt, checksum);

  const size_t capacity = s.head.size();
  auto first = std::make_shared<const std::string>(std::move(s.head));
  std::vector<Frame> frames;
  frames.reserve(1 + s.bodies.size());
  frames.push_back({*first, first});
  for (Frame& frame : s.bodies) frames.push_back(std::move(frame));

  s.head = std::string();
  s.head.reserve(capacity);
  s.head.assign(kBatchHeader, '\0');
  s.bodies.clear();
  s.messages = 0;
  s.body_bytes = 0;
  return frames;
}

std::string EncodeControl(const Payload& payload) {
  Builder builder;
  BuildMessage(builder, nullptr, 0, 0, payload);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace spikard::protocol
