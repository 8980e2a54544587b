// A channel with a link that leads nowhere, and workers that do what a test says.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dispatch/channel.hpp"
#include "stage/fake_call.hpp"

namespace spikard::fake {

using dispatch::ExchangeId;
using dispatch::PeerAddress;
using dispatch::Slot;

// A message of the front end, copied out of its batch.
struct Told {
  std::string type;  // "Request", "Welcome", ...
  ExchangeId exchange = 0;
  Slot slot = 0;
  protocol::Request request;  // numbers only
  std::vector<std::string>
      texts;  // of a request: method, target, arguments, body; of Refused: detail; of a chunk: body
  std::vector<std::string> headers;  // name: value
  std::vector<std::string> path_parameters;
  protocol::Welcome welcome;
  protocol::RefusalReason reason{};
  protocol::CancelReason cancel{};
  uint32_t window = 0;
  bool leaving = false;  // of Drain
  bool last = false;     // of a chunk
};

class Link final : public dispatch::Link {
 public:
  struct Batch {
    PeerAddress to;
    protocol::BatchHead head;
    std::vector<Told> messages;
    size_t frames = 0;
    size_t bytes = 0;
    std::vector<const char*> raw;  // where the raw frames lie
  };

  dispatch::SendResult Send(const PeerAddress& peer, std::vector<protocol::Frame> frames) override;
  // Messages to `peer` since the last call, of all its batches.
  std::vector<Told> Take(const PeerAddress& peer);
  // Whether there are any.
  bool Has(const PeerAddress& peer) const;

  std::vector<Batch> batches;
  dispatch::SendResult result = dispatch::SendResult::kSent;
};

// Its batches arrive at once.
class Worker {
 public:
  Worker(dispatch::Channel& channel, PeerAddress at)
      : address(std::move(at)), incarnation(channel.Incarnation()), channel_(channel) {}

  void Add(const protocol::Payload& payload, ExchangeId exchange = 0, Slot slot = 0) {
    writer_.Add({exchange, slot, payload});
  }
  void Flush() { Deliver(writer_.Seal({incarnation, ++sequence})); }
  void Say(const protocol::Payload& payload, ExchangeId exchange = 0, Slot slot = 0) {
    Add(payload, exchange, slot);
    Flush();
  }
  // Frames in memory of their own, as they come from a socket.
  void Deliver(const std::vector<protocol::Frame>& frames);
  protocol::Hello Hello(const std::string& manifest_hash) const;

  PeerAddress address;
  uint64_t incarnation;
  uint64_t sequence = 0;
  std::string token;
  uint32_t slots = 4;
  uint32_t max_batch = 16 * 1024 * 1024;

 private:
  dispatch::Channel& channel_;
  protocol::BatchWriter writer_;
};

struct ChannelTest : ::testing::Test {
  ChannelTest();
  ~ChannelTest() override;

  void Turn() { Call::Turn(loop); }
  // Until nothing is left to be told, at most `patience`.
  void RunFor(std::chrono::milliseconds patience);
  // Until `holds` does, long as that may take on a machine that has other things to do.
  template <typename Condition>
  bool Until(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      RunFor(std::chrono::milliseconds(10));
    }
    return true;
  }
  std::vector<std::string> Types(const Worker& worker);

  // What workers bring from now on.
  void Bring(protocol::Manifest what);
  // Hello, manifest, ready: attached, unless `token` is to be empty.
  std::unique_ptr<Worker> MakeReady(const std::string& name, bool attached = true);
  void BecomeReady(Worker& worker);
  std::unique_ptr<Worker> MakeNew(const std::string& name, bool attached = true);
  // A request of route 0, or of another one, on its way. It lives as long as the test.
  Call* Ask(const std::string& method = "GET", uint32_t route = 0);
  // The same with a body.
  Call* Post(std::string body);
  // The same with a body that is streamed.
  Call* Stream(std::shared_ptr<http::Upload> upload, const std::string& method = "PUT");
  // The one request that `worker` has just been told.
  Told Only(const Worker& worker);

  std::vector<std::unique_ptr<Call>> calls;  // longer than the loop's coroutines
  protocol::Manifest manifest;
  std::string encoded;
  std::string hash;
  base::Loop loop{1};
  route::Active active{10};
  Link link;
  std::vector<std::string> distrusted;  // tokens
  dispatch::Channel channel{loop, active, {std::chrono::milliseconds(1'000), 10, 100'000'000}};
};

}  // namespace spikard::fake
