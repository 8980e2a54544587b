#include <functional>

#include "manifest_generated.h"
#include "message_generated.h"
#include "samples.hpp"
#include "vectors.hpp"

namespace spikard::protocol {
namespace {

namespace fb = flatbuffers;
namespace wire = spikard_wire;
using Builder = fb::FlatBufferBuilder;

std::string Finished(const Builder& b) { return {reinterpret_cast<const char*>(b.GetBufferPointer()), b.GetSize()}; }

// A message of any type around what `build` makes.
template <typename Build>
std::string Encoded(wire::Payload type, const Build& build, uint64_t exchange = 41, uint32_t slot = 1) {
  Builder b;
  const fb::Offset<void> payload = build(b).Union();
  b.Finish(wire::CreateMessage(b, exchange, slot, type, payload));
  return Finished(b);
}

std::string Response(uint16_t status, uint16_t frame, const std::vector<std::string>& headers, bool inside = false) {
  return Encoded(wire::Payload::Response, [&](Builder& b) {
    const auto texts = b.CreateVectorOfStrings(headers);
    const auto body = inside ? b.CreateVector<uint8_t>({1, 2}) : fb::Offset<fb::Vector<uint8_t>>();
    return wire::CreateResponse(b, status, texts, body, frame, true);
  });
}

std::string Good() { return Response(200, 0, {}); }

std::vector<std::string> Batch(std::vector<std::string> messages, std::vector<std::string> bodies = {}) {
  return Build({.messages = std::move(messages), .bodies = std::move(bodies)});
}

// Frame 0 cut to `size` bytes; the checksum is right again.
std::vector<std::string> Cut(std::vector<std::string> frames, size_t size) {
  frames[0].resize(size);
  if (size >= kBatchHeader) Reseal(&frames);
  return frames;
}

std::vector<std::string> WithFlip(std::vector<std::string> frames) {
  frames.back().back() = static_cast<char>(frames.back().back() ^ 1);
  return frames;
}

std::string ManifestWith(const std::function<fb::Offset<wire::Route>(Builder&)>& route, const char* identifier) {
  Builder b;
  const std::vector<fb::Offset<wire::Route>> routes = {route(b)};
  b.Finish(wire::CreateManifest(b, b.CreateVector(routes)), identifier);
  return Finished(b);
}

fb::Offset<wire::Route> RouteOfKind(Builder& b, int kind) {
  const auto method = b.CreateString("GET");
  const auto path = b.CreateString("/");
  return wire::CreateRoute(b, static_cast<wire::RouteKind>(kind), method, path);
}

// Many routes that share one long text: small here, large when copied out.
std::string SharedTexts() {
  Builder b;
  const auto method = b.CreateString("GET");
  const auto path = b.CreateString("/" + std::string(1000, 'x'));
  std::vector<fb::Offset<wire::Route>> routes;
  for (int i = 0; i < 20; ++i) routes.push_back(wire::CreateRoute(b, wire::RouteKind::Http, method, path));
  b.Finish(wire::CreateManifest(b, b.CreateVector(routes)), wire::ManifestIdentifier());
  return Finished(b);
}

std::string SharedFields() {
  return Encoded(wire::Payload::Response, [](Builder& b) {
    const std::vector<fb::Offset<fb::String>> texts(40, b.CreateString(std::string(1000, 'x')));
    return wire::CreateResponse(b, 200, b.CreateVector(texts), 0, 0, true);
  });
}

class List {
 public:
  void Batch(std::string_view name, std::string_view about, Errc error, std::vector<std::string> frames) {
    Append(name, about, "batch", error, std::move(frames));
  }
  void Message(std::string_view name, std::string_view about, Errc error, std::string message) {
    Batch(name, about, error, Build({.messages = {std::move(message)}}));
  }
  void Append(std::string_view name, std::string_view about, std::string_view kind, Errc error,
              std::vector<std::string> frames) {
    all_.push_back({std::to_string(number_++) + "-invalid-" + std::string(name), std::string(about), kind,
                    std::move(frames), error});
  }
  std::vector<Vector> Take() { return std::move(all_); }

