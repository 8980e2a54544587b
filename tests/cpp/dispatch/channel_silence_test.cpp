// What the flight recorder of a worker that is there tells: its loop does not turn, and what it has not begun goes to
// others; or an answer of its does not end.
#include "fake_worker.hpp"
#include "shared_memory.hpp"

namespace spikard::fake {
namespace {

using std::chrono::milliseconds;

// Longer than any look needs to find it out, if nothing else wants the machine: what happens is waited for, and only
// what must not happen is given this time.
constexpr milliseconds kSilence{1'300};

struct ChannelSilence : ChannelTest {
  ChannelSilence() {
    a = std::make_unique<Worker>(channel, "a");
    a->token = channel.Admit(dispatch::Recorder::Open(memory.descriptor, memory.view.slots()));
    BecomeReady(*a);
  }

  SharedMemory memory{4};
  std::unique_ptr<Worker> a;
};

TEST_F(ChannelSilence, WhatIsNotBegunGoesToAnotherWorker) {
  Call* begun = Ask("POST");
  const Told first = Only(*a);
  memory.view.Begin(first.slot, first.exchange);
  Ask("POST");
  const Told second = Only(*a);
  auto b = MakeReady("b");
  ASSERT_TRUE(Until([&] { return link.Has("b"); }));
  EXPECT_EQ(Only(*b).exchange, second.exchange);
  EXPECT_FALSE(begun->done);
  EXPECT_TRUE(channel.Ready());
  Ask("POST");
  EXPECT_NE(Only(*b).exchange, second.exchange) << "and what is new, though b is busier";
  // It wakes up.
  EXPECT_FALSE(memory.view.Begin(second.slot, second.exchange));
  a->Say(protocol::Returned{}, second.exchange, second.slot);
  protocol::Problem problem;
  problem.status = 500;
  a->Say(problem, first.exchange, first.slot);
  Turn();
  EXPECT_TRUE(begun->done);
  EXPECT_TRUE(distrusted.empty());
}

TEST_F(ChannelSilence, TheOnlyWorkerKeepsWhatItHas) {
  Ask("POST");
  const Told told = Only(*a);
  RunFor(kSilence);
  EXPECT_TRUE(channel.Ready());
  Ask("POST");
  EXPECT_EQ(Types(*a).size(), 1u) << "it gets more, too";
  EXPECT_TRUE(memory.view.Begin(told.slot, told.exchange));
}

TEST_F(ChannelSilence, WhoIsDebuggedIsNotSilent) {
  memory.view.Debugging() = 1;
  Ask("POST");
  const Told told = Only(*a);
  auto b = MakeReady("b");
  RunFor(kSilence);
  EXPECT_TRUE(memory.view.Begin(told.slot, told.exchange));
}

TEST_F(ChannelSilence, IsAskedOnceWhereItStands) {
  std::vector<std::pair<std::string, uint64_t>> asked;
  channel.OnOrder([&](const std::string& token, const protocol::Payload& order) {
    asked.emplace_back(token, std::get<protocol::DumpStacks>(order).number);
  });
  ASSERT_TRUE(Until([&] { return !asked.empty(); }));
  EXPECT_EQ(asked[0].first, a->token);
  RunFor(kSilence);
  EXPECT_EQ(asked.size(), 1u);
  // Whatever it says, and however often.
  channel.OnStacks("of nobody", {asked[0].second, "here"});
  for (const uint64_t number : {uint64_t{0}, asked[0].second, asked[0].second})
    channel.OnStacks(a->token, {number, "here"});
  memory.view.Tick() = 1;
  ASSERT_TRUE(Until([&] { return asked.size() > 1; })) << "silent once more";
  EXPECT_NE(asked[1].second, asked[0].second);
}

struct ChannelUnended : ChannelSilence {
  ChannelUnended() {
    call = Ask();
    told = Only(*a);
    memory.view.Begin(told.slot, told.exchange);
    protocol::Response head;
    head.status = 200;
    head.body = {"half"};
    head.last = false;
    a->Say(head, told.exchange, told.slot);
    memory.view.Answer(told.slot, told.exchange);
  }
  // Until the worker, whose loop turns meanwhile, has been told something.
  void Look() {
    EXPECT_TRUE(Until([&] {
      ++memory.view.Tick();
      return link.Has("a");
    }));
  }

  Call* call;
  Told told;
};

TEST_F(ChannelUnended, AnAnswerWithoutItsEndIsBroken) {
  Look();
  EXPECT_EQ(Types(*a), std::vector<std::string>{"Ping"});
  EXPECT_EQ(call->x.response.stream->state(), http::BodyStream::State::kOpen) << "it may be on its way";
  a->Say(protocol::Pong{1});
  EXPECT_EQ(call->x.response.stream->state(), http::BodyStream::State::kBroken);
  EXPECT_EQ(distrusted.size(), 1u);
}

TEST_F(ChannelUnended, IsNoSlotForEver) {
  call->x.response.stream->Close();
  EXPECT_EQ(Types(*a), std::vector<std::string>{"Cancel"});
  Look();
  a->Say(protocol::Pong{1});
  EXPECT_EQ(distrusted.size(), 1u) << "though the client has gone";
}

TEST_F(ChannelUnended, WhatWasOnItsWayIsWhole) {
  Look();
  a->Say(protocol::Pong{0});
  a->Say(protocol::Chunk{{" more"}, true, {}}, told.exchange, told.slot);
  a->Say(protocol::Pong{1});
  EXPECT_EQ(call->x.response.stream->state(), http::BodyStream::State::kWhole);
  EXPECT_TRUE(distrusted.empty());
}

TEST_F(ChannelUnended, WhoSleepsIsNotAsked) {
  RunFor(milliseconds(3'000));
  EXPECT_EQ(Types(*a), std::vector<std::string>{});
}

}  // namespace
}  // namespace spikard::fake
