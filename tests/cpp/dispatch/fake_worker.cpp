#include "fake_worker.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/log.hpp"

namespace spikard::fake {
namespace {

std::string Sha256(const std::string& bytes) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return digest;
}

Told Copy(const protocol::Message& message) {
  Told told;
  told.exchange = message.exchange;
  told.slot = message.slot;
  const auto& payload = message.payload;
  if (const auto* request = std::get_if<protocol::Request>(&payload)) {
    told.type = "Request";
    told.texts = {std::string(request->method), std::string(request->target), std::string(request->arguments),
                  std::string(request->body.bytes)};
    for (const auto& [name, value] : request->headers)
      told.headers.push_back(std::string(name) + ": " + std::string(value));
    for (const auto text : request->path_parameters) told.path_parameters.emplace_back(text);
    told.request.generation = request->generation;
    told.request.route = request->route;
    told.request.attempt = request->attempt;
    told.request.alone = request->alone;
    told.request.body_kind = request->body_kind;
    told.request.client_port = request->client_port;
  } else if (const auto* welcome = std::get_if<protocol::Welcome>(&payload)) {
    told.type = "Welcome";
    told.welcome = *welcome;
  } else if (const auto* refused = std::get_if<protocol::Refused>(&payload)) {
    told.type = "Refused";
    told.reason = refused->reason;
    told.texts = {std::string(refused->detail)};
  } else if (const auto* cancel = std::get_if<protocol::Cancel>(&payload)) {
    told.type = "Cancel";
    told.cancel = cancel->reason;
  } else if (const auto* window = std::get_if<protocol::Window>(&payload)) {
    told.type = "Window";
    told.window = window->bytes;
  } else if (const auto* drain = std::get_if<protocol::Drain>(&payload)) {
    told.type = "Drain";
    told.leaving = drain->leaving;
  } else if (const auto* chunk = std::get_if<protocol::Chunk>(&payload)) {
    told.type = "Chunk";
    told.texts = {std::string(chunk->body.bytes)};
    told.last = chunk->last;
  } else {
    told.type = std::holds_alternative<protocol::ManifestWanted>(payload) ? "ManifestWanted"
                : std::holds_alternative<protocol::Goodbye>(payload)      ? "Goodbye"
                : std::holds_alternative<protocol::Ping>(payload)         ? "Ping"
                                                                          : "another";
  }
  return told;
}

}  // namespace

dispatch::SendResult Link::Send(const PeerAddress& peer, std::vector<protocol::Frame> frames) {
  if (result != dispatch::SendResult::kSent) return result;
  Batch batch{peer, {}, {}, frames.size(), 0, {}};
  std::vector<std::string_view> views;
  for (const auto& frame : frames) {
    batch.bytes += frame.bytes.size();
    if (!views.empty()) batch.raw.push_back(frame.bytes.data());
    views.push_back(frame.bytes);
  }
  protocol::BatchReader reader;
  EXPECT_EQ(reader.Open(views), protocol::Errc::kOk);
  batch.head = reader.Head();
  for (;;) {
    protocol::Message message;
    bool end = false;
    const auto error = reader.Next(&message, &end);
    EXPECT_EQ(error, protocol::Errc::kOk);
    if (error != protocol::Errc::kOk || end) break;
    batch.messages.push_back(Copy(message));
  }
  batches.push_back(std::move(batch));
  return dispatch::SendResult::kSent;
}

std::vector<Told> Link::Take(const PeerAddress& peer) {
  std::vector<Told> told;
  std::erase_if(batches, [&](Batch& batch) {
    if (batch.to != peer) return false;
    for (Told& message : batch.messages) told.push_back(std::move(message));
    return true;
  });
  return told;
}

bool Link::Has(const PeerAddress& peer) const {
  return std::any_of(batches.begin(), batches.end(), [&](const Batch& batch) { return batch.to == peer; });
}

void Worker::Deliver(const std::vector<protocol::Frame>& frames) {
  std::vector<protocol::Frame> copies;
  for (const auto& frame : frames) {
    const auto copy = std::make_shared<const std::string>(frame.bytes);
    copies.push_back({*copy, copy});
  }
  channel_.OnBatch(address, std::move(copies));
}

protocol::Hello Worker::Hello(const std::string& manifest_hash) const {
  protocol::Hello hello;
  hello.token = token;
  hello.pid = 42;
  hello.language = "test";
  hello.slots = slots;
  hello.manifest_hash = manifest_hash;
  hello.max_batch = max_batch;
  return hello;
}

ChannelTest::ChannelTest() {
  base::SetUpLog("off");
  manifest.routes = {RouteOf("GET", "/"), RouteOf("POST", "/")};
  Bring(manifest);
  channel.Connect(link);
  channel.OnDistrust([this](const std::string& token) { distrusted.push_back(token); });
}

ChannelTest::~ChannelTest() {
  // No coroutine may be left waiting when its exchange goes.
  channel.Abandon();
  channel.Stop();
  Turn();
}

void ChannelTest::Bring(protocol::Manifest what) {
  manifest = std::move(what);
  encoded = protocol::EncodeManifest(manifest);
  hash = Sha256(encoded);
}

void ChannelTest::RunFor(std::chrono::milliseconds patience) {
  loop.restart();
  loop.run_for(patience);
}

std::vector<std::string> ChannelTest::Types(const Worker& worker) {
  Turn();
  std::vector<std::string> types;
  for (const Told& told : link.Take(worker.address)) types.push_back(told.type);
  return types;
}

std::unique_ptr<Worker> ChannelTest::MakeNew(const std::string& name, bool attached) {
  auto worker = std::make_unique<Worker>(channel, name);
  if (attached) worker->token = channel.Admit();
  return worker;
}

std::unique_ptr<Worker> ChannelTest::MakeReady(const std::string& name, bool attached) {
  auto worker = MakeNew(name, attached);
  BecomeReady(*worker);
  return worker;
}

void ChannelTest::BecomeReady(Worker& worker) {
  worker.Say(worker.Hello(hash));
  auto types = Types(worker);
  if (types == std::vector<std::string>{"ManifestWanted"}) {
    worker.Say(protocol::ManifestOffer{encoded});
    types = Types(worker);
  }
  EXPECT_EQ(types, std::vector<std::string>{"Welcome"});
  worker.Say(protocol::Ready{});
}

Call* ChannelTest::Ask(const std::string& method, uint32_t route) {
  Call* call = calls.emplace_back(std::make_unique<Call>(method, "/")).get();
  call->x.table = active.Get();
  call->x.route = route;
  call->x.request_id = "id";
  call->Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
  return call;
}

Call* ChannelTest::Stream(std::shared_ptr<http::Upload> upload, const std::string& method) {
  Call* call = calls.emplace_back(std::make_unique<Call>(method, "/")).get();
  call->x.table = active.Get();
  call->x.route = 1;
  call->x.upload = std::move(upload);
  call->Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
  return call;
}

Call* ChannelTest::Post(std::string body) {
  Call* call = calls.emplace_back(std::make_unique<Call>("POST", "/")).get();
  call->x.table = active.Get();
  call->x.route = 1;
  call->source.bytes = body;
  *call->x.body = std::move(body);
  call->Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
  return call;
}

Told ChannelTest::Only(const Worker& worker) {
  Turn();
  auto told = link.Take(worker.address);
  EXPECT_EQ(told.size(), 1u);
  if (told.size() != 1 || told[0].type != "Request") {
    ADD_FAILURE() << "no request";
    return {};
  }
  return told[0];
}

}  // namespace spikard::fake
