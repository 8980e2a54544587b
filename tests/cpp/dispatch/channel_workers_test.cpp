// How workers come, are welcomed, become ready, leave and are lost.
#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using protocol::RefusalReason;
using std::chrono::milliseconds;
using Names = std::vector<std::string>;

struct ChannelWorkers : ChannelTest {
  // Tells whether the channel still listens to the worker: a violation ends that.
  bool Knows(Worker& worker) {
    const size_t before = distrusted.size();
    Turn();
    link.Take(worker.address);
    worker.Say(protocol::Leaving{});
    return Types(worker) == Names{"Drain"} && distrusted.size() == before;
  }
  std::unique_ptr<Worker> MakeWelcomed(const std::string& name) {
    auto worker = MakeReady(name + " before");
    worker = MakeNew(name);
    worker->Say(worker->Hello(hash));
    EXPECT_EQ(Types(*worker), Names{"Welcome"});
    return worker;
  }
};

TEST_F(ChannelWorkers, AManifestIsAskedForOnce) {
  auto a = MakeNew("a");
  a->Say(a->Hello(hash));
  EXPECT_EQ(Types(*a), Names{"ManifestWanted"});
  a->Say(protocol::ManifestOffer{encoded});
  Turn();
  const auto told = link.Take("a");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].type, "Welcome");
  EXPECT_EQ(told[0].welcome.slots, 4u);
  EXPECT_GT(told[0].welcome.generation, 0u);
  EXPECT_GT(told[0].welcome.window, 0u);
  EXPECT_EQ(told[0].welcome.heartbeat_ms, 0u);
  EXPECT_EQ(active.Get(), nullptr) << "not before Ready";
  EXPECT_FALSE(channel.Ready());
  a->Say(protocol::Ready{});
  ASSERT_NE(active.Get(), nullptr);
  EXPECT_TRUE(channel.Ready());

  auto b = MakeNew("b");
  b->Say(b->Hello(hash));
  EXPECT_EQ(Types(*b), Names{"Welcome"});
}

TEST_F(ChannelWorkers, BatchesAreNumberedFromOne) {
  auto a = MakeNew("a");
  a->Say(a->Hello(hash));
  Turn();
  a->Say(protocol::ManifestOffer{encoded});
  Turn();
  ASSERT_EQ(link.batches.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(link.batches[i].head.sequence, i + 1);
    EXPECT_EQ(link.batches[i].head.incarnation, channel.Incarnation());
  }
}

TEST_F(ChannelWorkers, ATokenIsGoodForOneHello) {
  auto a = MakeReady("a");
  auto b = MakeNew("b");
  b->token = a->token;
  b->Say(b->Hello(hash));
  Turn();
  auto told = link.Take("b");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].reason, RefusalReason::kToken);
  auto c = MakeNew("c");
  c->token = "made up";
  c->Say(c->Hello(hash));
  EXPECT_EQ(Types(*c), Names{"Refused"});
  auto d = MakeNew("d");
  channel.OnDetached(d->token, "gone");
  d->Say(d->Hello(hash));
  EXPECT_EQ(Types(*d), Names{"Refused"}) << "only while its socket is open";
  EXPECT_TRUE(Knows(*a));
}

TEST_F(ChannelWorkers, WhoIsRefusedIsForgotten) {
  link.result = dispatch::SendResult::kUnreachable;
  auto a = MakeNew("a");
  a->token = "made up";
  a->Say(a->Hello(hash));
  link.result = dispatch::SendResult::kSent;
  bool drained = false;
  channel.Drain([&] { drained = true; });
  EXPECT_TRUE(drained) << "though the refusal could not be sent";
}

TEST_F(ChannelWorkers, AManifestMustBeTheOneAnnouncedAndServable) {
  auto a = MakeNew("a");
  a->Say(a->Hello(std::string(32, 'x')));
  EXPECT_EQ(Types(*a), Names{"ManifestWanted"});
  a->Say(protocol::ManifestOffer{encoded});
  Turn();
  const auto told = link.Take("a");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].type, "Refused");
  EXPECT_EQ(told[0].reason, RefusalReason::kManifest);
  EXPECT_FALSE(told[0].texts[0].empty());
}

TEST_F(ChannelWorkers, OfAnotherVersionIsRefusedInOurs) {
  auto a = MakeNew("a");
  protocol::BatchWriter writer;
  writer.Add({0, 0, a->Hello(hash)});
  auto frames = writer.Seal({channel.Incarnation(), 1});
  std::string changed(frames[0].bytes);
  changed[4] = 99;
  a->Deliver({{changed, nullptr}});
  Turn();
  ASSERT_EQ(link.batches.size(), 1u);
  EXPECT_EQ(link.batches[0].head.sequence, 1u);
  ASSERT_EQ(link.batches[0].messages.size(), 1u);
  EXPECT_EQ(link.batches[0].messages[0].reason, RefusalReason::kVersion);
}

TEST_F(ChannelWorkers, StrangersMaySayHelloOnly) {
  auto a = MakeNew("a");
  a->Say(protocol::Ready{});
  EXPECT_EQ(Types(*a), Names{});
  auto b = MakeNew("b");
  b->sequence = 1;
  b->Say(b->Hello(hash));
  EXPECT_EQ(Types(*b), Names{}) << "its first batch is missing";
  auto c = MakeNew("c");
  c->incarnation += 1;
  c->Say(c->Hello(hash));
  EXPECT_EQ(Types(*c), Names{}) << "it means another front end";
  auto d = MakeNew("d");
  d->Deliver({});
  d->Deliver({{"rubbish", nullptr}});
  EXPECT_EQ(Types(*d), Names{});
  EXPECT_TRUE(distrusted.empty());
}

