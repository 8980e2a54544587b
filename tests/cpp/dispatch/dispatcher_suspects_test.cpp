// Those that ran as their worker died run again alone.
#include "dispatcher_fixture.hpp"

namespace spikard::dispatch {
namespace {

struct DispatcherSuspects : DispatcherTest {
  // 1 has run on worker 7, which has died of it; 2 is with worker 8.
  DispatcherSuspects() {
    On(WorkerReady{7, 1, 4});
    On(WorkerReady{8, 1, 4});
    Submit(1);
    Submit(2);
    EXPECT_EQ(On(LastWords{7, {}, {}, {1}}), Texts{}) << "8 is not empty";
    On(WorkerLost{7});
  }
};

TEST_F(DispatcherSuspects, WaitForTheWorkerThatReplacesTheDeadOne) {
  EXPECT_EQ(On(WorkerReady{9, 1, 4}), Texts{"offer 1 to 9.0 again 1 alone"});
  EXPECT_EQ(Submit(3), Texts{"offer 3 to 8.1"});
  EXPECT_EQ(Submit(4), Texts{"offer 4 to 8.2"}) << "though 9 is less busy";
  EXPECT_EQ(On(Ended{9, 1, 0}), Texts{"deliver 1"});
  EXPECT_EQ(Submit(5), Texts{"offer 5 to 9.0"});
}

TEST_F(DispatcherSuspects, OrForAnotherOneToBeEmpty) {
  EXPECT_EQ(Submit(3), Texts{"offer 3 to 8.1"}) << "who came later need not wait";
  EXPECT_EQ(On(Ended{8, 2, 0}), Texts{"deliver 2"});
  EXPECT_EQ(On(Ended{8, 3, 1}), (Texts{"deliver 3", "offer 1 to 8.1 again 1 alone"}));
  EXPECT_EQ(Submit(4), Texts{}) << "there is no other worker";
  EXPECT_EQ(On(Ended{8, 1, 1}), (Texts{"deliver 1", "offer 4 to 8.1"}));
}

TEST_F(DispatcherSuspects, AreNotAloneForEver) {
  On(WorkerReady{9, 1, 4});
  On(WorkerLost{8});
  EXPECT_EQ(Submit(3), Texts{});
  now += milliseconds(999);
  EXPECT_EQ(On(Tick{}), Texts{});
  now += milliseconds(1);
  EXPECT_EQ(On(Tick{}), (Texts{"offer 2 to 9.1 again 1", "offer 3 to 9.2"}));
}

TEST_F(DispatcherSuspects, DoNotWaitForEver) {
  now += milliseconds(999);
  EXPECT_EQ(On(Tick{}), Texts{});
  now += milliseconds(1);
  EXPECT_EQ(On(Tick{}), Texts{"offer 1 to 8.1 again 1"});
}

TEST_F(DispatcherSuspects, DoNotFailForLackOfRoomInTheQueue) {
  On(WorkerReady{9, 1, 1});
  Submit(3, true, 1, 60);
  On(WorkerReady{10, 1, 1});
  for (ExchangeId id = 4; id <= 6; ++id) Submit(id, true, 2, 20);
  EXPECT_EQ(dispatcher.Queued(), 3u);
  EXPECT_EQ(On(LastWords{9, {}, {}, {1}}), Texts{"offer 1 to 10.0 again 2 alone"});
  On(WorkerLost{9});
  EXPECT_EQ(On(LastWords{10, {}, {}, {1}}), Texts{"fail 1 worker lost"}) << "three workers are enough";
  EXPECT_EQ(On(LastWords{8, {}, {}, {2, 3}}), (Texts{"fail 2 queue full", "fail 3 queue full"}));
}

TEST_F(DispatcherSuspects, GoAmongOthersRatherThanNowhere) {
  for (ExchangeId id = 3; id <= 4; ++id) Submit(id, true, 2, 20);
  EXPECT_EQ(dispatcher.Queued(), 3u);
  On(WorkerReady{9, 1, 4});
  On(WorkerReady{10, 1, 4});
  Submit(5, true, 2, 20);
  Submit(6);
  EXPECT_EQ(On(LastWords{9, {}, {}, {1}}), Texts{"offer 1 to 8.1 again 2"});
}

TEST_F(DispatcherSuspects, LeaveAWorkerThatFallsSilent) {
  On(WorkerReady{9, 1, 4});
  On(WorkerReady{10, 1, 4});
  EXPECT_EQ(On(WorkerSilent{9}), Texts{"take 1 from 9.0"});
  EXPECT_EQ(On(TakenBack{9, 1, 0}), Texts{"offer 1 to 10.0 again 2 alone"});
  EXPECT_EQ(On(Returned{9, 1, 0}), Texts{});
}

}  // namespace
}  // namespace spikard::dispatch
