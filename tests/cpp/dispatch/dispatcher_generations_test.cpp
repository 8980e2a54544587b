// What becomes of exchanges whose generation has gone.
#include "dispatcher_fixture.hpp"

namespace spikard::dispatch {
namespace {

TEST_F(DispatcherTest, WhatWaitsForAGenerationThatIsGoneIsMatchedAgain) {
  On(Activated{1});
  On(WorkerReady{7, 1, 1});
  Submit(1, false);
  Submit(2, false);
  EXPECT_EQ(On(Activated{2}), Texts{}) << "its generation has a worker";
  EXPECT_EQ(On(WorkerDraining{7}), Texts{"rematch 2"});
  EXPECT_EQ(On(Ended{7, 1, 0}), Texts{"deliver 1"}) << "what was begun is finished";
  EXPECT_EQ(Submit(3), Texts{"rematch 3"}) << "matched before the other became active";
  EXPECT_EQ(Submit(4, true, 2), Texts{}) << "the active one's worker may come back";
  EXPECT_EQ(dispatcher.Queued(), 1u);
}

TEST_F(DispatcherTest, WhatALostWorkerHadIsMatchedAgainIfItMayBeRepeated) {
  On(Activated{1});
  On(WorkerReady{7, 1, 2});
  Submit(1, true);
  Submit(2, false);
  Submit(3, true);
  On(Activated{2});
  EXPECT_EQ(On(WorkerLost{7}), (Texts{"rematch 3", "rematch 1 after 1", "fail 2 worker lost"}));
  EXPECT_EQ(dispatcher.InFlight() + dispatcher.Queued(), 0u);
}

TEST_F(DispatcherTest, WhatWasNeverBegunIsMatchedAgain) {
  On(Activated{1});
  On(WorkerReady{7, 1, 2});
  Submit(1, false);
  Submit(2, false);
  On(Activated{2});
  On(WorkerDraining{7});
  EXPECT_EQ(On(Returned{7, 1, 0}), Texts{"rematch 1 after 1"});
  EXPECT_EQ(On(WorkerLeft{7}), Texts{"rematch 2 after 1"});
  On(WorkerReady{8, 2, 1});
  EXPECT_EQ(On(Submitted{3, 2, false, 1, 1}), Texts{"offer 3 to 8.0 again 1"});
}

}  // namespace
}  // namespace spikard::dispatch
