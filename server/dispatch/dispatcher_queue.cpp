// Who waits, and until when: for a slot, or for a generation that has workers.
#include "dispatch/dispatcher.hpp"

namespace spikard::dispatch {

using http::Fault;

bool Dispatcher::Stranded(uint64_t generation) const {
  return active_ != 0 && generation != active_ && !HasWorker(generation);
}

void Dispatcher::RematchStranded(TimePoint now, Actions& actions) {
  std::erase_if(queues_, [&](const auto& item) {
    if (!Stranded(item.first)) return false;
    for (const ExchangeId id : item.second) {
      Dequeue(now, exchanges_.at(id));
      RematchOne(id, actions);
    }
    return true;
  });
}

void Dispatcher::RematchOne(ExchangeId id, Actions& actions) {
  actions.push_back(Rematch{id, exchanges_.at(id).offers});
  exchanges_.erase(id);
}

void Dispatcher::Enqueue(TimePoint now, ExchangeId id, Entry& entry, Actions& actions) {
  if (Stranded(entry.generation)) return RematchOne(id, actions);
  if (!Fits(entry)) {
    FailOne(id, Fault::kQueueFull, actions);
    return;
  }
  entry.state = State::kQueued;
  entry.queued_since = now - entry.waited;
  queues_[entry.generation].insert(id);
  ++queued_;
  queued_bytes_ += entry.bytes;
}

bool Dispatcher::Fits(const Entry& entry) const {
  return queued_ < limits_.max_held && queued_bytes_ + entry.bytes <= limits_.max_held_bytes;
}

void Dispatcher::Dequeue(TimePoint now, Entry& entry) {
  entry.waited = now - entry.queued_since;
  --queued_;
  queued_bytes_ -= entry.bytes;
}

void Dispatcher::Advance(TimePoint now, uint64_t generation, Actions& actions) {
  const auto found = queues_.find(generation);
  if (found == queues_.end()) return;
  auto& queue = found->second;
  for (auto next = queue.begin(); next != queue.end() && HasRoom(generation, false);) {
    WorkerId worker_id = 0;
    const ExchangeId id = *next;
    Worker* worker = Choose(exchanges_.at(id), id, &worker_id);
    if (worker == nullptr) {
      ++next;
      continue;
    }
    next = queue.erase(next);
    Entry& entry = exchanges_.at(id);
    Dequeue(now, entry);
    Begin(now, id, entry, worker_id, *worker, actions);
  }
  if (queue.empty()) queues_.erase(found);
}

void Dispatcher::EndSolitude(TimePoint now, Actions& actions) {
  for (auto& [id, worker] : workers_) {
    if (now - worker.hermit_since >= limits_.solitude) worker.hermit = 0;
  }
  for (const auto& [generation, queue] : queues_) {
    for (const ExchangeId id : queue) {
      Entry& entry = exchanges_.at(id);
      const bool waits_on =
          now - entry.alone_since < limits_.solitude && now - entry.queued_since < limits_.hold_timeout;
      entry.alone = entry.alone && waits_on;
    }
  }
  for (auto queue = queues_.begin(); queue != queues_.end();) Advance(now, (queue++)->first, actions);
}

}  // namespace spikard::dispatch
