#include "dispatch/dispatcher.hpp"

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

void Dispatcher::Handle(TimePoint now, const Submitted& event, Actions& actions) {
  if (abandoned_) {
    actions.push_back(Fail{event.exchange, Fault::kStopping});
    return;
  }
  Entry& entry = exchanges_[event.exchange];
  entry = Entry{.generation = event.generation,
                .bytes = event.bytes,
                .queued_since = now,
                .repeatable = event.repeatable};
  WorkerId worker_id = 0;
  if (Worker* worker = Choose(entry.generation, &worker_id)) {
    Begin(event.exchange, entry, worker_id, *worker, actions);
  } else {
    Enqueue(now, event.exchange, entry, actions);
  }
}

void Dispatcher::Handle(TimePoint, const WorkerReady& event, Actions& actions) {
  Worker& worker = workers_[event.worker];
  worker = Worker{.generation = event.generation, .slots = std::vector<ExchangeId>(event.slots), .free = {}};
  // The lowest slot is taken first.
  for (Slot slot = event.slots; slot-- > 0;) worker.free.push_back(slot);
  Advance(actions);
}

void Dispatcher::Handle(TimePoint, const WorkerDraining& event, Actions&) {
  if (const auto found = workers_.find(event.worker); found != workers_.end()) found->second.draining = true;
}

void Dispatcher::Handle(TimePoint now, const WorkerLost& event, Actions& actions) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end()) return;
  const Worker worker = std::move(found->second);
  workers_.erase(found);
  for (const ExchangeId id : worker.slots) {
    if (id == 0) continue;
    Entry& entry = exchanges_.at(id);
    if (entry.repeatable && entry.attempts < limits_.max_attempts) {
      Enqueue(now, id, entry, actions);
    } else {
      actions.push_back(Fail{id, Fault::kWorkerLost});
      Finish(id);
    }
  }
  Advance(actions);
}

void Dispatcher::Handle(TimePoint, const Ended& event, Actions& actions) {
  if (!workers_.contains(event.worker)) return;
  if (!Vacate(event.worker, event.exchange, event.slot)) {
    actions.push_back(Distrust{event.worker});
    return;
  }
  actions.push_back(Deliver{event.exchange});
  Finish(event.exchange);
  if (queued_ > 0) Advance(actions);
}

void Dispatcher::Handle(TimePoint now, const Returned& event, Actions& actions) {
  if (!workers_.contains(event.worker)) return;
  if (!Vacate(event.worker, event.exchange, event.slot)) {
    actions.push_back(Distrust{event.worker});
    return;
  }
  Enqueue(now, event.exchange, exchanges_.at(event.exchange), actions);
  Advance(actions);
}

void Dispatcher::Handle(TimePoint now, const Tick&, Actions& actions) {
  while (!queue_.empty()) {
    const ExchangeId id = queue_.front();
    const auto found = exchanges_.find(id);
    const bool waits = found != exchanges_.end() && found->second.state == State::kQueued;
    if (waits && now - found->second.queued_since < limits_.hold_timeout) break;
    queue_.pop_front();
    if (!waits) continue;
    actions.push_back(Fail{id, Fault::kNoWorker});
    Finish(id);
  }
}

void Dispatcher::Handle(TimePoint, const Abandoned&, Actions& actions) {
  abandoned_ = true;
  workers_.clear();
  for (const auto& [id, entry] : exchanges_) {
    actions.push_back(Fail{id, entry.state == State::kBegun ? Fault::kWorkerLost : Fault::kStopping});
  }
  exchanges_.clear();
  queue_.clear();
  queued_ = 0;
  queued_bytes_ = 0;
}

Dispatcher::Worker* Dispatcher::Choose(uint64_t generation, WorkerId* id) {
  Worker* best = nullptr;
  for (auto& [worker_id, worker] : workers_) {
    if (worker.generation != generation || worker.draining || worker.free.empty()) continue;
    // The one with the fewest exchanges, whatever its number of slots.
    if (best != nullptr && worker.slots.size() - worker.free.size() >= best->slots.size() - best->free.size()) continue;
    best = &worker;
    *id = worker_id;
  }
  return best;
}

void Dispatcher::Begin(ExchangeId id, Entry& entry, WorkerId worker_id, Worker& worker, Actions& actions) {
  const Slot slot = worker.free.back();
  worker.free.pop_back();
  worker.slots[slot] = id;
  entry.state = State::kBegun;
  entry.worker = worker_id;
  entry.slot = slot;
  actions.push_back(Offer{id, worker_id, slot, entry.attempts++});
}

void Dispatcher::Enqueue(TimePoint now, ExchangeId id, Entry& entry, Actions& actions) {
  if (queued_ >= limits_.max_held || queued_bytes_ + entry.bytes > limits_.max_held_bytes) {
    actions.push_back(Fail{id, Fault::kQueueFull});
    Finish(id);
    return;
  }
  entry.state = State::kQueued;
  entry.queued_since = now;
  queue_.push_back(id);
  ++queued_;
  queued_bytes_ += entry.bytes;
}

void Dispatcher::Advance(Actions& actions) {
  std::vector<ExchangeId> passed_over;
  while (!queue_.empty() && HasFreeSlot()) {
    const ExchangeId id = queue_.front();
    queue_.pop_front();
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end() || found->second.state != State::kQueued) continue;
    Entry& entry = found->second;
    WorkerId worker_id = 0;
    Worker* worker = Choose(entry.generation, &worker_id);
    if (worker == nullptr) {
      passed_over.push_back(id);
      continue;
    }
    --queued_;
    queued_bytes_ -= entry.bytes;
    Begin(id, entry, worker_id, *worker, actions);
  }
  queue_.insert(queue_.begin(), passed_over.begin(), passed_over.end());
}

bool Dispatcher::HasFreeSlot() const {
  for (const auto& [id, worker] : workers_) {
    if (!worker.draining && !worker.free.empty()) return true;
  }
  return false;
}

bool Dispatcher::Vacate(WorkerId worker_id, ExchangeId exchange, Slot slot) {
  Worker& worker = workers_.at(worker_id);
  if (exchange == 0 || slot >= worker.slots.size() || worker.slots[slot] != exchange) return false;
  worker.slots[slot] = 0;
  worker.free.push_back(slot);
  return true;
}

void Dispatcher::Finish(ExchangeId id) {
  const auto found = exchanges_.find(id);
  if (found->second.state == State::kQueued) {
    --queued_;
    queued_bytes_ -= found->second.bytes;
  }
  exchanges_.erase(found);
}

}  // namespace spikard::dispatch