TEST_F(ChannelWorkers, HelloComesAlone) {
  auto a = MakeNew("a");
  a->Add(a->Hello(hash));
  a->Add(protocol::ManifestOffer{encoded});
  a->Flush();
  EXPECT_EQ(distrusted, Names{a->token});
  EXPECT_EQ(active.Get(), nullptr);
}

TEST_F(ChannelWorkers, WithoutAnAttachSocketTheFirstBatchNamesNoIncarnation) {
  auto a = MakeNew("a", false);
  a->incarnation = 0;
  a->Say(a->Hello(hash));
  EXPECT_EQ(Types(*a), Names{"ManifestWanted"});
  a->incarnation = channel.Incarnation();
  a->Say(protocol::ManifestOffer{encoded});
  Turn();
  EXPECT_GT(link.Take("a")[0].welcome.heartbeat_ms, 0u);
}

TEST_F(ChannelWorkers, ABatchOfAnotherIncarnationIsALoss) {
  auto a = MakeReady("a");
  Call* call = Ask("POST", 1);
  EXPECT_EQ(Types(*a), Names{"Request"});
  a->incarnation += 1;
  a->Say(protocol::Pong{1});
  EXPECT_EQ(distrusted, Names{a->token});
  Turn();
  ASSERT_TRUE(call->done) << "whatever that batch was, it does not come any more";
  EXPECT_EQ(call->x.response.status, 502);
}

TEST_F(ChannelWorkers, ABatchThatIsMissingIsALoss) {
  auto a = MakeReady("a");
  ++a->sequence;
  a->Say(protocol::Pong{1});
  EXPECT_EQ(distrusted, Names{a->token});
  EXPECT_FALSE(channel.Ready());
  a->Say(protocol::Pong{1});
  EXPECT_EQ(distrusted.size(), 1u) << "it is a stranger now";
}

TEST_F(ChannelWorkers, ADamagedBatchIsALoss) {
  auto a = MakeReady("a");
  protocol::BatchWriter writer;
  writer.Add({0, 0, protocol::Pong{1}});
  const auto frames = writer.Seal({channel.Incarnation(), ++a->sequence});
  std::string damaged(frames[0].bytes);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  a->Deliver({{damaged, nullptr}});
  EXPECT_EQ(distrusted, Names{a->token});
}

TEST_F(ChannelWorkers, EachStateHasItsMessages) {
  // Of a worker that was asked for its manifest; of one that is welcomed; of one that is ready.
  const std::pair<protocol::Payload, const char*> table[] = {
      {protocol::Ready{}, "VxV"},          {protocol::Pong{1}, "Vxx"}, {protocol::ManifestOffer{encoded}, "xVV"},
      {protocol::Leaving{}, "xxx"},        {protocol::Drain{}, "VVV"}, {protocol::Ping{1}, "VVV"},
      {protocol::ManifestWanted{}, "VVV"},
  };
  int count = 0;
  for (const auto& [payload, verdicts] : table) {
    for (int state = 0; state < 3; ++state) {
      const std::string name = "w" + std::to_string(++count);
      fake::Link fresh;
      route::Active other_active{10};
      dispatch::Channel other{loop, other_active, {milliseconds(300), 10, 1'000}};
      other.Connect(fresh);
      std::vector<std::string> lost;
      other.OnDistrust([&](const std::string& token) { lost.push_back(token); });
      Worker worker(other, name);
      worker.token = other.Admit();
      worker.Say(worker.Hello(hash));
      if (state >= 1) worker.Say(protocol::ManifestOffer{encoded});
      if (state >= 2) worker.Say(protocol::Ready{});
      ASSERT_TRUE(lost.empty());
      worker.Say(payload);
      EXPECT_EQ(!lost.empty(), verdicts[state] == 'V') << payload.index() << " in state " << state;
      Turn();
      other.Stop();
      Turn();
    }
  }
}

TEST_F(ChannelWorkers, HelloTwiceIsAViolation) {
  auto a = MakeReady("a");
  a->Say(a->Hello(hash));
  EXPECT_EQ(distrusted, Names{a->token});
}

TEST_F(ChannelWorkers, WhatCrossesADrainIsIgnored) {
  auto a = MakeWelcomed("a");
  bool drained = false;
  channel.Drain([&] { drained = true; });
  EXPECT_EQ(Types(*a), Names{"Drain"});
  a->Say(protocol::Ready{});
  a->Say(protocol::ManifestOffer{encoded});
  a->Say(protocol::Leaving{});
  EXPECT_EQ(Types(*a), Names{});
  EXPECT_TRUE(distrusted.empty());
  EXPECT_FALSE(drained);
}

TEST_F(ChannelWorkers, WhoIsNotAttachedIsPingedAndMustAnswer) {
  auto a = MakeReady("a", false);
  auto b = MakeReady("b", true);
  // Longer than silence is borne.
  for (int beat = 0; beat < 8; ++beat) {
    ASSERT_TRUE(Until([&] { return link.Has("a"); }));
    EXPECT_EQ(Types(*a)[0], "Ping");
    a->Say(protocol::Pong{1});
  }
  EXPECT_EQ(channel.Load().ready, 2u);
  EXPECT_TRUE(Until([&] { return channel.Load().ready == 1; }));
  EXPECT_EQ(Types(*b), Names{});
  EXPECT_FALSE(Knows(*a));
  EXPECT_TRUE(Knows(*b));
}

}  // namespace
}  // namespace spikard::fake
