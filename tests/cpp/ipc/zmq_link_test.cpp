#include "ipc/zmq_link.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <functional>
#include <thread>

#include "base/log.hpp"
#include "scratch.hpp"

namespace spikard::ipc {
namespace {

using dispatch::SendResult;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

struct ZmqLinkTest : testing::Test {
  ZmqLinkTest() {
    base::SetUpLog("off");
    EXPECT_EQ(link.Open(endpoint), "");
  }
  ~ZmqLinkTest() override {
    link.Close();
    loop.restart();
    loop.poll();
  }
  // Runs the loop until `holds` does.
  template <typename Condition>
  bool Until(Condition holds) {
    for (int i = 0; i < 500 && !holds(); ++i) {
      loop.restart();
      loop.run_for(milliseconds(10));
    }
    return holds();
  }
  zmq::socket_t Connect(const std::string& name) {
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::routing_id, name);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, 30'000);
    socket.set(zmq::sockopt::reconnect_ivl, -1);
    socket.connect(endpoint);
    return socket;
  }
  static void SendAll(zmq::socket_t& socket, const Texts& parts) {
    for (size_t i = 0; i < parts.size(); ++i) {
      const auto flags = i + 1 < parts.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
      ASSERT_TRUE(socket.send(zmq::buffer(parts[i]), flags));
    }
  }
  static Texts ReceiveAll(zmq::socket_t& socket) {
    Texts parts;
    do {
      zmq::message_t part;
      if (!socket.recv(part)) return {"nothing came"};
      parts.push_back(part.to_string());
    } while (socket.get(zmq::sockopt::rcvmore));
    return parts;
  }
  static protocol::Frame FrameOf(std::string text) {
    const auto owner = std::make_shared<const std::string>(std::move(text));
    return {*owner, owner};
  }

