#include "route/active.hpp"

#include <gtest/gtest.h>

namespace spikard::route {
namespace {

Active::Handle MakeTable(uint64_t generation) { return std::get<Active::Handle>(Table::Build({}, generation)); }

struct ActiveTest : testing::Test {
  void Start(base::Wake& wake) {
    base::Spawn([this, &wake]() -> base::Task<void> {
      co_await wake.Wait();
      ++woken;
    });
    loop.restart();
    loop.poll();
  }

  base::Loop loop{1};
  Active active{2};
  int woken = 0;
};

TEST_F(ActiveTest, IsNothingAtFirst) { EXPECT_EQ(active.Get(), nullptr); }

TEST_F(ActiveTest, TheLatestCounts) {
  active.Set(MakeTable(1));
  active.Set(MakeTable(2));
  EXPECT_EQ(active.Get()->Generation(), 2u);
}

TEST_F(ActiveTest, WakesAllWhoWaitAndNobodyWhoHasLeft) {
  base::Wake a(loop);
  base::Wake b(loop);
  Start(a);
  Start(b);
  active.Await(a);
  EXPECT_FALSE(active.Full());
  active.Await(b);
  EXPECT_TRUE(active.Full());
  active.Forget(b);
  EXPECT_FALSE(active.Full());
  active.Set(MakeTable(1));
  loop.restart();
  loop.poll();
  EXPECT_EQ(woken, 1);
  b.Notify();
  loop.restart();
  loop.poll();
  EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace spikard::route
