#include "samples.hpp"

#include <cstring>

#include "protocol/checksum.hpp"

namespace spikard::protocol {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kHash = "0123456789abcdef0123456789ABCDEF"sv;
constexpr std::string_view kToken = "\x00\x01token\xff"sv;

constexpr Field kRequestFields[] = {{"host", "example.org"}, {"accept", "*/*"}, {"x-empty", ""}};
constexpr Field kResponseFields[] = {{"content-type", "application/json"}, {"x-bytes", "caf\xe9"}};
constexpr Field kProblemFields[] = {{"retry-after", "7"}};
constexpr Field kTrailers[] = {{"x-sum", "12"}};
constexpr Field kSocketFields[] = {{"x-room", "blue"}};
constexpr std::string_view kPathParameters[] = {"7", "a b/c"};

Request SampleRequest() {
  Request r;
  r.generation = 3;
  r.route = 2;
  r.method = "POST";
  r.target = "/items/7/a%20b%2Fc?limit=10&tag=x";
  r.headers = kRequestFields;
  r.path_parameters = kPathParameters;
  r.arguments = R"({"id":7,"limit":10,"tag":["x"]})";
  r.body_kind = BodyKind::kWhole;
  r.body = {R"({"name":"lamp"})"};
  r.request_id = "01HV5Y";
  r.scheme = "https";
  r.client_host = "192.0.2.7";
  r.client_port = 50123;
  r.attempt = 1;
  r.alone = true;
  r.deadline_ms = 30000;
  r.auth = R"({"sub":"ada"})";
  r.form = R"({"fields":{"name":"lamp"},"files":[]})";
  r.verdict = R"({"status":422})";
  return r;
}

void Append(std::string* out, const auto& value) { out->append(reinterpret_cast<const char*>(&value), sizeof value); }

}  // namespace

std::string_view Counted(size_t size) {
  static const std::string* const bytes = [] {
    auto* all = new std::string(256 * 1024, '\0');
    for (size_t i = 0; i < all->size(); ++i) (*all)[i] = static_cast<char>(i % 251);
    return all;
  }();
  return std::string_view(*bytes).substr(0, size);
}

std::vector<Message> DataSamples() {
  return {
      {0, 0, Hello{kToken, 4711, "python", "CPython 3.11.7", 64, "epoch-1", kHash, 16'777'216}},
      {0, 0, ManifestWanted{}},
      {0, 0, ManifestOffer{"not a manifest, but bytes"}},
      {0, 0, Welcome{3, 32, 1'048'576, 16'777'216, 1000}},
      {0, 0, Refused{RefusalReason::kManifest, "routes[1].path differs"}},
      {0, 0, Ready{}},
      {0, 0, Ping{12}},
      {0, 0, Pong{12}},
      {0, 0, Drain{5000, true}},
      {0, 0, Leaving{}},
      {0, 0, Goodbye{}},
      {41, 1, SampleRequest()},
      {42, 2, Response{201, kResponseFields, {R"({"id":7})"}, true}},
      {43, 3, Problem{422, "validation-failed", "1 error", kProblemFields, R"([{"at":"name"}])"}},
      {44, 4, Returned{}},
      {45, 5, Chunk{{"the end"}, true, kTrailers}},
      {46, 6, Window{65536}},
      {47, 7, Cancel{CancelReason::kDeadline}},
      {48, 8, SocketAccept{"chat.v2", kSocketFields}},
      {49, 9, SocketMessage{true, {"hello"}}},
      {50, 10, SocketClose{1001, "leaving"}},
  };
}

std::vector<Payload> ControlSamples() {
  return {
      Attach{4711, 64},
      Attached{kToken, 0x0123456789abcdef, "ipc:///run/spikard/data.sock"},
      Refused{RefusalReason::kFull, "no more workers"},
      Drain{5000, true},
      Leaving{},
      DumpStacks{9},
      Stacks{9, "main.py:12 in handler"},
      Interrupt{41},
      Die{"silent for 800 ms"},
  };
}

Manifest SampleManifest() {
  Route hello;
  hello.method = "GET";
  hello.path = "/";
  hello.name = "hello";

  Route item;
  item.method = "POST";
  item.path = "/items/{id:int}/{tail}";
  item.name = "put_item";
  item.parameters = {{"id", "id", ParameterSource::kPath, ValueType::kInteger, false, true, R"({"minimum":1})"},
                     {"tags", "tag", ParameterSource::kQuery, ValueType::kText, true, false, "", '|', "filter"},
                     {"agent", "user-agent", ParameterSource::kHeader, ValueType::kText, false, false, ""},
                     {"theme", "theme", ParameterSource::kCookie, ValueType::kJson, false, false, ""}};
  item.takes_body = true;
  item.streams_body = true;
  item.body_schema = R"({"type":"object"})";
  item.response_schema = R"({"type":"array"})";
  item.idempotence = Idempotence::kByKey;
  item.timeout_ms = 1500;
  item.max_body_size = 4096;
  item.body_media = kJsonMedia | kMultipartMedia;
  item.body_required = true;
  item.body_keyed = true;
  item.file_parts = {{"photo", {"image/png", "image/jpeg"}, 1'000'000, true}, {"note", {}, 0, false}};
  item.max_json_depth = 16;
  item.wants_verdict = true;
  item.query_closed = true;
  item.cookies_closed = true;

  Route chat;
  chat.kind = RouteKind::kSocket;
  chat.method = "GET";
  chat.path = "/chat";
  chat.idempotence = Idempotence::kNever;

  Manifest m;
  m.routes = {hello, item, chat};
  m.max_body_size = 1'048'576;
  m.request_timeout_ms = 30'000;
  m.request_ids = true;
  m.redirect_slashes = true;
  m.max_json_depth = 64;
  return m;
}

std::vector<std::string> Build(const RawBatch& batch) {
  std::string first;
  Append(&first, batch.magic);
  Append(&first, batch.version);
  Append(&first, static_cast<uint16_t>(batch.count < 0 ? batch.messages.size() : static_cast<size_t>(batch.count)));
  Append(&first, batch.incarnation);
  Append(&first, batch.sequence);
  Append(&first, uint64_t{0});
  for (const std::string& message : batch.messages) {
    Append(&first, uint64_t{message.size()});
    first += message;
    first.append((kAlignment - first.size() % kAlignment) % kAlignment, '\0');
  }
  std::vector<std::string> frames = {first};
  frames.insert(frames.end(), batch.bodies.begin(), batch.bodies.end());
  Reseal(&frames);
  return frames;
}

void Reseal(std::vector<std::string>* frames) {
  uint64_t checksum = 0;
  std::memset(frames->front().data() + kChecksumAt, 0, sizeof checksum);
  for (const std::string& frame : *frames) checksum = Checksum(frame, checksum);
  std::memcpy(frames->front().data() + kChecksumAt, &checksum, sizeof checksum);
}

std::vector<std::string> Strings(const std::vector<Frame>& frames) {
  std::vector<std::string> strings;
  for (const Frame& frame : frames) strings.emplace_back(frame.bytes);
  return strings;
}

std::vector<std::string_view> Views(const std::vector<std::string>& frames) { return {frames.begin(), frames.end()}; }

}  // namespace spikard::protocol
