// How workers give way to others.
#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using protocol::RefusalReason;
using Names = std::vector<std::string>;

struct ChannelLeaving : ChannelTest {};

TEST_F(ChannelLeaving, ADrainIsDoneWhenTheLastHasLeft) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  bool drained = false;
  channel.Drain([&] { drained = true; });
  EXPECT_EQ(Types(*a), Names{"Drain"});
  EXPECT_EQ(Types(*b), Names{"Drain"});
  a->Say(protocol::Goodbye{});
  EXPECT_FALSE(drained);
  channel.OnDetached(b->token, "gone");
  EXPECT_TRUE(drained);
  auto c = MakeNew("c");
  c->Say(c->Hello(hash));
  Turn();
  EXPECT_EQ(link.Take("c")[0].reason, RefusalReason::kStopping);
}

TEST_F(ChannelLeaving, LeavingIsAnsweredByDrain) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  a->Say(protocol::Leaving{});
  EXPECT_EQ(Types(*a), Names{"Drain"});
  channel.OnLeaving(b->token);
  channel.OnLeaving(b->token);
  EXPECT_EQ(Types(*b), Names{"Drain"});
  EXPECT_FALSE(channel.Ready());
}

TEST_F(ChannelLeaving, TheNewestManifestWithAReadyWorkerIsActive) {
  const protocol::Manifest first = manifest;
  auto a = MakeReady("a");
  const auto old = active.Get();
  protocol::Manifest second = manifest;
  second.routes.push_back(RouteOf("GET", "/new"));
  Bring(second);
  auto b = MakeReady("b");
  EXPECT_GT(active.Get()->Generation(), old->Generation());
  Bring(first);
  auto c = MakeReady("c");
  EXPECT_NE(active.Get(), old) << "the new one has a worker";
  b->Say(protocol::Goodbye{});
  EXPECT_NE(active.Get(), old) << "not before somebody else is ready";
  auto d = MakeReady("d");
  EXPECT_EQ(active.Get(), old);
}

}  // namespace
}  // namespace spikard::fake
