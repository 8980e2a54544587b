// Which worker does which exchange.
#include <algorithm>

#include "dispatcher_fixture.hpp"

namespace spikard::dispatch {
namespace {

TEST_F(DispatcherTest, OffersAtOnceIfThereIsASlot) {
  EXPECT_EQ(On(WorkerReady{7, 1, 2}), Texts{});
  EXPECT_EQ(Submit(1), Texts{"offer 1 to 7.0"});
  EXPECT_EQ(Submit(2), Texts{"offer 2 to 7.1"});
  EXPECT_EQ(Submit(3), Texts{});
  EXPECT_EQ(dispatcher.InFlight(), 2u);
  EXPECT_EQ(dispatcher.Queued(), 1u);
  EXPECT_EQ(dispatcher.Busy(7), 2u);
  EXPECT_EQ(dispatcher.Busy(8), 0u);
}

TEST_F(DispatcherTest, OffersInTheOrderOfComing) {
  for (ExchangeId id = 1; id <= 3; ++id) EXPECT_EQ(Submit(id), Texts{});
  EXPECT_EQ(On(WorkerReady{7, 1, 2}), (Texts{"offer 1 to 7.0", "offer 2 to 7.1"}));
  EXPECT_EQ(On(Ended{7, 2, 1}), (Texts{"deliver 2", "offer 3 to 7.1"}));
  EXPECT_EQ(On(Ended{7, 3, 1}), Texts{"deliver 3"});
  EXPECT_EQ(On(Ended{7, 1, 0}), Texts{"deliver 1"});
  EXPECT_EQ(dispatcher.InFlight(), 0u);
}

TEST_F(DispatcherTest, SpreadsOverWorkersByTheirExchanges) {
  On(WorkerReady{7, 1, 4});
  On(WorkerReady{8, 1, 2});
  EXPECT_EQ(Submit(1), Texts{"offer 1 to 7.0"});
  EXPECT_EQ(Submit(2), Texts{"offer 2 to 8.0"});
  EXPECT_EQ(Submit(3), Texts{"offer 3 to 7.1"});
  EXPECT_EQ(Submit(4), Texts{"offer 4 to 8.1"});
  EXPECT_EQ(Submit(5), Texts{"offer 5 to 7.2"});
}

TEST_F(DispatcherTest, RefusesWhatTheQueueCannotHold) {
  for (ExchangeId id = 1; id <= 3; ++id) Submit(id);
  EXPECT_EQ(Submit(4), Texts{"fail 4 queue full"});
  EXPECT_EQ(dispatcher.Queued(), 3u);
}

TEST_F(DispatcherTest, RefusesMoreBytesThanTheQueueCanHold) {
  EXPECT_EQ(Submit(1, true, 1, 60), Texts{});
  EXPECT_EQ(Submit(2, true, 1, 41), Texts{"fail 2 queue full"});
  EXPECT_EQ(Submit(3, true, 1, 40), Texts{});
  On(WorkerReady{7, 1, 1});
  EXPECT_EQ(Submit(4, true, 1, 60), Texts{}) << "what was handed out costs nothing any more";
}

TEST_F(DispatcherTest, GivesUpWhatWaitsTooLong) {
  Submit(1);
  now += milliseconds(500);
  Submit(2, true, 2);
  now += milliseconds(499);
  EXPECT_EQ(On(Tick{}), Texts{});
  now += milliseconds(1);
  EXPECT_EQ(On(Tick{}), Texts{"fail 1 no worker"});
  now += milliseconds(500);
  EXPECT_EQ(On(Tick{}), Texts{"fail 2 no worker"});
  EXPECT_EQ(dispatcher.Queued(), 0u);
}

TEST_F(DispatcherTest, ATickLeavesAloneWhatIsBegun) {
  On(WorkerReady{7, 1, 1});
  Submit(1);
  now += milliseconds(100'000);
  EXPECT_EQ(On(Tick{}), Texts{});
}

TEST_F(DispatcherTest, KeepsGenerationsApart) {
  On(WorkerReady{7, 1, 1});
  EXPECT_EQ(Submit(1, true, 2), Texts{});
  EXPECT_EQ(Submit(2, true, 1), Texts{"offer 2 to 7.0"});
  EXPECT_EQ(Submit(3, true, 1), Texts{});
  EXPECT_EQ(On(WorkerReady{8, 2, 2}), Texts{"offer 1 to 8.0"});
  EXPECT_EQ(On(Ended{7, 2, 0}), (Texts{"deliver 2", "offer 3 to 7.0"}));
  EXPECT_TRUE(dispatcher.HasWorker(1));
  EXPECT_FALSE(dispatcher.HasWorker(3));
}

TEST_F(DispatcherTest, GivesNothingToAWorkerThatDrains) {
  On(WorkerReady{7, 1, 2});
  Submit(1);
  EXPECT_EQ(On(WorkerDraining{7}), Texts{});
  EXPECT_FALSE(dispatcher.HasWorker(1));
  EXPECT_EQ(Submit(2), Texts{});
  EXPECT_EQ(On(Ended{7, 1, 0}), Texts{"deliver 1"});
  EXPECT_EQ(On(WorkerReady{8, 1, 1}), Texts{"offer 2 to 8.0"});
}

TEST_F(DispatcherTest, RepeatsWhatALostWorkerHadIfItMay) {
  On(WorkerReady{7, 1, 2});
  Submit(1, true);
  Submit(2, false);
  EXPECT_EQ(On(WorkerLost{7}), Texts{"fail 2 worker lost"});
  EXPECT_EQ(On(WorkerReady{8, 1, 1}), Texts{"offer 1 to 8.0 again 1"});
}

TEST_F(DispatcherTest, RepeatsAtOnceWhereASlotIsFreeEvenIfTheQueueIsFull) {
  On(WorkerReady{7, 1, 2});
  Submit(1);
  On(WorkerReady{8, 1, 1});
  Submit(2);
  Submit(3);
  for (ExchangeId id = 4; id <= 6; ++id) Submit(id);
  EXPECT_EQ(On(WorkerLost{8}), Texts{"fail 2 queue full"});
  EXPECT_EQ(On(Ended{7, 1, 0}), (Texts{"deliver 1", "offer 4 to 7.0"}));

  Dispatcher other{{milliseconds(1'000), 1, 100}};
  std::vector<Action> actions;
  other.On(now, WorkerReady{1, 1, 2}, actions);
  other.On(now, Submitted{1, 1, true, 1}, actions);
  other.On(now, Submitted{2, 1, true, 1}, actions);
  other.On(now, WorkerReady{2, 1, 2}, actions);
  actions.clear();
  other.On(now, WorkerLost{1}, actions);
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(Text(actions[0]), "offer 1 to 2.0 again 1");
  EXPECT_EQ(Text(actions[1]), "offer 2 to 2.1 again 1");
}

TEST_F(DispatcherTest, RepeatsNotForEver) {
  On(WorkerReady{1, 1, 1});
  EXPECT_EQ(Submit(1), Texts{"offer 1 to 1.0"});
  EXPECT_EQ(On(WorkerLost{1}), Texts{});
  EXPECT_EQ(On(WorkerReady{2, 1, 1}), Texts{"offer 1 to 2.0 again 1"});
  EXPECT_EQ(On(WorkerLost{2}), Texts{});
  EXPECT_EQ(On(WorkerReady{3, 1, 1}), Texts{"offer 1 to 3.0 again 2"});
  EXPECT_EQ(On(WorkerLost{3}), Texts{"fail 1 worker lost"});
}

TEST_F(DispatcherTest, RepeatsRatherWhereWorkersWereThereBefore) {
  On(WorkerReady{1, 1, 3});
  On(WorkerReady{2, 1, 3});
  EXPECT_EQ(Submit(1), Texts{"offer 1 to 1.0"});
  EXPECT_EQ(Submit(2), Texts{"offer 2 to 2.0"});
  EXPECT_EQ(Submit(3), Texts{"offer 3 to 1.1"});
  On(WorkerReady{3, 1, 3});
  EXPECT_EQ(On(WorkerLost{2}), Texts{"offer 2 to 1.2 again 1"});
  On(WorkerReady{4, 1, 3});
  // Nobody is left who was there.
  EXPECT_EQ(On(WorkerLost{1}), (Texts{"offer 1 to 3.0 again 1", "offer 3 to 4.0 again 1", "offer 2 to 3.1 again 2"}));
}

TEST_F(DispatcherTest, GoodbyePromisesThatNothingWasBegun) {
  On(WorkerReady{7, 1, 2});
  Submit(1, false);
  EXPECT_EQ(On(WorkerLeft{7}), Texts{});
  EXPECT_EQ(On(WorkerReady{8, 1, 2}), Texts{"offer 1 to 8.0 again 1"});
}

TEST_F(DispatcherTest, OffersAReturnedOneToAnotherWorker) {
  On(WorkerReady{7, 1, 2});
  Submit(1, false);
  On(WorkerReady{8, 1, 1});
  EXPECT_EQ(On(Returned{7, 1, 0}), Texts{"offer 1 to 8.0 again 1"});
  EXPECT_EQ(On(Returned{8, 1, 0}), Texts{"offer 1 to 7.0 again 2"});
}

TEST_F(DispatcherTest, OffersAReturnedOneBehindWhatWaits) {
  On(WorkerReady{7, 1, 1});
  Submit(1, false);
  Submit(2, false);
  EXPECT_EQ(On(Returned{7, 1, 0}), Texts{"offer 2 to 7.0"});
  EXPECT_EQ(On(Ended{7, 2, 0}), (Texts{"deliver 2", "offer 1 to 7.0 again 1"}));
}

TEST_F(DispatcherTest, AReturnedOneIsOfferedNotForEver) {
  On(WorkerReady{7, 1, 1});
  Submit(1, false);
  int offers = 1;
  Texts texts = On(Returned{7, 1, 0});
  for (; texts[0].starts_with("offer"); ++offers) texts = On(Returned{7, 1, 0});
  EXPECT_EQ(texts, Texts{"fail 1 no worker"});
  EXPECT_EQ(offers, 100);
}

TEST_F(DispatcherTest, FailsWhatIsTooLarge) {
  On(WorkerReady{7, 1, 1});
  Submit(1);
  Submit(2);
  EXPECT_EQ(On(Unsendable{7, 1, 0}), (Texts{"fail 1 too large", "offer 2 to 7.0"}));
}

TEST_F(DispatcherTest, DistrustsWhoeverSpeaksOfWhatItDoesNotHave) {
  On(WorkerReady{7, 1, 2});
  On(WorkerReady{8, 1, 2});
  Submit(1);
  Submit(2);
  const Event bad[] = {Ended{7, 2, 0},    Ended{7, 1, 1},      Ended{7, 1, 2},
                       Ended{7, 0, 1},    Ended{7, 9, 0},      Returned{7, 2, 0},
                       Returned{7, 1, 9}, Unsendable{7, 2, 0}, Ended{7, 1, 0xffffffff}};
  for (const Event& event : bad) EXPECT_EQ(On(event), Texts{"distrust 7"});
  EXPECT_EQ(On(Ended{9, 1, 0}), Texts{"distrust 9"});
  EXPECT_EQ(On(Ended{7, 1, 0}), Texts{"deliver 1"}) << "nothing has changed";
  EXPECT_EQ(On(Ended{7, 1, 0}), Texts{"distrust 7"}) << "it is over";
}

TEST_F(DispatcherTest, KnowsNothingOfWorkersThatWereNeverReady) {
  EXPECT_EQ(On(WorkerLost{7}), Texts{});
  EXPECT_EQ(On(WorkerLeft{7}), Texts{});
  EXPECT_EQ(On(WorkerDraining{7}), Texts{});
}

TEST_F(DispatcherTest, EndsAllWhenItIsAbandoned) {
  On(WorkerReady{7, 1, 1});
  Submit(1);
  Submit(2);
  Texts texts = On(Abandoned{});
  std::sort(texts.begin(), texts.end());
  EXPECT_EQ(texts, (Texts{"fail 1 worker lost", "fail 2 stopping"}));
  EXPECT_EQ(Submit(3), Texts{"fail 3 stopping"});
  EXPECT_EQ(dispatcher.Queued() + dispatcher.InFlight(), 0u);
}

TEST_F(DispatcherTest, IsReadyWithAWorkerAndRoom) {
  EXPECT_FALSE(dispatcher.Ready(1));
  On(WorkerReady{7, 1, 1});
  EXPECT_TRUE(dispatcher.Ready(1));
  EXPECT_FALSE(dispatcher.Ready(2));
  for (ExchangeId id = 1; id <= 3; ++id) Submit(id);
  EXPECT_TRUE(dispatcher.Ready(1));
  Submit(4);
  EXPECT_FALSE(dispatcher.Ready(1)) << "the queue is full";
  On(Ended{7, 1, 0});
  EXPECT_TRUE(dispatcher.Ready(1));
  On(WorkerDraining{7});
  EXPECT_FALSE(dispatcher.Ready(1));
}

TEST_F(DispatcherTest, AResponseInPartsIsOneThatNeverRunsAgain) {
  On(WorkerReady{7, 1, 2});
  On(WorkerReady{8, 1, 2});
  Submit(1);
  EXPECT_EQ(On(Said{7, 1, 0, Part::kHead}), Texts{"pass 1"});
  EXPECT_EQ(On(Said{7, 1, 0, Part::kChunk}), Texts{"pass 1"});
  EXPECT_EQ(On(Ended{7, 1, 0, Ending::kStream}), Texts{"deliver 1"});
  EXPECT_EQ(dispatcher.InFlight(), 0u);
  Submit(2);
  On(Said{7, 2, 0, Part::kHead});
  EXPECT_EQ(On(WorkerLost{7}), Texts{"fail 2 worker lost"});
  Submit(3);
  On(Said{8, 3, 0, Part::kHead});
  EXPECT_EQ(On(WorkerLeft{8}), Texts{"fail 3 worker lost"});
}

TEST_F(DispatcherTest, PartsOutOfTurnAreViolations) {
  const Texts distrust{"distrust 7"};
  On(WorkerReady{7, 1, 2});
  Submit(1);
  EXPECT_EQ(On(Said{7, 1, 0, Part::kChunk}), distrust) << "before its head";
  EXPECT_EQ(On(Ended{7, 1, 0, Ending::kStream}), distrust);
  EXPECT_EQ(On(Said{7, 1, 1, Part::kHead}), distrust) << "in another slot";
  On(Said{7, 1, 0, Part::kHead});
  EXPECT_EQ(On(Said{7, 1, 0, Part::kHead}), distrust) << "twice";
  EXPECT_EQ(On(Ended{7, 1, 0, Ending::kWhole}), distrust);
  EXPECT_EQ(On(Returned{7, 1, 0}), distrust);
  EXPECT_EQ(On(Ended{7, 1, 0, Ending::kProblem}), Texts{"deliver 1"});
}

TEST_F(DispatcherTest, ACancelledExchangeKeepsItsSlotUntilItsWorkersLastWord) {
  On(WorkerReady{7, 1, 1});
  Submit(1);
  Submit(2);
  EXPECT_EQ(On(Cancelled{1}), Texts{"revoke 1 at 7.0"});
  EXPECT_EQ(On(Cancelled{1}), Texts{}) << "twice";
  EXPECT_EQ(On(Said{7, 1, 0, Part::kHead}), Texts{});
  EXPECT_EQ(dispatcher.Busy(7), 1u);
  EXPECT_EQ(On(Returned{7, 1, 0}), Texts{"offer 2 to 7.0"});
  On(Said{7, 2, 0, Part::kHead});
  EXPECT_EQ(On(Cancelled{2}), Texts{"revoke 2 at 7.0"});
  EXPECT_EQ(On(Ended{7, 2, 0, Ending::kStream}), Texts{});
  EXPECT_EQ(dispatcher.InFlight(), 0u);
  EXPECT_EQ(dispatcher.Busy(7), 0u);
}

TEST_F(DispatcherTest, ACancelledExchangeLeavesTheQueue) {
  Submit(1);
  Submit(2);
  EXPECT_EQ(On(Cancelled{1}), Texts{});
  EXPECT_EQ(dispatcher.Queued(), 1u);
  EXPECT_EQ(On(Cancelled{2}), Texts{});
  EXPECT_EQ(On(WorkerReady{7, 1, 2}), Texts{});
  EXPECT_EQ(Submit(3), Texts{"offer 3 to 7.0"});
  On(Cancelled{3});
  EXPECT_EQ(On(WorkerLost{7}), Texts{}) << "nobody waits for it";
  Submit(4);
  On(WorkerReady{8, 1, 2});
  On(Cancelled{4});
  EXPECT_EQ(On(Abandoned{}), Texts{});
  EXPECT_EQ(dispatcher.InFlight(), 0u);
}

TEST_F(DispatcherTest, WithoutItsBodyItGoesToNobodyElse) {
  On(WorkerReady{7, 1, 1});
  Submit(1);
  On(Spent{1});
  EXPECT_EQ(On(Returned{7, 1, 0}), Texts{"fail 1 worker lost"});
  Submit(2);
  On(Spent{2});
  EXPECT_EQ(On(WorkerLost{7}), Texts{"fail 2 worker lost"});
}

TEST_F(DispatcherTest, LastWordsTellWhatWasNotBegun) {
  On(WorkerReady{7, 1, 3});
  for (ExchangeId id = 1; id <= 3; ++id) Submit(id, false);
  On(WorkerReady{8, 1, 3});
  EXPECT_EQ(On(LastWords{7, {2}, {3}}), (Texts{"fail 1 worker lost", "offer 2 to 8.0 again 1"}));
  EXPECT_EQ(On(Ended{7, 1, 0}), Texts{}) << "late, and nobody's";
  EXPECT_EQ(On(Ended{7, 3, 2}), Texts{"deliver 3"});
  EXPECT_EQ(On(WorkerLost{7}), Texts{});
}

TEST_F(DispatcherTest, WhoComesBackHasItsPlaceAndItsPatience) {
  On(WorkerReady{7, 1, 1});
  Submit(1);
  Submit(2);
  now += milliseconds(600);
  EXPECT_EQ(On(Ended{7, 1, 0}), (Texts{"deliver 1", "offer 2 to 7.0"}));
  Submit(3);
  EXPECT_EQ(On(WorkerLost{7}), Texts{});
  now += milliseconds(400);
  EXPECT_EQ(On(Tick{}), Texts{"fail 2 no worker"}) << "it has waited 600 ms before";
  Submit(4);
  On(WorkerReady{8, 1, 1});
  EXPECT_EQ(On(LastWords{8, {3}, {}}), Texts{});
  EXPECT_EQ(On(WorkerReady{9, 1, 1}), Texts{"offer 3 to 9.0 again 1"}) << "before 4, which came later";
}

TEST_F(DispatcherTest, WhatASilentWorkerHasIsAskedBackIfAnotherOneCouldTakeIt) {
  On(WorkerReady{7, 1, 3});
  Submit(1);
  EXPECT_EQ(On(WorkerSilent{7}), Texts{}) << "there is no other";
  EXPECT_EQ(Submit(2), Texts{"offer 2 to 7.1"});
  On(WorkerReady{8, 1, 3});
  EXPECT_EQ(On(Tick{}), (Texts{"take 1 from 7.0", "take 2 from 7.1"}));
  EXPECT_EQ(On(TakenBack{7, 1, 0}), Texts{"offer 1 to 8.0 again 1"});
  EXPECT_EQ(On(WorkerLost{8}), Texts{}) << "not to 7 while that has not given it up";
  EXPECT_EQ(On(WorkerHeard{7}), Texts{});
  EXPECT_EQ(On(Returned{7, 1, 0}), Texts{"offer 1 to 7.0 again 2"});
  EXPECT_EQ(On(TakenBack{7, 9, 0}), Texts{}) << "not there";
}

}  // namespace
}  // namespace spikard::dispatch
