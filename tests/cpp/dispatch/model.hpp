// What a dispatcher may do, told by what it was told and what it did before. Written without a look at how it does it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "defects.hpp"
#include "dispatch/dispatcher.hpp"

namespace spikard::dispatch {

class Model {
 public:
  struct Exchange {
    uint64_t generation = 0;
    bool repeatable = false;
    uint64_t bytes = 0;
    uint64_t offers = 0;
    uint64_t losses = 0;
    bool cancelled = false;
    bool responding = false;
    bool spent = false;
    bool was_begun = false;  // and nobody has promised that it was not
    // Who has it; else it waits.
    std::optional<WorkerId> worker;
    Slot slot = 0;
    TimePoint waits_since{};
    TimePoint::duration waited{};                       // before
    uint64_t turn = 0;                                  // in the order of waiting
    std::optional<TimePoint> suspected = std::nullopt;  // and to be alone
    std::set<WorkerId> contemporaries = {};             // who was there at its last offer before it was lost
  };
  struct Worker {
    uint64_t generation = 0;
    bool draining = false;
    bool silent = false;
    std::vector<ExchangeId> slots;
    std::set<Slot> taken;  // whose exchange was taken away, and not yet given up
    // The suspect that was given to it last, where and when.
    ExchangeId suspect = 0;
    Slot suspect_at = 0;
    TimePoint suspect_since{};

    size_t Busy() const;
    bool Closed() const { return suspect != 0 && slots[suspect_at] == suspect && !taken.contains(suspect_at); }
    bool Takes(uint64_t of) const { return generation == of && !draining && Busy() < slots.size() && !Closed(); }
    bool HadOnce(ExchangeId id) const;
    // It may get that exchange.
    bool Takes(ExchangeId id, const Exchange& exchange) const {
      return Takes(exchange.generation) && !HadOnce(id) && (!exchange.suspected || Busy() == 0);
    }
  };

  explicit Model(DispatchLimits limits) : limits_(limits) {}

  // From now on the dispatcher is seen through this defect.
  void Plant(const Defect& defect) { defect_ = &defect; }
  // Feeds the event to both and compares. The first difference stays in Failure().
  void Feed(Dispatcher& dispatcher, TimePoint now, const Event& event);
  const std::string& Failure() const { return failure_; }

  const std::map<ExchangeId, Exchange>& exchanges() const { return exchanges_; }
  const std::map<WorkerId, Worker>& workers() const { return workers_; }
  uint64_t Active() const { return active_; }
  // What the last event has sent back, to be submitted again with these attempts.
  const std::vector<std::pair<Exchange, uint8_t>>& Rematched() const { return rematched_; }
  // What the last event has asked back.
  const std::vector<TakeBack>& Asked() const { return asked_; }
  // Set if the last event was one that no worker may cause.
  bool Distrusted() const { return distrusted_; }

 private:
  void Apply(const Submitted& event);
  void Apply(const WorkerReady& event);
  void Apply(const WorkerDraining& event);
  void Apply(const WorkerSilent& event);
  void Apply(const WorkerHeard& event);
  void Apply(const TakenBack& event);
  void Apply(const LastWords& event);
  void Apply(const WorkerLost& event);
  void Apply(const WorkerLeft& event);
  void Apply(const Said& event);
  void Apply(const Ended& event);
  void Apply(const Returned& event);
  void Apply(const Unsendable& event);
  void Apply(const Cancelled& event);
  void Apply(const Spent& event);
  void Apply(const Activated& event);
  void Apply(const Tick& event);
  void Apply(const Abandoned& event);

  void Check(const Offer& offer);
  void Check(const Pass& pass);
  void Check(const TakeBack& take_back);
  void Check(const Revoke& revoke);
  void Check(const Deliver& deliver);
  void Check(const Rematch& rematch);
  void Check(const Fail& fail);
  void Check(const Distrust& distrust);
  bool MayFail(const Exchange& exchange, ExchangeId id, http::Fault fault) const;
  // The queue has no room for it.
  bool IsRefused(const Exchange& exchange, ExchangeId id) const;
  void CheckState(const Dispatcher& dispatcher);
  void CheckAsked();
  // What is better, the lower: as the dispatcher has to choose.
  std::tuple<bool, bool, bool, size_t> Rank(WorkerId id, const Worker& worker, const Exchange& exchange) const;
  bool IsRelief(uint64_t generation) const;

  // The worker has that exchange there.
  template <typename OneOf>
  bool Holds(const OneOf& event);
  // The same, and frees the slot; false also if nobody is to hear of it, for it was cancelled.
  template <typename OneOf>
  bool Vacate(const OneOf& event);
  // True if the worker speaks of what was taken away; `last`: for the last time.
  template <typename OneOf>
  bool IsTaken(const OneOf& event, bool last);
  void TakeAway(Worker& worker, Slot slot, bool begun, bool suspect = false);
  // It was begun, and its worker is gone.
  void Lose(ExchangeId id, bool suspect = false);
  // Its generation is not the active one and has no worker that could take it.
  bool Stranded(const Exchange& exchange) const;
  void LetWait(Exchange& exchange);
  void Require(bool holds, const std::string& otherwise);

  const DispatchLimits limits_;
  const Defect* defect_ = nullptr;
  std::map<ExchangeId, Exchange> exchanges_;
  std::map<WorkerId, Worker> workers_;
  bool abandoned_ = false;
  uint64_t active_ = 0;
  uint64_t last_turn_ = 0;

  // ---- of the event under way
  TimePoint now_{};
  bool tick_ = false;
  bool relieves_ = false;
  std::vector<TakeBack> asked_;
  std::optional<WorkerId> returned_by_;
  uint64_t first_turn_ = 0;  // who waits from here on has begun to with this event
  std::optional<ExchangeId> to_deliver_;
  std::optional<ExchangeId> to_pass_;
  std::optional<ExchangeId> to_revoke_;
  std::optional<ExchangeId> unsendable_;
  std::vector<std::pair<Exchange, uint8_t>> rematched_;
  std::vector<ExchangeId> must_fail_;  // begun, lost, and not to be repeated
  std::optional<WorkerId> to_distrust_;
  bool distrusted_ = false;
  std::string failure_;
};

}  // namespace spikard::dispatch
