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
  EXPECT_EQ(channel.Admit(), "");
  auto c = MakeNew("c", false);
  c->incarnation = 0;
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

TEST_F(ChannelLeaving, TheLastServesUntilItMayGo) {
  int last_leaves = 0;
  int ready = 0;
  channel.OnOutlook({.last_leaves = [&] { ++last_leaves; }, .ready = [&] { ++ready; }});
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  EXPECT_EQ(ready, 2);
  a->Say(protocol::Leaving{});
  EXPECT_EQ(Types(*a), Names{"Drain"}) << "another one is there";
  b->Say(protocol::Leaving{});
  channel.OnLeaving(b->token);
  EXPECT_EQ(last_leaves, 1);
  Ask();
  EXPECT_EQ(Types(*b), Names{"Request"});
  channel.LetLeave();
  channel.LetLeave();
  EXPECT_EQ(Types(*b), Names{"Drain"});
  Ask();
  EXPECT_EQ(Types(*b), Names{});
  auto c = MakeReady("c");
  EXPECT_EQ(Types(*c), Names{"Request"}) << "what was held";
}

TEST_F(ChannelLeaving, WhoIsNotReadyIsNotTheLast) {
  int last_leaves = 0;
  channel.OnOutlook({.last_leaves = [&] { ++last_leaves; }, .ready = {}});
  MakeReady("known");
  auto a = MakeNew("a");
  a->Say(a->Hello(hash));
  EXPECT_EQ(Types(*a), Names{"Welcome"});
  a->Say(protocol::Leaving{});
  EXPECT_EQ(Types(*a), Names{"Drain"});
  EXPECT_EQ(last_leaves, 0);
}

TEST_F(ChannelLeaving, WorkersAreToldThatTheFrontEndLeaves) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  a->Say(protocol::Leaving{});
  Turn();
  EXPECT_FALSE(link.Take("a").at(0).leaving);
  channel.Drain([] {});
  Turn();
  EXPECT_TRUE(link.Take("b").at(0).leaving);
  channel.Abandon();
  EXPECT_EQ(Types(*a), Names{"Goodbye"});
  EXPECT_EQ(Types(*b), Names{"Goodbye"}) << "not a loss, though nothing more is waited for";
}

}  // namespace
}  // namespace spikard::fake
