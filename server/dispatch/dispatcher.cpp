#include "dispatch/dispatcher.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spikard::dispatch {

using http::Fault;

void Dispatcher::On(TimePoint now, const Event& event, Actions& actions) {
  std::visit([&](const auto& e) { Handle(now, e, actions); }, event);
}

bool Dispatcher::HasWorker(uint64_t generation) const {
  for (const auto& [id, worker] : workers_) {
    if (worker.generation == generation && !worker.draining) return true;
  }
  return false;
}

bool Dispatcher::Ready(uint64_t generation) const {
  return HasWorker(generation) && queued_ < limits_.max_held && queued_bytes_ < limits_.max_held_bytes;
}

bool Dispatcher::HasBegun(ExchangeId exchange) const {
  const auto found = exchanges_.find(exchange);
  return found != exchanges_.end() &&
         (found->second.state == State::kBegun || found->second.state == State::kResponding);
}

size_t Dispatcher::Busy(WorkerId worker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() ? found->second.slots.Busy() : 0;
}

ExchangeId Dispatcher::At(WorkerId worker, Slot slot) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() && slot < found->second.slots.Count() ? found->second.slots.At(slot) : 0;
}

void Dispatcher::Handle(TimePoint now, const Submitted& event, Actions& actions) {
  if (abandoned_) {
    actions.push_back(Fail{event.exchange, Fault::kStopping});
    return;
  }
  exchanges_[event.exchange] = Entry{
      .generation = event.generation, .bytes = event.bytes, .repeatable = event.repeatable, .offers = event.attempts};
  Place(now, event.exchange, actions);
}

void Dispatcher::Handle(TimePoint now, const WorkerReady& event, Actions& actions) {
  Worker& worker = workers_[event.worker];
  worker = Worker{.generation = event.generation, .slots = Slots(event.slots)};
  Advance(now, event.generation, actions);
}

void Dispatcher::Handle(TimePoint now, const WorkerDraining& event, Actions& actions) {
  if (const auto found = workers_.find(event.worker); found != workers_.end()) found->second.draining = true;
  RematchStranded(now, actions);
}

void Dispatcher::Handle(TimePoint, const WorkerSilent& event, Actions& actions) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end()) return;
  found->second.silent = true;
  Relieve(actions);
}

void Dispatcher::Handle(TimePoint, const WorkerHeard& event, Actions& actions) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end()) return;
  found->second.silent = false;
  Relieve(actions);
}

void Dispatcher::Handle(TimePoint now, const TakenBack& event, Actions& actions) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end() || !found->second.slots.Holds(event.slot, event.exchange)) return;
  found->second.slots.Revoke(event.slot);
  PlaceAgain(now, event.exchange, actions);
  // It may have been alone there.
  Advance(now, found->second.generation, actions);
}

void Dispatcher::Handle(TimePoint now, const LastWords& event, Actions& actions) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end()) return;
  Worker& worker = found->second;
  worker.draining = true;
  RematchStranded(now, actions);
  const auto has = [](const std::vector<ExchangeId>& ids, ExchangeId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  for (Slot slot = 0; slot < worker.slots.Count(); ++slot) {
    const ExchangeId id = worker.slots.At(slot);
    if (id == 0 || has(event.answered, id)) continue;
    worker.slots.Revoke(slot);
    if (has(event.unbegun, id)) {
      PlaceAgain(now, id, actions);
    } else {
      Lose(now, id, actions, has(event.suspects, id));
    }
  }
}

void Dispatcher::Handle(TimePoint now, const WorkerLost& event, Actions& actions) {
  const auto node = workers_.extract(event.worker);
  if (node.empty()) return;
  RematchStranded(now, actions);
  const Slots& slots = node.mapped().slots;
  for (Slot slot = 0; slot < slots.Count(); ++slot) {
    if (const ExchangeId id = slots.At(slot)) Lose(now, id, actions);
  }
}

void Dispatcher::Handle(TimePoint now, const WorkerLeft& event, Actions& actions) {
  const auto node = workers_.extract(event.worker);
  if (node.empty()) return;
  RematchStranded(now, actions);
  const Slots& slots = node.mapped().slots;
  for (Slot slot = 0; slot < slots.Count(); ++slot) {
    if (const ExchangeId id = slots.At(slot)) PlaceAgain(now, id, actions);
  }
}

void Dispatcher::Handle(TimePoint, const Said& event, Actions& actions) {
  if (WasTaken(event.worker, event.exchange, event.slot)) return;
  Entry* entry = Find(event.worker, event.exchange, event.slot, actions);
  if (entry == nullptr || entry->state == State::kCancelled) return;
  const State due = event.part == Part::kHead ? State::kBegun : State::kResponding;
  if (event.part != Part::kWindow && entry->state != due) {
    actions.push_back(Distrust{event.worker});
    return;
  }
  if (event.part == Part::kHead) entry->state = State::kResponding;
  actions.push_back(Pass{event.exchange});
}

