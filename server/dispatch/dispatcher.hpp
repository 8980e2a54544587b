// Who does which exchange: the brain of the dispatch, pure. Events and the time go in, actions come out; it knows no
// socket, no clock and no bytes, so that it can be tested by the thousand.
//
//   exchange:  (Submitted) -> queued -> begun -> (Ended)
//                               ^         |
//                               +---------+  its worker was lost, or returned it, and it may run again
//
// Every exchange that was submitted leaves by exactly one Deliver or Fail. Whatever was sent to a worker counts as begun.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <variant>
#include <vector>

#include "http/fault.hpp"

namespace spikard::dispatch {

using ExchangeId = uint64_t;
using WorkerId = uint64_t;
using Slot = uint32_t;
using TimePoint = std::chrono::steady_clock::time_point;

// ---- events

struct Submitted {
  ExchangeId exchange;
  uint64_t generation;
  bool repeatable;  // may run again after it was begun
  uint64_t bytes;   // what holding it costs
};
struct WorkerReady {
  WorkerId worker;
  uint64_t generation;
  Slot slots;
};
// It gets nothing new, and finishes what it has.
struct WorkerDraining {
  WorkerId worker;
};
struct WorkerLost {
  WorkerId worker;
};
// The worker's last word about an exchange.
struct Ended {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
};
// The worker gives it back, not begun.
struct Returned {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
};
struct Tick {};
// Nobody will ever serve what is here or comes.
struct Abandoned {};

using Event = std::variant<Submitted, WorkerReady, WorkerDraining, WorkerLost, Ended, Returned, Tick, Abandoned>;

// ---- actions

struct Offer {
  ExchangeId exchange;
  WorkerId worker;
  Slot slot;
  uint8_t attempt;  // 0 for the first
};
// The answer that Ended stands for is this exchange's; it is over.
struct Deliver {
  ExchangeId exchange;
};
// It is over without an answer.
struct Fail {
  ExchangeId exchange;
  http::Fault fault;
};
// It spoke of an exchange that is not in that slot: nothing it says can be believed.
struct Distrust {
  WorkerId worker;
};

using Action = std::variant<Offer, Deliver, Fail, Distrust>;

struct DispatchLimits {
  std::chrono::milliseconds hold_timeout;
  size_t max_held;
  uint64_t max_held_bytes;
  // An exchange whose workers keep dying is not tried for ever.
  uint8_t max_attempts = 3;
};

class Dispatcher {
 public:
  explicit Dispatcher(DispatchLimits limits) : limits_(limits) {}

  // Appends to `actions` what is to be done, in this order.
  void On(TimePoint now, const Event& event, std::vector<Action>& actions);

  // A worker of this generation could take an exchange, or the queue could.
  bool Ready(uint64_t generation) const;
  bool HasWorker(uint64_t generation) const;
  size_t Queued() const { return queued_; }
  size_t InFlight() const { return exchanges_.size() - queued_; }

 private:
  enum class State : uint8_t { kNew, kQueued, kBegun };

  struct Entry {
    uint64_t generation;
    uint64_t bytes;
    TimePoint queued_since;
    bool repeatable;
    uint8_t attempts = 0;
    State state = State::kNew;
    WorkerId worker = 0;
    Slot slot = 0;
  };

  struct Worker {
    uint64_t generation;
    bool draining = false;
    std::vector<ExchangeId> slots;  // 0: free
    std::vector<Slot> free;
  };

  using Actions = std::vector<Action>;
  void Handle(TimePoint now, const Submitted& event, Actions& actions);
  void Handle(TimePoint now, const WorkerReady& event, Actions& actions);
  void Handle(TimePoint now, const WorkerDraining& event, Actions& actions);
  void Handle(TimePoint now, const WorkerLost& event, Actions& actions);
  void Handle(TimePoint now, const Ended& event, Actions& actions);
  void Handle(TimePoint now, const Returned& event, Actions& actions);
  void Handle(TimePoint now, const Tick& event, Actions& actions);
  void Handle(TimePoint now, const Abandoned& event, Actions& actions);

  bool HasFreeSlot() const;
  Worker* Choose(uint64_t generation, WorkerId* id);
  void Begin(ExchangeId id, Entry& entry, WorkerId worker_id, Worker& worker, Actions& actions);
  void Enqueue(TimePoint now, ExchangeId id, Entry& entry, Actions& actions);
  // Hands out what waits, as far as slots are free.
  void Advance(Actions& actions);
  // Frees the slot if that exchange is in it.
  bool Vacate(WorkerId worker, ExchangeId exchange, Slot slot);
  void Finish(ExchangeId id);

  const DispatchLimits limits_;
  boost::unordered_flat_map<ExchangeId, Entry> exchanges_;
  std::map<WorkerId, Worker> workers_;
  // In the order of their age; an id whose exchange is no longer queued is passed over.
  std::deque<ExchangeId> queue_;
  size_t queued_ = 0;
  uint64_t queued_bytes_ = 0;
  bool abandoned_ = false;
};

}  // namespace spikard::dispatch
