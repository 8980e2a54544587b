#include "stage/hold.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;
using std::chrono::milliseconds;

struct HoldTest : testing::Test {
  void Hold(Call& call, milliseconds timeout = milliseconds(60'000)) {
    call.Start(loop, [this, timeout](http::Exchange& x) -> base::Task<void> {
      const Verdict verdict = co_await HoldForTable(x, loop, active, timeout);
      went_on += verdict == Verdict::kGoOn ? 1 : 0;
    });
  }

  Call first;
  Call second;
  Call third;
  base::Loop loop{1};
  route::Active active{2};
  int went_on = 0;
};

TEST_F(HoldTest, WaitsForTheFirstTable) {
  Hold(first);
  Hold(second);
  EXPECT_FALSE(first.done);
  active.Set(fake::TableOf({}));
  Call::Turn(loop);
  EXPECT_EQ(went_on, 2);
  EXPECT_EQ(second.x.table, active.Get());
}

TEST_F(HoldTest, GivesUpInTime) {
  Hold(first, milliseconds(50));
  loop.restart();
  loop.run_for(milliseconds(30'000));
  ASSERT_TRUE(first.done);
  EXPECT_EQ(went_on, 0);
  EXPECT_EQ(first.x.response.status, 503);
  EXPECT_EQ(first.Field("retry-after"), "1");
  Hold(second);
  Hold(third);
  EXPECT_FALSE(third.done) << "its place is free again";
  active.Set(fake::TableOf({}));
  Call::Turn(loop);
}

TEST_F(HoldTest, RefusesMoreThanMayWait) {
  Hold(first);
  Hold(second);
  Hold(third);
  EXPECT_FALSE(second.done);
  ASSERT_TRUE(third.done);
  EXPECT_EQ(third.x.response.status, 503);
  EXPECT_EQ(third.Field("retry-after"), "1");
  active.Set(fake::TableOf({}));
  Call::Turn(loop);
  EXPECT_EQ(went_on, 2);
}

}  // namespace
}  // namespace spikard::stage