void Dispatcher::Handle(TimePoint now, const Ended& event, Actions& actions) {
  if (EndTaken(now, event.worker, event.exchange, event.slot, actions)) return;
  const Entry* entry = Find(event.worker, event.exchange, event.slot, actions);
  if (entry == nullptr) return;
  if (entry->state == State::kCancelled) return Finish(now, event.exchange, actions);
  const State due = event.ending == Ending::kStream ? State::kResponding : State::kBegun;
  if (event.ending != Ending::kProblem && entry->state != due) {
    actions.push_back(Distrust{event.worker});
    return;
  }
  actions.push_back(Deliver{event.exchange});
  Finish(now, event.exchange, actions);
}

void Dispatcher::Handle(TimePoint now, const Returned& event, Actions& actions) {
  if (EndTaken(now, event.worker, event.exchange, event.slot, actions)) return;
  const Entry* entry = Find(event.worker, event.exchange, event.slot, actions);
  if (entry == nullptr) return;
  if (entry->state == State::kCancelled) return Finish(now, event.exchange, actions);
  if (entry->state == State::kResponding) {
    actions.push_back(Distrust{event.worker});
    return;
  }
  Vacate(*entry);
  // First those that wait, which may be more to the worker's taste.
  Advance(now, entry->generation, actions);
  PlaceAgain(now, event.exchange, actions, event.worker);
}

void Dispatcher::Handle(TimePoint now, const Unsendable& event, Actions& actions) {
  if (EndTaken(now, event.worker, event.exchange, event.slot, actions)) return;
  const Entry* entry = Find(event.worker, event.exchange, event.slot, actions);
  if (entry == nullptr) return;
  if (entry->state != State::kCancelled) actions.push_back(Fail{event.exchange, Fault::kBodyTooLarge});
  Finish(now, event.exchange, actions);
}

void Dispatcher::Handle(TimePoint now, const Cancelled& event, Actions& actions) {
  const auto found = exchanges_.find(event.exchange);
  if (found == exchanges_.end()) return;
  Entry& entry = found->second;
  if (entry.state != State::kQueued) {
    if (std::exchange(entry.state, State::kCancelled) == State::kCancelled) return;
    actions.push_back(Revoke{event.exchange, entry.worker, entry.slot});
    return;
  }
  const auto queue = queues_.find(entry.generation);
  queue->second.erase(event.exchange);
  if (queue->second.empty()) queues_.erase(queue);
  Dequeue(now, entry);
  exchanges_.erase(found);
}

void Dispatcher::Handle(TimePoint, const Spent& event, Actions&) {
  if (const auto found = exchanges_.find(event.exchange); found != exchanges_.end()) found->second.spent = true;
}

void Dispatcher::Handle(TimePoint now, const Activated& event, Actions& actions) {
  active_ = event.generation;
  RematchStranded(now, actions);
}

void Dispatcher::Handle(TimePoint now, const Tick&, Actions& actions) {
  EndSolitude(now, actions);
  for (auto& [generation, queue] : queues_) {
    // Not in the order of patience: who comes back to the queue has used up some elsewhere.
    std::erase_if(queue, [&](ExchangeId id) {
      Entry& entry = exchanges_.at(id);
      if (now - entry.queued_since < limits_.hold_timeout) return false;
      Dequeue(now, entry);
      FailOne(id, Fault::kNoWorker, actions);
      return true;
    });
  }
  std::erase_if(queues_, [](const auto& queue) { return queue.second.empty(); });
  Relieve(actions);
}

void Dispatcher::Handle(TimePoint, const Abandoned&, Actions& actions) {
  abandoned_ = true;
  workers_.clear();
  for (const auto& [id, entry] : exchanges_) {
    if (entry.state == State::kCancelled) continue;
    actions.push_back(Fail{id, entry.state == State::kQueued ? Fault::kStopping : Fault::kWorkerLost});
  }
  exchanges_.clear();
  queues_.clear();
  queued_ = 0;
  queued_bytes_ = 0;
}

Dispatcher::Worker* Dispatcher::Choose(const Entry& entry, ExchangeId exchange, WorkerId* id, WorkerId avoided) {
  Worker* best = nullptr;
  std::tuple<bool, bool, bool, size_t> least;
  for (auto& [worker_id, worker] : workers_) {
    if (!worker.Takes(entry, exchange)) continue;
    // Exchanges count, whatever the number of slots.
    const std::tuple load(worker.silent, worker_id == avoided, entry.losses != 0 && worker_id > entry.newest,
                          worker.slots.Busy());
    if (best != nullptr && load >= least) continue;
    best = &worker;
    least = load;
    *id = worker_id;
  }
  return best;
}