 private:
  int number_ = 100;
  std::vector<Vector> all_;
};

void AddBroken(List* list) {
  list->Batch("header-cut", "frame 0 is shorter than the header", Errc::kShort, Cut(Batch({Good()}), 31));
  list->Batch("no-frame", "a message without frames", Errc::kShort, {});
  list->Batch("magic", "another magic number", Errc::kNotABatch, Build({.magic = 0x444b5054, .messages = {Good()}}));
  list->Batch("version", "version 2", Errc::kOtherVersion, Build({.version = 2, .messages = {Good()}}));
  list->Batch("flip-inside", "one bit of frame 0 flipped", Errc::kChecksum, WithFlip(Batch({Good()})));
  list->Batch("flip-raw", "one bit of a raw frame flipped", Errc::kChecksum,
              WithFlip(Batch({Response(200, 1, {})}, {"raw"})));
  auto swapped = Batch({Response(200, 1, {}), Response(200, 2, {})}, {"first", "second"});
  std::swap(swapped[1], swapped[2]);
  list->Batch("swapped", "two raw frames changed places", Errc::kChecksum, swapped);
  const std::vector<std::string> two = Batch({Good(), Good()});
  list->Batch("message-cut", "frame 0 ends inside its second message", Errc::kShort, Cut(two, two[0].size() - 16));
  list->Batch("length-cut", "frame 0 ends inside a length", Errc::kShort, Cut(two, kBatchHeader + 4));
  list->Batch("announced-none", "no message announced", Errc::kCount, Build({.count = 0}));
  list->Batch("announced-fewer", "one message announced, two there", Errc::kCount,
              Build({.count = 1, .messages = {Good(), Good()}}));
  list->Batch("announced-more", "two messages announced, one there", Errc::kShort,
              Build({.count = 2, .messages = {Good()}}));
  list->Batch("announced-many", "more messages announced than the limit", Errc::kCount,
              Build({.count = 4097, .messages = {Good()}}));
  list->Message("garbage", "not a FlatBuffer", Errc::kStructure, std::string(64, '\x77'));
  list->Message("empty", "a message of no bytes", Errc::kStructure, "");
}

void AddFrames(List* list) {
  list->Batch("frame-order", "raw frame 2 named before 1", Errc::kFrames,
              Batch({Response(200, 2, {}), Response(200, 1, {})}, {"one", "two"}));
  list->Batch("frame-twice", "raw frame 1 named twice", Errc::kFrames,
              Batch({Response(200, 1, {}), Response(200, 1, {})}, {"one"}));
  list->Batch("frame-missing", "a raw frame that is not there", Errc::kFrames, Batch({Response(200, 1, {})}));
  list->Batch("frame-left", "a raw frame that no message names", Errc::kFrames, Batch({Good()}, {"one"}));
  list->Batch("frame-and-inside", "a body both inside and in a raw frame", Errc::kFrames,
              Batch({Response(200, 1, {}, true)}, {"one"}));
}

void AddMeaning(List* list) {
  using wire::Payload;
  list->Message("odd-headers", "a name without a value", Errc::kMeaning, Response(200, 0, {"a", "b", "c"}));
  list->Message("shared-headers", "header texts that add up to more than the message", Errc::kMeaning, SharedFields());
  list->Message("status-low", "status 199", Errc::kMeaning, Response(199, 0, {}));
  list->Message("status-high", "status 600", Errc::kMeaning, Response(600, 0, {}));
  list->Message("problem-status", "a problem with status 399", Errc::kMeaning,
                Encoded(Payload::Problem, [](Builder& b) { return wire::CreateProblem(b, 399); }));
  list->Message("unknown-payload", "a payload type of no version", Errc::kMeaning,
                Encoded(static_cast<Payload>(99), [](Builder& b) { return wire::CreateReady(b); }));
  list->Message("untyped-payload", "payload type 0", Errc::kMeaning,
                Encoded(Payload::NONE, [](Builder& b) { return wire::CreateReady(b); }));
  list->Message(
      "cancel-reason", "a cancel reason of no version", Errc::kMeaning,
      Encoded(Payload::Cancel, [](Builder& b) { return wire::CreateCancel(b, static_cast<wire::CancelReason>(4)); }));
  list->Message("trailers-early", "trailers before the last chunk", Errc::kMeaning,
                Encoded(Payload::Chunk, [](Builder& b) {
                  return wire::CreateChunk(b, 0, 0, false, b.CreateVectorOfStrings({"a", "b"}));
                }));
  list->Message("window-zero", "a window of no bytes", Errc::kMeaning,
                Encoded(Payload::Window, [](Builder& b) { return wire::CreateWindow(b, 0); }));
  list->Message("stream-with-body", "body bytes although the body is a stream", Errc::kMeaning,
                Encoded(Payload::Request, [](Builder& b) {
                  const auto method = b.CreateString("PUT");
                  const auto target = b.CreateString("/");
                  const auto body = b.CreateVector<uint8_t>({1});
                  return wire::CreateRequest(b, 1, 0, method, target, 0, 0, 0, wire::BodyKind::Stream, body);
                }));
  list->Message("request-no-target", "a request without a target", Errc::kMeaning,
                Encoded(Payload::Request, [](Builder& b) {
                  const auto method = b.CreateString("GET");
                  return wire::CreateRequest(b, 1, 0, method);
                }));
  list->Message("hash-short", "a manifest hash of 5 bytes", Errc::kMeaning,
                Encoded(
                    Payload::Hello,
                    [](Builder& b) {
                      const auto hash = b.CreateVector<uint8_t>({1, 2, 3, 4, 5});
                      return wire::CreateHello(b, 0, 1, 0, 0, 1, 0, hash, 65536);
                    },
                    0, 0));
  list->Message("welcome-no-slots", "a welcome that grants nothing", Errc::kMeaning,
                Encoded(Payload::Welcome, [](Builder& b) { return wire::CreateWelcome(b, 1, 0, 1, 1); }, 0, 0));
  list->Message("close-code", "close code 999", Errc::kMeaning,
                Encoded(Payload::SocketClose, [](Builder& b) { return wire::CreateSocketClose(b, 999); }));
  list->Message("exchange-zero", "a response that names exchange 0", Errc::kMeaning,
                Encoded(Payload::Response, [](Builder& b) { return wire::CreateResponse(b, 200); }, 0, 0));
  list->Message("exchange-with-ready", "a message about the worker that names an exchange", Errc::kMeaning,
                Encoded(Payload::Ready, [](Builder& b) { return wire::CreateReady(b); }, 41, 0));
  list->Message("slot-with-ready", "a message about the worker that names a slot", Errc::kMeaning,
                Encoded(Payload::Ready, [](Builder& b) { return wire::CreateReady(b); }, 0, 1));
  list->Message("attach-in-batch", "a message of the attach socket on the data channel", Errc::kMeaning,
                Encoded(Payload::Die, [](Builder& b) { return wire::CreateDie(b); }, 0, 0));
}

void AddOthers(List* list) {
  list->Append("control-garbage", "not a FlatBuffer", "control", Errc::kStructure, {std::string(64, '\x77')});
  list->Append("control-ready", "a message of the data channel on the attach socket", "control", Errc::kMeaning,
               {EncodeControl(Ready{})});
  list->Append("control-no-token", "an Attached without a token", "control", Errc::kMeaning,
               {EncodeControl(Attached{"", 1, "ipc://x"})});
  list->Append("manifest-identifier", "no file identifier", "manifest", Errc::kStructure,
               {ManifestWith([](Builder& b) { return RouteOfKind(b, 0); }, nullptr)});
  list->Append("manifest-kind", "a route kind of no version", "manifest", Errc::kMeaning,
               {ManifestWith([](Builder& b) { return RouteOfKind(b, 2); }, wire::ManifestIdentifier())});
  list->Append("manifest-shared", "texts that add up to more than the manifest", "manifest", Errc::kMeaning,
               {SharedTexts()});
}

}  // namespace

std::vector<Vector> InvalidVectors() {
  List list;
  AddBroken(&list);
  AddFrames(&list);
  AddMeaning(&list);
  AddOthers(&list);
  return list.Take();
}

}  // namespace spikard::protocol
