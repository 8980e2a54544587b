#include "base/wake.hpp"

#include <gtest/gtest.h>

namespace spikard::base {
namespace {

struct WakeTest : testing::Test {
  void Start() {
    Spawn([this]() -> Task<void> {
      for (;;) {
        co_await wake.Wait();
        ++woken;
      }
    });
    loop.poll();
  }

  Loop loop{1};
  Wake wake{loop};
  int woken = 0;
};

TEST_F(WakeTest, WaitsUntilItIsNotified) {
  Start();
  EXPECT_EQ(woken, 0);
  wake.Notify();
  EXPECT_EQ(woken, 0) << "never from inside Notify";
  loop.restart();
  loop.poll();
  EXPECT_EQ(woken, 1);
}

TEST_F(WakeTest, ReturnsAtOnceIfItWasNotifiedBefore) {
  wake.Notify();
  Start();
  EXPECT_EQ(woken, 1);
}

TEST_F(WakeTest, CountsSeveralNotificationsAsOne) {
  wake.Notify();
  wake.Notify();
  Start();
  EXPECT_EQ(woken, 1);
  wake.Notify();
  wake.Notify();
  loop.restart();
  loop.poll();
  EXPECT_EQ(woken, 2);
}

TEST_F(WakeTest, CanBeUsedAgainAndAgain) {
  Start();
  for (int round = 1; round <= 100; ++round) {
    wake.Notify();
    loop.restart();
    loop.poll();
    ASSERT_EQ(woken, round);
  }
}

TEST_F(WakeTest, FreesAWaiterThatIsNeverWoken) { Start(); }

}  // namespace
}  // namespace spikard::base
