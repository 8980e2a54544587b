// Who does which exchange: the brain of the dispatch, pure. Events and the time go in, actions come out; it knows no
// socket, no clock and no bytes, so that it can be tested by the thousand.
//
// Who waits is served in the order of arrival: one that comes back from a worker has its place and its patience from
// before.
//
//   exchange:  (Submitted) -> queued -> begun -----------------> (Ended)
//                               ^         |  \-> responding --> (Ended)
//                               +---------+   its worker was lost, or returned it, and it may run again
//
//              queued -> (Cancelled)                        nobody will ever hear of it
//              queued -> (Rematch)                          its generation is neither active nor has it a worker
//              begun, responding -> cancelled -> (Ended)    it keeps its slot until its worker's last word, and is told
//                                                           nothing
//
// Every exchange that was submitted leaves by exactly one Deliver, Fail, Rematch or Cancelled. Whatever was sent to a
// worker counts as begun, unless the worker or its flight recorder says otherwise. One that is responding never runs
// again: its client has seen the beginning.
//
// A suspect, which ran as its worker died, runs again alone: on a worker that has nothing else, and gets nothing else
// meanwhile. Neither is waited for without end: the worker that replaces the dead one is mostly there in time.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <variant>
#include <vector>

#include "dispatch/slots.hpp"
#include "http/fault.hpp"

namespace spikard::dispatch {

using WorkerId = uint64_t;  // ascending, in the order of coming
using TimePoint = std::chrono::steady_clock::time_point;

// ---- events

struct Submitted {
  ExchangeId exchange;  // higher than all before
  uint64_t generation;
  bool repeatable;       // may run again after it was begun
  uint64_t bytes;        // what holding it costs
  uint8_t attempts = 0;  // how often it was offered before it was matched again
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
// Its loop has stopped turning. It gets something only if there is no other, and what it has not begun goes to others.
struct WorkerSilent {
  WorkerId worker;
};
// It turns again.
struct WorkerHeard {
  WorkerId worker;
};
// A TakeBack has succeeded: the worker has not begun it, and never will.
struct TakenBack {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
};
// It is gone or no longer heard, and its flight recorder tells how far it came. What is in neither list was begun. Of
// what it has answered the answer may still come, until WorkerLost.
struct LastWords {
  WorkerId worker;
  std::vector<ExchangeId> unbegun;
  std::vector<ExchangeId> answered;
  std::vector<ExchangeId> suspects = {};  // of those that were begun
};
// It has said Goodbye: what it still had was not begun.
struct WorkerLeft {
  WorkerId worker;
};
// The worker speaks of an exchange, not for the last time.
enum class Part {
  kHead,    // of a response that is streamed
  kChunk,   // more of that response
  kWindow,  // it has read from the request's body
};
struct Said {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
  Part part;
};
// The worker's last word about an exchange.
enum class Ending {
  kWhole,   // a response in one piece
  kStream,  // the end of one that was streamed
  kProblem,
};
struct Ended {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
  Ending ending = Ending::kWhole;
};
// The worker gives it back, not begun.
struct Returned {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
};
// The exchange is too large for the worker it was offered to.
struct Unsendable {
  WorkerId worker;
  ExchangeId exchange;
  Slot slot;
};
// The client has gone, or was answered by somebody else.
struct Cancelled {
  ExchangeId exchange;
};
// A part of its body is no longer here: no worker can get it any more.
struct Spent {
  ExchangeId exchange;
};
// What is matched from now on is of this generation.
struct Activated {
  uint64_t generation;
};
struct Tick {};
// Nobody will ever serve what is here or comes.
struct Abandoned {};

using Event =
    std::variant<Submitted, WorkerReady, WorkerDraining, WorkerSilent, WorkerHeard, TakenBack, LastWords, WorkerLost,
                 WorkerLeft, Said, Ended, Returned, Unsendable, Cancelled, Spent, Activated, Tick, Abandoned>;

// ---- actions

struct Offer {
  ExchangeId exchange;
  WorkerId worker;
  Slot slot;
  uint8_t attempt;     // 0 for the first
  bool alone = false;  // nothing runs beside it
};
// What Said stands for is this exchange's.
struct Pass {
  ExchangeId exchange;
};
// To be revoked in the worker's flight recorder, if it can be: then TakenBack follows.
struct TakeBack {
  ExchangeId exchange;
  WorkerId worker;
  Slot slot;
};
// Its worker is to be told that it is cancelled.
struct Revoke {
  ExchangeId exchange;
  WorkerId worker;
  Slot slot;
};
// The answer that Ended stands for is this exchange's; it is over.
struct Deliver {
  ExchangeId exchange;
};
// Its generation has no worker any more: it is to pass route, schema and stages again under the active one, and be
// submitted as a new exchange.
struct Rematch {
  ExchangeId exchange;
  uint8_t attempts;  // how often it was offered
};
// It is over without an answer.
struct Fail {
  ExchangeId exchange;
  http::Fault fault;
};
// It spoke of an exchange that is not in that slot of its own, or out of turn: nothing it says can be believed.
struct Distrust {
  WorkerId worker;
};

using Action = std::variant<Offer, Pass, TakeBack, Revoke, Deliver, Rematch, Fail, Distrust>;

struct DispatchLimits {
  std::chrono::milliseconds hold_timeout;
  size_t max_held;
  uint64_t max_held_bytes;
  // An exchange whose workers keep dying is not tried for ever, nor one that is only given back.
  uint8_t max_losses = 3;
  uint8_t max_offers = 100;
  // How long a suspect waits to be alone, and is left alone.
  std::chrono::milliseconds solitude{1'000};
};

class Dispatcher {
 public:
  explicit Dispatcher(DispatchLimits limits) : limits_(limits) {}

