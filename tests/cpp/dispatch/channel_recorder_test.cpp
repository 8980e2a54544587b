// What the flight recorder of a worker that is gone tells, and what becomes of it.
#include "fake_worker.hpp"
#include "shared_memory.hpp"

namespace spikard::fake {
namespace {

using std::chrono::milliseconds;

struct ChannelRecorder : ChannelTest {
  std::unique_ptr<Worker> MakeRecorded(const std::string& name) {
    auto worker = std::make_unique<Worker>(channel, name);
    worker->token = channel.Admit(dispatch::Recorder::Open(memory.descriptor, memory.view.slots()));
    worker->slots = memory.view.slots();
    BecomeReady(*worker);
    return worker;
  }

  static protocol::Response Answer(uint16_t status) {
    protocol::Response response;
    response.status = status;
    return response;
  }

  SharedMemory memory{4};
};

TEST_F(ChannelRecorder, WhatWasNotBegunGoesToAnotherWorker) {
  auto a = MakeRecorded("a");
  Call* begun = Ask("POST");
  const Told first = Only(*a);
  EXPECT_TRUE(memory.view.Begin(first.slot, first.exchange)) << "offered before it is sent";
  Call* offered = Ask("POST");
  const Told second = Only(*a);
  auto b = MakeReady("b");
  channel.OnDetached(a->token, "gone");
  const Told again = Only(*b);
  EXPECT_EQ(again.exchange, second.exchange);
  EXPECT_EQ(again.request.attempt, 1);
  EXPECT_FALSE(memory.view.Begin(second.slot, second.exchange)) << "a worker that lives does not begin it any more";
  ASSERT_TRUE(begun->done);
  EXPECT_EQ(begun->x.response.status, 502);
  EXPECT_FALSE(offered->done);
}

TEST_F(ChannelRecorder, WhatWasAnsweredIsWaitedFor) {
  auto a = MakeRecorded("a");
  Call* late = Ask("POST");
  const Told first = Only(*a);
  Call* never = Ask("POST");
  const Told second = Only(*a);
  for (const Told& told : {first, second}) {
    memory.view.Begin(told.slot, told.exchange);
    memory.view.Answer(told.slot, told.exchange);
  }
  channel.OnDetached(a->token, "gone");
  Turn();
  EXPECT_FALSE(late->done);
  a->Say(Answer(201), first.exchange, first.slot);
  Turn();
  ASSERT_TRUE(late->done);
  EXPECT_EQ(late->x.response.status, 201);
  EXPECT_FALSE(never->done);
  ASSERT_TRUE(Until([&] { return never->done; }));
  EXPECT_EQ(never->x.response.status, 502);
}

TEST_F(ChannelRecorder, WhatWasGivenBackCannotBegin) {
  auto a = MakeRecorded("a");
  Ask("POST");
  const Told told = Only(*a);
  auto b = MakeReady("b");
  a->Say(protocol::Returned{}, told.exchange, told.slot);
  EXPECT_EQ(Only(*b).exchange, told.exchange);
  EXPECT_FALSE(memory.view.Begin(told.slot, told.exchange));
}

TEST_F(ChannelRecorder, ASlotIsOfferedOverWhatWasAnswered) {
  auto a = MakeRecorded("a");
  Ask("POST");
  const Told first = Only(*a);
  EXPECT_TRUE(memory.view.Begin(first.slot, first.exchange));
  memory.view.Answer(first.slot, first.exchange);
  a->Say(Answer(201), first.exchange, first.slot);
  Turn();
  Ask("POST");
  const Told second = Only(*a);
  ASSERT_EQ(second.slot, first.slot);
  auto b = MakeReady("b");
  channel.OnDetached(a->token, "gone");
  EXPECT_EQ(Only(*b).exchange, second.exchange) << "it was not begun";
}

TEST_F(ChannelRecorder, WhoLosesByADeathIsToldItsIncident) {
  auto a = MakeRecorded("a");
  Call* call = Ask("POST");
  const Told told = Only(*a);
  memory.view.Begin(told.slot, told.exchange);
  channel.OnDetached(a->token, "gone", {true, 9, -1});
  Turn();
  ASSERT_TRUE(call->done);
  EXPECT_NE(std::string(call->x.response.Body()).find("\"incident\":\""), std::string::npos);
}

struct ChannelPoison : ChannelRecorder {
  // Another worker gets the requests that wait, begins them, is told to leave or not, and its process ends. Returns
  // false if there were none.
  bool Die(dispatch::ProcessEnd end, bool running, bool leaving = false) {
    auto worker = MakeRecorded("w" + std::to_string(++workers_));
    Turn();
    const auto told = link.Take(worker->address);
    uint32_t cell = 0;
    for (const Told& one : told) {
      memory.view.Begin(one.slot, one.exchange);
      memory.view.Cell(++cell) = running ? one.exchange : 0;
    }
    if (leaving) worker->Say(protocol::Leaving{});
    channel.OnDetached(worker->token, "gone", end);
    for (; cell > 0; --cell) memory.view.Cell(cell) = 0;
    Turn();
    return !told.empty();
  }
  static std::string BodyOf(const Call& call) { return std::string(call.x.response.Body()); }

