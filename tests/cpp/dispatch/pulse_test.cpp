#include "dispatch/pulse.hpp"

#include <gtest/gtest.h>

namespace spikard::dispatch {
namespace {

using std::chrono::milliseconds;

struct PulseTest : testing::Test {
  bool Look(int ms, uint64_t tick, bool late = false, bool debugged = false) {
    return pulse.Look(start + milliseconds(ms), tick, late, debugged);
  }
  const Pulse::TimePoint start{std::chrono::hours(5)};
  Pulse pulse;
};

TEST_F(PulseTest, FallsSilentAfterAWhileAndIsHeardAgain) {
  EXPECT_FALSE(Look(0, 0)) << "the first look proves nothing";
  EXPECT_FALSE(Look(799, 0));
  EXPECT_FALSE(pulse.Silent());
  EXPECT_TRUE(Look(800, 0));
  EXPECT_TRUE(pulse.Silent());
  EXPECT_FALSE(Look(2'000, 0)) << "told once";
  EXPECT_TRUE(Look(2'200, 1));
  EXPECT_FALSE(pulse.Silent());
  EXPECT_FALSE(Look(2'999, 1));
  EXPECT_TRUE(Look(3'000, 1));
}

TEST_F(PulseTest, ALateLookProvesNothing) {
  Look(0, 1);
  EXPECT_FALSE(Look(900, 1, true));
  EXPECT_FALSE(Look(1'600, 1));
  EXPECT_TRUE(Look(1'700, 1));
  EXPECT_FALSE(Look(2'000, 1, true)) << "nor that it is heard again";
  EXPECT_TRUE(pulse.Silent());
  EXPECT_TRUE(Look(2'300, 2, true));
}

TEST_F(PulseTest, WhoIsDebuggedIsNotSilent) {
  Look(0, 1);
  EXPECT_FALSE(Look(900, 1, false, true));
  EXPECT_FALSE(Look(1'600, 1));
  EXPECT_TRUE(Look(1'700, 1));
  EXPECT_TRUE(Look(1'800, 1, false, true)) << "a debugger has come";
}

}  // namespace
}  // namespace spikard::dispatch
