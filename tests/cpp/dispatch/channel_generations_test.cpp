// Which manifest requests are matched by, and what becomes of those that were matched by another one.
#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using protocol::RefusalReason;
using Names = std::vector<std::string>;

struct ChannelGenerations : ChannelTest {
  void BringTheNext() {
    protocol::Manifest next = manifest;
    next.routes.push_back(RouteOf("GET", "/" + std::to_string(next.routes.size())));
    Bring(next);
  }
};

TEST_F(ChannelGenerations, TheNewestWithAReadyWorkerIsActiveAndTheOldOnesAreDrained) {
  auto a = MakeReady("a");
  const auto old = active.Get();
  BringTheNext();
  auto b = MakeNew("b");
  b->Say(b->Hello(hash));
  b->Say(protocol::ManifestOffer{encoded});
  EXPECT_EQ(active.Get(), old) << "not before it is ready";
  EXPECT_EQ(Types(*a), Names{});
  b->Say(protocol::Ready{});
  EXPECT_GT(active.Get()->Generation(), old->Generation());
  link.Take("b");
  Ask();
  EXPECT_EQ(Types(*b), Names{"Request"});
  ASSERT_TRUE(Until([&] { return link.Has("a"); }));
  EXPECT_EQ(Types(*a), Names{"Drain"});
  EXPECT_TRUE(channel.Ready());
}

TEST_F(ChannelGenerations, ANewOneThatDiesSoonLeavesTheOldOneWhereItWas) {
  auto a = MakeReady("a");
  const auto old = active.Get();
  BringTheNext();
  auto b = MakeReady("b");
  EXPECT_NE(active.Get(), old);
  channel.OnDetached(b->token, "gone");
  EXPECT_EQ(active.Get(), old);
  // Longer than the new one would have had to serve.
  RunFor(std::chrono::milliseconds(2'700));
  EXPECT_EQ(Types(*a), Names{});
  Ask();
  EXPECT_EQ(Types(*a), Names{"Request"});
}

TEST_F(ChannelGenerations, AnOldOneThatComesLaterWaitsForItsChance) {
  const protocol::Manifest first = manifest;
  auto a = MakeReady("a");
  const auto old = active.Get();
  BringTheNext();
  auto b = MakeReady("b");
  ASSERT_TRUE(Until([&] { return link.Has("a"); })) << "which is drained";
  Bring(first);
  auto c = MakeReady("c");
  EXPECT_NE(active.Get(), old) << "the new one has a worker";
  EXPECT_EQ(Types(*c), Names{});
  b->Say(protocol::Leaving{});
  EXPECT_EQ(active.Get(), old);
  Ask();
  EXPECT_EQ(Types(*c), Names{"Request"});
}

TEST_F(ChannelGenerations, TheLastWorkersGenerationStaysActive) {
  auto a = MakeReady("a");
  const auto old = active.Get();
  channel.OnDetached(a->token, "gone");
  EXPECT_EQ(active.Get(), old);
  EXPECT_FALSE(channel.Ready());
}

TEST_F(ChannelGenerations, WhatItsGenerationHasLeftIsMatchedAgain) {
  auto a = MakeReady("a");
  Call* begun = Ask();
  EXPECT_EQ(Types(*a), Names{"Request"});
  channel.OnDetached(a->token, "gone");
  EXPECT_TRUE(Until([&] { return channel.Load().queued == 1; }));
  Call* queued = Post("new");
  Turn();
  EXPECT_FALSE(begun->done || queued->done) << "its worker may come back";
  BringTheNext();
  auto b = MakeReady("b");
  Turn();
  ASSERT_TRUE(begun->done && queued->done);
  EXPECT_TRUE(begun->x.rematch && queued->x.rematch);
  EXPECT_EQ(begun->x.attempts, 1);
  EXPECT_EQ(queued->x.attempts, 0);
  begun->x.Unmatch();
  begun->x.table = active.Get();
  begun->Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
  EXPECT_EQ(Only(*b).request.attempt, 1);
}

TEST_F(ChannelGenerations, OneEpochHasOneManifest) {
  auto a = MakeNew("a");
  auto hello = a->Hello(hash);
  hello.epoch = "monday";
  a->Say(hello);
  a->Say(protocol::ManifestOffer{encoded});
  a->Say(protocol::Ready{});
  const auto table = active.Get();
  ASSERT_NE(table, nullptr);
  BringTheNext();
  auto b = MakeNew("b");
  hello = b->Hello(hash);
  hello.epoch = "monday";
  b->Say(hello);
  EXPECT_EQ(Types(*b), Names{"ManifestWanted"}) << "to tell what the difference is";
  b->Say(protocol::ManifestOffer{encoded});
  Turn();
  const auto told = link.Take("b");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].reason, RefusalReason::kManifest);
  EXPECT_NE(told[0].texts[0].find("route GET /2 is new"), std::string::npos) << told[0].texts[0];
  EXPECT_EQ(active.Get(), table);
}

}  // namespace
}  // namespace spikard::fake
