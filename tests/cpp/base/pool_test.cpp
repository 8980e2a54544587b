#include "base/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace spikard::base {
namespace {

struct PoolTest : testing::Test {
  Loop loop{1};
  Pool pool{loop, 3};
};

TEST_F(PoolTest, GoesOnOnTheLoop) {
  const std::thread::id here = std::this_thread::get_id();
  std::thread::id worked;
  std::thread::id went_on;
  Spawn([&]() -> Task<void> {
    co_await pool.Run([&] { worked = std::this_thread::get_id(); });
    went_on = std::this_thread::get_id();
  });
  EXPECT_EQ(went_on, std::thread::id());
  loop.run();
  EXPECT_NE(worked, std::thread::id());
  EXPECT_NE(worked, here);
  EXPECT_EQ(went_on, here);
}

TEST_F(PoolTest, ALoopEndsWhenNobodyWaits) {
  loop.run();
  for (int i = 0; i < 3; ++i) {
    bool ended = false;
    Spawn([&]() -> Task<void> {
      co_await pool.Run([] {});
      co_await pool.Run([] {});
      ended = true;
    });
    loop.restart();
    loop.run();
    EXPECT_TRUE(ended);
  }
}

TEST_F(PoolTest, EachIsDoneOnce) {
  constexpr int kWaiters = 100;
  constexpr int kRounds = 100;
  std::atomic<int> done = 0;
  std::atomic<int> posted = 0;
  int went_on = 0;
  for (int i = 0; i < kWaiters; ++i) {
    Spawn([&]() -> Task<void> {
      for (int round = 0; round < kRounds; ++round) {
        co_await pool.Run([&] { ++done; });
        ++went_on;
        pool.Post([&] { ++posted; });
      }
    });
  }
  loop.run();
  EXPECT_EQ(done, kWaiters * kRounds);
  EXPECT_EQ(went_on, kWaiters * kRounds);
  pool.Join();
  EXPECT_EQ(posted, kWaiters * kRounds);
}

TEST_F(PoolTest, TheFirstIsDoneFirst) {
  Pool one(loop, 1);
  std::string order;
  std::string went_on;
  for (const char name : {'a', 'b', 'c', 'd'}) {
    Spawn([&, name]() -> Task<void> {
      co_await one.Run([&] { order += name; });
      went_on += name;
    });
  }
  loop.run();
  EXPECT_EQ(order, "abcd");
  EXPECT_EQ(went_on, "abcd");
}

TEST_F(PoolTest, WhatIsThrownIsThrownToWhoWaits) {
  std::string caught;
  Spawn([&]() -> Task<void> {
    try {
      co_await pool.Run([] { throw std::runtime_error("there"); });
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  });
  loop.run();
  EXPECT_EQ(caught, "there");
}

TEST_F(PoolTest, JoinWaitsAndDropsWhoWaits) {
  struct Told {
    ~Told() { at_end = true; }
    bool& at_end;
  };
  bool worked = false;
  bool ended = false;
  bool went_on = false;
  Spawn([&]() -> Task<void> {
    const Told told{ended};
    co_await pool.Run([&] { worked = true; });
    went_on = true;
  });
  pool.Join();
  EXPECT_TRUE(worked);
  EXPECT_TRUE(ended);
  EXPECT_FALSE(went_on);
  bool posted = false;
  pool.Post([&] { posted = true; });
  EXPECT_TRUE(posted) << "at once";
  Spawn([&]() -> Task<void> {
    co_await pool.Run([] {});
    went_on = true;
  });
  EXPECT_TRUE(went_on) << "at once";
}

TEST(Pool, MayOutliveItsLoop) {
  auto loop = std::make_unique<Loop>(1);
  Pool pool(*loop, 1);
  Spawn([&]() -> Task<void> { co_await pool.Run([] {}); });
  pool.Join();
  loop.reset();
}

}  // namespace
}  // namespace spikard::base
