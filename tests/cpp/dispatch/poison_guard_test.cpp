#include "dispatch/poison_guard.hpp"

#include <gtest/gtest.h>

#include <set>

namespace spikard::dispatch {
namespace {

using std::chrono::seconds;

struct PoisonGuardTest : testing::Test {
  PoisonGuard guard;
  PoisonGuard::TimePoint now{seconds(1'000'000)};
};

TEST_F(PoisonGuardTest, TwoDeathsAreEnough) {
  EXPECT_TRUE(guard.Idle());
  EXPECT_FALSE(guard.Blame(now, 1));
  EXPECT_FALSE(guard.Idle());
  EXPECT_FALSE(guard.IsPoison(now, 1));
  EXPECT_FALSE(guard.Blame(now, 2));
  EXPECT_TRUE(guard.Blame(now + seconds(300), 1));
  EXPECT_TRUE(guard.IsPoison(now + seconds(359), 1));
  EXPECT_FALSE(guard.IsPoison(now + seconds(359), 2));
  EXPECT_FALSE(guard.IsPoison(now + seconds(360), 1)) << "a minute later it may try again";
  EXPECT_FALSE(guard.Blame(now + seconds(361), 1)) << "from the beginning";
}

TEST_F(PoisonGuardTest, AnAnswerClears) {
  guard.Blame(now, 1);
  guard.Absolve(1);
  EXPECT_TRUE(guard.Idle());
  EXPECT_FALSE(guard.Blame(now, 1));
}

TEST_F(PoisonGuardTest, ForgetsAfterAnHourAndKeepsFew) {
  guard.Blame(now, 1);
  EXPECT_FALSE(guard.Blame(now + seconds(3'600), 1));
  for (PoisonGuard::Print print = 10; print < 10'000; ++print) guard.Blame(now, print);
  size_t kept = 0;
  for (PoisonGuard::Print print = 10; print < 10'000; ++print) kept += guard.Blame(now, print) ? 1 : 0;
  EXPECT_LE(kept, PoisonGuard::kMaxMarks);
}

TEST_F(PoisonGuardTest, PrintsTellRequestsApart) {
  std::set<PoisonGuard::Print> prints;
  for (const uint64_t generation : {1u, 2u}) {
    for (const char* method : {"GET", "POST"}) {
      for (const char* target : {"/", "/?a=1", "/b"}) {
        for (const char* body : {"", "x"}) prints.insert(guard.PrintOf(generation, method, target, body));
      }
    }
  }
  EXPECT_EQ(prints.size(), 24u);
  EXPECT_EQ(guard.PrintOf(1, "GET", "/", "x"), guard.PrintOf(1, "GET", "/", "x"));
  EXPECT_NE(PoisonGuard().PrintOf(1, "GET", "/", "x"), guard.PrintOf(1, "GET", "/", "x"));
}

}  // namespace
}  // namespace spikard::dispatch