  // Appends to `actions` what is to be done, in this order.
  void On(TimePoint now, const Event& event, std::vector<Action>& actions);

  // A worker of this generation could take an exchange, or the queue could.
  bool Ready(uint64_t generation) const;
  bool HasWorker(uint64_t generation) const;
  // A worker has it and is to get what comes of it.
  bool HasBegun(ExchangeId exchange) const;
  // Of its slots those that are not free.
  size_t Busy(WorkerId worker) const;
  // The exchange that the worker has there, 0 if none.
  ExchangeId At(WorkerId worker, Slot slot) const;
  size_t Queued() const { return queued_; }
  // Cancelled ones included, as long as their workers have not ended them.
  size_t InFlight() const { return exchanges_.size() - queued_; }

 private:
  enum class State : uint8_t { kQueued, kBegun, kResponding, kCancelled };

  struct Entry {
    uint64_t generation;
    uint64_t bytes;
    bool repeatable;
    TimePoint queued_since{};
    TimePoint::duration waited{};  // before
    State state = State::kQueued;
    WorkerId worker = 0;  // unless it is queued
    WorkerId newest = 0;  // when it was offered, before it lost one
    Slot slot = 0;
    bool spent = false;
    bool alone = false;  // or nowhere
    TimePoint alone_since{};
    uint8_t offers = 0;
    uint8_t losses = 0;
  };

  struct Worker {
    uint64_t generation;
    Slots slots;
    bool draining = false;
    bool silent = false;
    // Who is alone here, as long as it is here.
    ExchangeId hermit = 0;
    Slot hermitage = 0;
    TimePoint hermit_since{};

    bool Takes(const Entry& entry, ExchangeId exchange) const {
      return TakesAny(entry.generation) && !slots.HeldOnce(exchange) && !(entry.alone && slots.Busy() != 0);
    }
    bool TakesAny(uint64_t of) const {
      return generation == of && !draining && !slots.Full() && !(hermit != 0 && slots.Holds(hermitage, hermit));
    }
  };

