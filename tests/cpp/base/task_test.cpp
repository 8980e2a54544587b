#include "base/task.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/operation.hpp"
#include "base/wake.hpp"

namespace spikard::base {
namespace {

struct TaskTest : testing::Test {
  Task<int> Later(int value) {
    co_await wake.Wait();
    co_return value;
  }
  Task<int> Sum() {
    const int first = co_await Later(1);
    const int second = co_await Later(2);
    co_return first + second;
  }
  void Turn() {
    loop.restart();
    loop.poll();
  }

  Loop loop{1};
  Wake wake{loop};
  std::vector<std::string> said;
};

TEST_F(TaskTest, RunsAtOnceUntilItWaits) {
  Spawn([this]() -> Task<void> {
    said.push_back("before");
    co_await wake.Wait();
    said.push_back("after");
  });
  EXPECT_EQ(said, (std::vector<std::string>{"before"}));
  wake.Notify();
  Turn();
  EXPECT_EQ(said, (std::vector<std::string>{"before", "after"}));
}

TEST_F(TaskTest, GivesItsResultToWhoWaitsForIt) {
  int sum = 0;
  Spawn([this, &sum]() -> Task<void> { sum = co_await Sum(); });
  wake.Notify();
  Turn();
  EXPECT_EQ(sum, 0);
  wake.Notify();
  Turn();
  EXPECT_EQ(sum, 3);
}

TEST_F(TaskTest, ThatNeverWaitsIsACall) {
  std::unique_ptr<int> result;
  const auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  Spawn([&]() -> Task<void> {
    for (int i = 0; i < 100'000; ++i) result = co_await make();
  });
  EXPECT_EQ(*result, 7);
}

TEST_F(TaskTest, PassesOnWhatItThrows) {
  const auto fail = [this](bool late) -> Task<void> {
    if (late) co_await wake.Wait();
    throw std::runtime_error("broken");
  };
  Spawn([&]() -> Task<void> {
    for (const bool late : {false, true}) {
      try {
        co_await fail(late);
      } catch (const std::runtime_error& error) {
        said.emplace_back(error.what());
      }
    }
    co_await fail(false);
    said.emplace_back("unreachable");
  });
  wake.Notify();
  Turn();
  EXPECT_EQ(said, (std::vector<std::string>{"broken", "broken"})) << "and what nobody catches ends it alone";
}

TEST_F(TaskTest, IsFreedWithAllThatWaitForItByWhoWouldHaveWokenIt) {
  const auto alive = std::make_shared<int>();
  const auto inner = [](std::shared_ptr<int>, Wake& forever) -> Task<void> { co_await forever.Wait(); };
  {
    Wake forever(loop);
    Spawn([&, held = alive]() -> Task<void> { co_await inner(held, forever); });
    EXPECT_EQ(alive.use_count(), 3) << "the test's, the lambda's, the parameter";
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(TaskTest, OperationsGiveTheirErrorsAsValues) {
  Timer timer(loop, std::chrono::hours(1));
  ErrorCode why;
  Spawn([&]() -> Task<void> {
    auto [error] = co_await timer.async_wait(kUseTuple);
    why = error;
    co_await boost::asio::post(loop, kUseTuple);
    said.emplace_back("posted");
  });
  Turn();
  EXPECT_FALSE(why);
  timer.cancel();
  Turn();
  EXPECT_EQ(why, boost::asio::error::operation_aborted);
  EXPECT_EQ(said, (std::vector<std::string>{"posted"}));
}

TEST(Operation, EndsWithTheLoopThatItWaitsOn) {
  const auto alive = std::make_shared<int>();
  {
    Loop loop{1};
    Timer timer(loop, std::chrono::hours(1));
    Spawn([&timer, held = alive]() -> Task<void> { co_await timer.async_wait(kUseTuple); });
    loop.poll();
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Frames, AreUsedAgain) {
  void* first = Frames::Take(100);
  Frames::Give(first, 100);
#ifndef __SANITIZE_ADDRESS__
  void* second = Frames::Take(120);
  EXPECT_EQ(second, first) << "of about the same size";
  Frames::Give(second, 120);
#endif
  void* large = Frames::Take(100'000);
  EXPECT_NE(large, first);
  Frames::Give(large, 100'000);
}

}  // namespace
}  // namespace spikard::base