bool Dispatcher::HasRoom(uint64_t generation, bool responsive) const {
  return std::any_of(workers_.begin(), workers_.end(), [&](const auto& entry) {
    const Worker& worker = entry.second;
    return worker.TakesAny(generation) && !(responsive && worker.silent);
  });
}

void Dispatcher::Relieve(Actions& actions) {
  for (const auto& [id, worker] : workers_) {
    if (!worker.silent || worker.slots.Busy() == 0 || !HasRoom(worker.generation, true)) continue;
    for (Slot slot = 0; slot < worker.slots.Count(); ++slot) {
      const ExchangeId exchange = worker.slots.At(slot);
      if (exchange == 0) continue;
      const Entry& entry = exchanges_.at(exchange);
      if (entry.state == State::kBegun && !entry.spent) actions.push_back(TakeBack{exchange, id, slot});
    }
  }
}

void Dispatcher::Place(TimePoint now, ExchangeId id, Actions& actions, WorkerId avoided) {
  Entry& entry = exchanges_.at(id);
  if (entry.offers >= limits_.max_offers) return FailOne(id, Fault::kNoWorker, actions);
  WorkerId worker_id = 0;
  Worker* worker = Choose(entry, id, &worker_id, avoided);
  if (worker == nullptr && entry.alone && !Fits(entry)) {
    // Rather among others than not at all.
    entry.alone = false;
    worker = Choose(entry, id, &worker_id, avoided);
  }
  if (worker != nullptr) {
    Begin(now, id, entry, worker_id, *worker, actions);
  } else {
    Enqueue(now, id, entry, actions);
  }
}

void Dispatcher::PlaceAgain(TimePoint now, ExchangeId id, Actions& actions, WorkerId avoided) {
  const Entry& entry = exchanges_.at(id);
  if (entry.state == State::kCancelled) {
    exchanges_.erase(id);
  } else if (entry.state == State::kResponding || entry.spent) {
    FailOne(id, Fault::kWorkerLost, actions);
  } else {
    Place(now, id, actions, avoided);
  }
}

void Dispatcher::Begin(TimePoint now, ExchangeId id, Entry& entry, WorkerId worker_id, Worker& worker,
                       Actions& actions) {
  entry.state = State::kBegun;
  entry.worker = worker_id;
  entry.slot = worker.slots.Take(id);
  if (entry.losses == 0) entry.newest = workers_.rbegin()->first;
  if (entry.alone) {
    worker.hermit = id;
    worker.hermitage = entry.slot;
    worker.hermit_since = now;
  }
  actions.push_back(Offer{id, worker_id, entry.slot, entry.offers++, entry.alone});
}

Dispatcher::Entry* Dispatcher::Find(WorkerId worker_id, ExchangeId exchange, Slot slot, Actions& actions) {
  const auto found = workers_.find(worker_id);
  if (found == workers_.end() || !found->second.slots.Holds(slot, exchange)) {
    actions.push_back(Distrust{worker_id});
    return nullptr;
  }
  return &exchanges_.at(exchange);
}

void Dispatcher::Lose(TimePoint now, ExchangeId id, Actions& actions, bool suspect) {
  Entry& entry = exchanges_.at(id);
  if (entry.state == State::kCancelled) {
    exchanges_.erase(id);
  } else if (entry.state == State::kBegun && entry.repeatable && !entry.spent && ++entry.losses < limits_.max_losses) {
    if (suspect) {
      entry.alone = true;
      entry.alone_since = now;
    }
    Place(now, id, actions);
  } else {
    FailOne(id, Fault::kWorkerLost, actions);
  }
}

bool Dispatcher::WasTaken(WorkerId worker_id, ExchangeId exchange, Slot slot) const {
  const auto found = workers_.find(worker_id);
  return found != workers_.end() && found->second.slots.HeldOnce(slot, exchange);
}

bool Dispatcher::EndTaken(TimePoint now, WorkerId worker_id, ExchangeId exchange, Slot slot, Actions& actions) {
  if (!WasTaken(worker_id, exchange, slot)) return false;
  Worker& worker = workers_.at(worker_id);
  worker.slots.Free(slot);
  Advance(now, worker.generation, actions);
  return true;
}

void Dispatcher::Vacate(const Entry& entry) { workers_.at(entry.worker).slots.Free(entry.slot); }

void Dispatcher::Finish(TimePoint now, ExchangeId id, Actions& actions) {
  const auto found = exchanges_.find(id);
  const uint64_t generation = found->second.generation;
  Vacate(found->second);
  exchanges_.erase(found);
  Advance(now, generation, actions);
}

void Dispatcher::FailOne(ExchangeId id, Fault fault, Actions& actions) {
  exchanges_.erase(id);
  actions.push_back(Fail{id, fault});
}

}  // namespace spikard::dispatch