  using Actions = std::vector<Action>;
  void Handle(TimePoint now, const Submitted& event, Actions& actions);
  void Handle(TimePoint now, const WorkerReady& event, Actions& actions);
  void Handle(TimePoint now, const WorkerDraining& event, Actions& actions);
  void Handle(TimePoint now, const WorkerSilent& event, Actions& actions);
  void Handle(TimePoint now, const WorkerHeard& event, Actions& actions);
  void Handle(TimePoint now, const TakenBack& event, Actions& actions);
  void Handle(TimePoint now, const LastWords& event, Actions& actions);
  void Handle(TimePoint now, const WorkerLost& event, Actions& actions);
  void Handle(TimePoint now, const WorkerLeft& event, Actions& actions);
  void Handle(TimePoint now, const Said& event, Actions& actions);
  void Handle(TimePoint now, const Ended& event, Actions& actions);
  void Handle(TimePoint now, const Returned& event, Actions& actions);
  void Handle(TimePoint now, const Unsendable& event, Actions& actions);
  void Handle(TimePoint now, const Cancelled& event, Actions& actions);
  void Handle(TimePoint now, const Spent& event, Actions& actions);
  void Handle(TimePoint now, const Activated& event, Actions& actions);
  void Handle(TimePoint now, const Tick& event, Actions& actions);
  void Handle(TimePoint now, const Abandoned& event, Actions& actions);

  // The least busy worker with a free slot; one that is silent, or `avoided`, only if there is no other. Who has lost a
  // worker goes rather to those that were there before: one that dies again and again is new, and has little to do.
  Worker* Choose(const Entry& entry, ExchangeId exchange, WorkerId* id, WorkerId avoided = 0);
  bool HasRoom(uint64_t generation, bool responsive) const;
  // Asks back what silent workers have, where another one could take it.
  void Relieve(Actions& actions);
  // Begins an exchange if there is a slot for it, else lets it wait.
  void Place(TimePoint now, ExchangeId id, Actions& actions, WorkerId avoided = 0);
  void Begin(TimePoint now, ExchangeId id, Entry& entry, WorkerId worker_id, Worker& worker, Actions& actions);
  void Enqueue(TimePoint now, ExchangeId id, Entry& entry, Actions& actions);
  // There is room for it in the queue.
  bool Fits(const Entry& entry) const;
  // Lets go who has been alone, or has waited for that, for long enough.
  void EndSolitude(TimePoint now, Actions& actions);
  // It has been taken out of its queue.
  void Dequeue(TimePoint now, Entry& entry);
  // Nothing of this generation will ever be begun, nor is more of it to come.
  bool Stranded(uint64_t generation) const;
  // Sends back what waits for a stranded generation.
  void RematchStranded(TimePoint now, Actions& actions);
  void RematchOne(ExchangeId id, Actions& actions);
  // Offers what no worker has begun to another one.
  void PlaceAgain(TimePoint now, ExchangeId id, Actions& actions, WorkerId avoided = 0);
  // Begins what waits, as far as slots are free.
  void Advance(TimePoint now, uint64_t generation, Actions& actions);
  // What the table says of an exchange whose worker was lost.
  void Lose(TimePoint now, ExchangeId id, Actions& actions, bool suspect = false);
  // True if the exchange was taken away from that slot: whatever the worker says of it is nobody's.
  bool WasTaken(WorkerId worker, ExchangeId exchange, Slot slot) const;
  // The same, for the worker's last word, which frees the slot.
  bool EndTaken(TimePoint now, WorkerId worker, ExchangeId exchange, Slot slot, Actions& actions);
  // The exchange if it is in that slot, else null, and tells that the worker is not to be trusted.
  Entry* Find(WorkerId worker, ExchangeId exchange, Slot slot, Actions& actions);
  // Frees the slot.
  void Vacate(const Entry& entry);
  // Forgets an exchange that its worker has ended, and lets others have its slot.
  void Finish(TimePoint now, ExchangeId id, Actions& actions);
  void FailOne(ExchangeId id, http::Fault fault, Actions& actions);

  const DispatchLimits limits_;
  boost::unordered_flat_map<ExchangeId, Entry> exchanges_;
  std::map<WorkerId, Worker> workers_;
  // By generation, each in the order of arrival. None is empty; none waits while a slot of its generation is free,
  // unless it was taken away from that worker, or one of them is to be alone; none of a stranded one waits.
  std::map<uint64_t, std::set<ExchangeId>> queues_;
  uint64_t active_ = 0;  // generation; 0: none yet
  size_t queued_ = 0;
  uint64_t queued_bytes_ = 0;
  bool abandoned_ = false;
};

}  // namespace spikard::dispatch
