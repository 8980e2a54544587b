#include "dispatch/dispatcher.hpp"

#include <limits>
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

size_t Dispatcher::Busy(WorkerId worker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() ? found->second.Busy() : 0;
}

void Dispatcher::Handle(TimePoint now, const Submitted& event, Actions& actions) {
  if (abandoned_) {
    actions.push_back(Fail{event.exchange, Fault::kStopping});
    return;
  }
  exchanges_[event.exchange] =
      Entry{.generation = event.generation, .bytes = event.bytes, .queued_since = now, .repeatable = event.repeatable};
  Place(now, event.exchange, actions);
}

void Dispatcher::Handle(TimePoint, const WorkerReady& event, Actions& actions) {
  Worker& worker = workers_[event.worker];
  worker = Worker{.generation = event.generation, .slots = std::vector<ExchangeId>(event.slots), .free = {}};
  // The lowest slot is taken first.
  for (Slot slot = event.slots; slot-- > 0;) worker.free.push_back(slot);
  Advance(event.generation, actions);
}

void Dispatcher::Handle(TimePoint, const WorkerDraining& event, Actions&) {
  if (const auto found = workers_.find(event.worker); found != workers_.end()) found->second.draining = true;
}

void Dispatcher::Handle(TimePoint now, const WorkerLost& event, Actions& actions) {
  const auto node = workers_.extract(event.worker);
  if (node.empty()) return;
  for (const ExchangeId id : node.mapped().slots) {
    if (id == 0) continue;
    Entry& entry = exchanges_.at(id);
    if (entry.repeatable && ++entry.losses < limits_.max_losses) {
      Place(now, id, actions);
    } else {
      FailOne(id, Fault::kWorkerLost, actions);
    }
  }
}

void Dispatcher::Handle(TimePoint now, const WorkerLeft& event, Actions& actions) {
  const auto node = workers_.extract(event.worker);
  if (node.empty()) return;
  for (const ExchangeId id : node.mapped().slots) {
    if (id != 0) Place(now, id, actions);
  }
}

void Dispatcher::Handle(TimePoint, const Ended& event, Actions& actions) {
  if (!Vacate(event.worker, event.exchange, event.slot, actions)) return;
  const auto found = exchanges_.find(event.exchange);
  const uint64_t generation = found->second.generation;
  exchanges_.erase(found);
  actions.push_back(Deliver{event.exchange});
  Advance(generation, actions);
}

void Dispatcher::Handle(TimePoint now, const Returned& event, Actions& actions) {
  if (!Vacate(event.worker, event.exchange, event.slot, actions)) return;
  // First those that wait, which may be more to the worker's taste.
  Advance(exchanges_.at(event.exchange).generation, actions);
  Place(now, event.exchange, actions, event.worker);
}

void Dispatcher::Handle(TimePoint, const Unsendable& event, Actions& actions) {
  if (!Vacate(event.worker, event.exchange, event.slot, actions)) return;
  const uint64_t generation = exchanges_.at(event.exchange).generation;
  FailOne(event.exchange, Fault::kBodyTooLarge, actions);
  Advance(generation, actions);
}

void Dispatcher::Handle(TimePoint now, const Tick&, Actions& actions) {
  for (auto& [generation, queue] : queues_) {
    while (!queue.empty()) {
      const ExchangeId id = queue.front();
      const Entry& entry = exchanges_.at(id);
      if (now - entry.queued_since < limits_.hold_timeout) break;
      Dequeue(queue, entry);
      FailOne(id, Fault::kNoWorker, actions);
    }
  }
  std::erase_if(queues_, [](const auto& queue) { return queue.second.empty(); });
}

void Dispatcher::Handle(TimePoint, const Abandoned&, Actions& actions) {
  abandoned_ = true;
  workers_.clear();
  for (const auto& [id, entry] : exchanges_) {
    actions.push_back(Fail{id, entry.state == State::kBegun ? Fault::kWorkerLost : Fault::kStopping});
  }
  exchanges_.clear();
  queues_.clear();
  queued_ = 0;
  queued_bytes_ = 0;
}

Dispatcher::Worker* Dispatcher::Choose(uint64_t generation, WorkerId* id, WorkerId avoided) {
  Worker* best = nullptr;
  size_t least = 0;
  for (auto& [worker_id, worker] : workers_) {
    if (worker.generation != generation || worker.draining || worker.free.empty()) continue;
    // Exchanges count, whatever the number of slots.
    const size_t load = worker_id == avoided ? std::numeric_limits<size_t>::max() : worker.Busy();
    if (best != nullptr && load >= least) continue;
    best = &worker;
    least = load;
    *id = worker_id;
  }
  return best;
}

void Dispatcher::Place(TimePoint now, ExchangeId id, Actions& actions, WorkerId avoided) {
  Entry& entry = exchanges_.at(id);
  if (entry.offers >= limits_.max_offers) return FailOne(id, Fault::kNoWorker, actions);
  WorkerId worker_id = 0;
  if (Worker* worker = Choose(entry.generation, &worker_id, avoided)) {
    Begin(id, entry, worker_id, *worker, actions);
  } else {
    Enqueue(now, id, entry, actions);
  }
}

void Dispatcher::Begin(ExchangeId id, Entry& entry, WorkerId worker_id, Worker& worker, Actions& actions) {
  const Slot slot = worker.free.back();
  worker.free.pop_back();
  worker.slots[slot] = id;
  entry.state = State::kBegun;
  actions.push_back(Offer{id, worker_id, slot, entry.offers++});
}

void Dispatcher::Enqueue(TimePoint now, ExchangeId id, Entry& entry, Actions& actions) {
  if (queued_ >= limits_.max_held || queued_bytes_ + entry.bytes > limits_.max_held_bytes) {
    FailOne(id, Fault::kQueueFull, actions);
    return;
  }
  entry.state = State::kQueued;
  entry.queued_since = now;
  queues_[entry.generation].push_back(id);
  ++queued_;
  queued_bytes_ += entry.bytes;
}

void Dispatcher::Dequeue(std::deque<ExchangeId>& queue, const Entry& entry) {
  queue.pop_front();
  --queued_;
  queued_bytes_ -= entry.bytes;
}

void Dispatcher::Advance(uint64_t generation, Actions& actions) {
  const auto found = queues_.find(generation);
  if (found == queues_.end()) return;
  auto& queue = found->second;
  WorkerId worker_id = 0;
  while (!queue.empty()) {
    Worker* worker = Choose(generation, &worker_id);
    if (worker == nullptr) return;
    const ExchangeId id = queue.front();
    Entry& entry = exchanges_.at(id);
    Dequeue(queue, entry);
    Begin(id, entry, worker_id, *worker, actions);
  }
  queues_.erase(found);
}

bool Dispatcher::Vacate(WorkerId worker_id, ExchangeId exchange, Slot slot, Actions& actions) {
  const auto found = workers_.find(worker_id);
  if (found == workers_.end() || exchange == 0 || slot >= found->second.slots.size() ||
      found->second.slots[slot] != exchange) {
    actions.push_back(Distrust{worker_id});
    return false;
  }
  found->second.slots[slot] = 0;
  found->second.free.push_back(slot);
  return true;
}

void Dispatcher::FailOne(ExchangeId id, Fault fault, Actions& actions) {
  exchanges_.erase(id);
  actions.push_back(Fail{id, fault});
}

}  // namespace spikard::dispatch