  struct Received {
    std::string from;
    Texts parts;
  };
  Scratch scratch;
  const std::string endpoint = "ipc://" + (scratch / "data.sock");
  base::Loop loop{1};
  std::vector<Received> received;
  std::function<void()> on_batch = [] {};
  ZmqLink link{loop, [this](const dispatch::PeerAddress& from, std::vector<protocol::Frame> frames) {
                 Texts parts;
                 for (const auto& frame : frames) parts.emplace_back(frame.bytes);
                 received.push_back({from, std::move(parts)});
                 on_batch();
               }};
  zmq::context_t context;
};

TEST_F(ZmqLinkTest, CarriesBatchesBothWays) {
  auto a = Connect("a");
  SendAll(a, {"one", "two", ""});
  ASSERT_TRUE(Until([&] { return received.size() == 1; }));
  EXPECT_EQ(received[0].from, "a");
  EXPECT_EQ(received[0].parts, (Texts{"one", "two", ""}));
  EXPECT_EQ(link.Send("a", {FrameOf("x"), FrameOf(std::string(300'000, 'y'))}), SendResult::kSent);
  EXPECT_EQ(ReceiveAll(a), (Texts{"x", std::string(300'000, 'y')}));
}

TEST_F(ZmqLinkTest, KeepsWorkersApart) {
  auto a = Connect("a");
  auto b = Connect("b");
  SendAll(a, {"of a"});
  SendAll(b, {"of b"});
  ASSERT_TRUE(Until([&] { return received.size() == 2; }));
  for (const auto& one : received) EXPECT_EQ(one.parts, Texts{"of " + one.from});
  EXPECT_EQ(link.Send("b", {FrameOf("for b")}), SendResult::kSent);
  EXPECT_EQ(link.Send("a", {FrameOf("for a")}), SendResult::kSent);
  EXPECT_EQ(ReceiveAll(a), Texts{"for a"});
  EXPECT_EQ(ReceiveAll(b), Texts{"for b"});
}

TEST_F(ZmqLinkTest, TellsWhoIsNotThere) {
  EXPECT_EQ(link.Send("nobody", {FrameOf("x")}), SendResult::kUnreachable);
  auto a = Connect("a");
  SendAll(a, {"x"});
  ASSERT_TRUE(Until([&] { return received.size() == 1; }));
  a.close();
  EXPECT_TRUE(Until([&] { return link.Send("a", {FrameOf("x")}) == SendResult::kUnreachable; }));
}

// The descriptor is edge-triggered: a burst above the cap of one turn, and sends in between, must leave nothing behind.
TEST_F(ZmqLinkTest, LosesNoBurst) {
  auto a = Connect("a");
  on_batch = [&] { link.Send("a", {FrameOf("echo")}); };
  for (int i = 0; i < 500; ++i) SendAll(a, {std::to_string(i)});
  ASSERT_TRUE(Until([&] { return received.size() == 500; }));
  for (int i = 0; i < 500; ++i) EXPECT_EQ(received[static_cast<size_t>(i)].parts, Texts{std::to_string(i)});
  for (int i = 0; i < 500; ++i) ASSERT_EQ(ReceiveAll(a), Texts{"echo"});
}

// A send takes notice of what has come, even if it fails: nobody else will be told of that again.
TEST_F(ZmqLinkTest, ASendThatFailsSwallowsNoBatch) {
  auto a = Connect("a");
  for (size_t count = 1; count <= 5; ++count) {
    SendAll(a, {"x"});
    std::this_thread::sleep_for(milliseconds(20));
    ASSERT_EQ(link.Send("nobody", {FrameOf("y")}), SendResult::kUnreachable);
    ASSERT_TRUE(Until([&] { return received.size() == count; }));
  }
}

TEST_F(ZmqLinkTest, LetsOthersHaveTheirTurn) {
  auto a = Connect("a");
  SendAll(a, {"first"});
  ASSERT_TRUE(Until([&] { return received.size() == 1; }));
  for (int i = 0; i < 200; ++i) SendAll(a, {"x"});
  std::this_thread::sleep_for(milliseconds(100));
  size_t at_turn = 0;
  on_batch = [&] {
    if (at_turn == 0) boost::asio::post(loop, [&] { at_turn = received.size(); });
  };
  ASSERT_TRUE(Until([&] { return received.size() == 201; }));
  EXPECT_LT(at_turn, 100u);
}

TEST_F(ZmqLinkTest, KeepsOwnersUntilTheBytesHaveLeft) {
  auto a = Connect("a");
  SendAll(a, {"x"});
  ASSERT_TRUE(Until([&] { return received.size() == 1; }));
  auto owner = std::make_shared<const std::string>(1'000'000, 'z');
  const std::weak_ptr<const std::string> watched = owner;
  EXPECT_EQ(link.Send("a", {{*owner, owner}}), SendResult::kSent);
  owner.reset();
  EXPECT_EQ(ReceiveAll(a)[0].size(), 1'000'000u);
  EXPECT_TRUE(Until([&] { return watched.expired(); }));
}

TEST_F(ZmqLinkTest, GivesReceivedFramesToWhoeverKeepsThem) {
  std::vector<protocol::Frame> kept;
  ZmqLink other(loop,
                [&](const dispatch::PeerAddress&, std::vector<protocol::Frame> frames) { kept = std::move(frames); });
  const std::string at = "ipc://" + (scratch / "other.sock");
  ASSERT_EQ(other.Open(at), "");
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  socket.set(zmq::sockopt::linger, 0);
  socket.connect(at);
  SendAll(socket, {std::string(100'000, 'k')});
  ASSERT_TRUE(Until([&] { return !kept.empty(); }));
  other.Close();
  EXPECT_EQ(kept[0].bytes, std::string(100'000, 'k'));
}

TEST_F(ZmqLinkTest, CanBeClosedFromInside) {
  auto a = Connect("a");
  on_batch = [&] { link.Close(); };
  SendAll(a, {"x"});
  ASSERT_TRUE(Until([&] { return received.size() == 1; }));
  EXPECT_EQ(link.Send("a", {FrameOf("x")}), SendResult::kUnreachable);
}

TEST_F(ZmqLinkTest, SaysInOneLineWhyItCannotOpen) {
  ZmqLink other(loop, [](const dispatch::PeerAddress&, std::vector<protocol::Frame>) {});
  const std::string refusal = other.Open("ipc://" + (scratch / "no/such/data.sock"));
  EXPECT_NE(refusal.find("cannot open the channel at ipc://"), std::string::npos) << refusal;
}

}  // namespace
}  // namespace spikard::ipc