 private:
  int workers_ = 0;
};

TEST_F(ChannelPoison, TwoDeathsWhileItRanAreEnough) {
  MakeReady("first")->Say(protocol::Goodbye{});
  Call* call = Ask();
  EXPECT_TRUE(Die({true, 9, -1}, true));
  EXPECT_FALSE(call->done);
  EXPECT_TRUE(Die({true, 9, -1}, true));
  ASSERT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 500);
  EXPECT_NE(BodyOf(*call).find("errors/poisoned"), std::string::npos);
  Call* again = Ask();
  Turn();
  ASSERT_TRUE(again->done) << "no worker gets it";
  EXPECT_EQ(again->x.response.status, 500);
  auto b = MakeReady("b");
  Call* other = Ask("HEAD");
  Only(*b);
  EXPECT_FALSE(other->done);
}

TEST_F(ChannelPoison, ASuspectIsAloneNextTime) {
  MakeReady("first")->Say(protocol::Goodbye{});
  Ask();
  EXPECT_TRUE(Die({true, 9, -1}, true));
  auto b = MakeReady("b");
  const Told suspect = Only(*b);
  EXPECT_TRUE(suspect.request.alone);
  Ask();
  EXPECT_TRUE(Types(*b).empty());
  b->Say(Answer(200), suspect.exchange, suspect.slot);
  EXPECT_FALSE(Only(*b).request.alone);
}

TEST_F(ChannelPoison, BystandersAreNotBlamed) {
  MakeReady("first")->Say(protocol::Goodbye{});
  Ask();
  for (int death = 0; death < 2; ++death) EXPECT_TRUE(Die({true, 9, -1}, false));
  auto b = MakeReady("b");
  EXPECT_FALSE(Only(*b).request.alone);
  Call* again = Ask();
  Only(*b);
  EXPECT_FALSE(again->done);
}

TEST_F(ChannelPoison, TheOnlyOneIsBlamedForACrash) {
  MakeReady("first")->Say(protocol::Goodbye{});
  Call* call = Ask();
  for (int death = 0; death < 2; ++death) EXPECT_TRUE(Die({true, 11, -1}, false));
  ASSERT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 500);
}

TEST_F(ChannelPoison, EqualRequestsOfOneDeathAreBlamedOnce) {
  MakeReady("first")->Say(protocol::Goodbye{});
  const Call* one = Ask();
  const Call* other = Ask();
  EXPECT_TRUE(Die({true, 9, -1}, true));
  EXPECT_FALSE(one->done);
  EXPECT_FALSE(other->done);
}

TEST_F(ChannelPoison, WhoWasToldToLeaveBlamesNobody) {
  MakeReady("first")->Say(protocol::Goodbye{});
  const Call* call = Ask();
  for (int death = 0; death < 2; ++death) EXPECT_TRUE(Die({true, 0, 0}, true, true));
  EXPECT_FALSE(call->done);
  EXPECT_FALSE(Only(*MakeReady("b")).request.alone);
}

TEST_F(ChannelPoison, AnAnswerClears) {
  MakeReady("first")->Say(protocol::Goodbye{});
  Call* call = Ask();
  EXPECT_TRUE(Die({true, 9, -1}, true));
  auto b = MakeReady("b");
  const Told told = Only(*b);
  b->Say(Answer(200), told.exchange, told.slot);
  Turn();
  EXPECT_EQ(call->x.response.status, 200);
  b->Say(protocol::Goodbye{});
  Call* again = Ask();
  EXPECT_TRUE(Die({true, 9, -1}, true));
  EXPECT_FALSE(again->done) << "that was the first death again";
}

TEST_F(ChannelRecorder, WhoBreaksTheProtocolLosesOnlyWhatItHasBegun) {
  auto a = MakeRecorded("a");
  Ask("POST");
  const Told told = Only(*a);
  auto b = MakeReady("b");
  a->Say(protocol::Ready{});
  EXPECT_EQ(distrusted.size(), 1u);
  EXPECT_EQ(Only(*b).exchange, told.exchange);
}

TEST_F(ChannelRecorder, ASlotIsFreeWithTheLastWord) {
  auto a = MakeRecorded("a");
  Ask();
  const Told told = Only(*a);
  memory.view.Begin(told.slot, told.exchange);
  a->Say(Answer(200), told.exchange, told.slot);
  EXPECT_EQ(memory.view.Find(told.slot, told.exchange), protocol::SlotState::kBegun) << "no sensible state: free";
  EXPECT_FALSE(memory.view.Revoke(told.slot, told.exchange));
}

}  // namespace
}  // namespace spikard::fake
