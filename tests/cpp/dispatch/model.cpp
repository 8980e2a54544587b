#include "model.hpp"

#include <algorithm>

namespace spikard::dispatch {

using http::Fault;

size_t Model::Worker::Busy() const {
  return static_cast<size_t>(std::count_if(slots.begin(), slots.end(), [](ExchangeId id) { return id != 0; }));
}

void Model::Feed(Dispatcher& dispatcher, TimePoint now, const Event& event) {
  now_ = now;
  tick_ = relieves_ = distrusted_ = false;
  asked_.clear();
  returned_by_.reset();
  first_turn_ = last_turn_ + 1;
  to_deliver_.reset();
  to_pass_.reset();
  to_revoke_.reset();
  unsendable_.reset();
  to_distrust_.reset();
  must_fail_.clear();
  std::visit([this](const auto& e) { Apply(e); }, event);
  distrusted_ = to_distrust_.has_value();

  std::vector<Action> actions;
  Event seen = event;
  if (defect_ == nullptr || defect_->before == nullptr || defect_->before(seen)) dispatcher.On(now, seen, actions);
  if (defect_ != nullptr && defect_->after != nullptr) defect_->after(event, actions);
  for (const Action& action : actions) {
    std::visit([this](const auto& a) { Check(a); }, action);
  }
  Require(!to_deliver_, "an answer was not delivered");
  Require(!to_pass_, "a part was not passed on");
  Require(!to_revoke_, "a worker was not told of a cancel");
  Require(!unsendable_, "what could not be sent has not failed");
  Require(!to_distrust_, "a violation was not noticed");
  for (const ExchangeId id : must_fail_) Require(!exchanges_.contains(id), "what must not run again has not failed");
  // Beyond the first difference nothing fits together any more.
  if (!failure_.empty()) return;
  CheckAsked();
  CheckState(dispatcher);
}

bool Model::Worker::HadOnce(ExchangeId id) const {
  return std::any_of(taken.begin(), taken.end(), [&](Slot slot) { return slots[slot] == id; });
}

void Model::Apply(const Submitted& event) {
  Exchange& exchange = exchanges_[event.exchange];
  exchange = {.generation = event.generation, .repeatable = event.repeatable, .bytes = event.bytes, .worker = {}};
  LetWait(exchange);
}

void Model::Apply(const WorkerReady& event) {
  workers_[event.worker] = {event.generation, false, false, std::vector<ExchangeId>(event.slots), {}};
}

void Model::Apply(const WorkerDraining& event) {
  if (const auto found = workers_.find(event.worker); found != workers_.end()) found->second.draining = true;
}

void Model::Apply(const WorkerSilent& event) {
  relieves_ = workers_.contains(event.worker);
  if (relieves_) workers_[event.worker].silent = true;
}

void Model::Apply(const WorkerHeard& event) {
  relieves_ = workers_.contains(event.worker);
  if (relieves_) workers_[event.worker].silent = false;
}

void Model::Apply(const TakenBack& event) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end() || event.slot >= found->second.slots.size()) return;
  if (found->second.slots[event.slot] != event.exchange || found->second.taken.contains(event.slot)) return;
  TakeAway(found->second, event.slot, false);
}

void Model::Apply(const LastWords& event) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end()) return;
  Worker& worker = found->second;
  worker.draining = true;
  const std::set<ExchangeId> unbegun(event.unbegun.begin(), event.unbegun.end());
  const std::set<ExchangeId> answered(event.answered.begin(), event.answered.end());
  for (Slot slot = 0; slot < worker.slots.size(); ++slot) {
    const ExchangeId id = worker.slots[slot];
    if (id == 0 || worker.taken.contains(slot) || answered.contains(id)) continue;
    TakeAway(worker, slot, !unbegun.contains(id));
  }
}

void Model::TakeAway(Worker& worker, Slot slot, bool begun) {
  worker.taken.insert(slot);
  const ExchangeId id = worker.slots[slot];
  if (begun) return Lose(id);
  Exchange& exchange = exchanges_.at(id);
  if (exchange.cancelled) {
    exchanges_.erase(id);
    return;
  }
  if (exchange.responding) must_fail_.push_back(id);
  LetWait(exchange);
}

void Model::Lose(ExchangeId id) {
  Exchange& exchange = exchanges_.at(id);
  if (exchange.cancelled) {
    exchanges_.erase(id);
    return;
  }
  exchange.was_begun = true;
  ++exchange.losses;
  if (!exchange.repeatable || exchange.responding || exchange.losses >= limits_.max_losses) must_fail_.push_back(id);
  LetWait(exchange);
}

void Model::Apply(const WorkerLost& event) {
  const auto node = workers_.extract(event.worker);
  if (node.empty()) return;
  const Worker& worker = node.mapped();
  for (Slot slot = 0; slot < worker.slots.size(); ++slot) {
    if (worker.slots[slot] != 0 && !worker.taken.contains(slot)) Lose(worker.slots[slot]);
  }
}

void Model::Apply(const WorkerLeft& event) {
  const auto node = workers_.extract(event.worker);
  if (node.empty()) return;
  const Worker& worker = node.mapped();
  for (Slot slot = 0; slot < worker.slots.size(); ++slot) {
    const ExchangeId id = worker.slots[slot];
    if (id == 0 || worker.taken.contains(slot)) continue;
    Exchange& exchange = exchanges_.at(id);
    if (exchange.cancelled) {
      exchanges_.erase(id);
      continue;
    }
    exchange.was_begun = exchange.responding;
    if (exchange.responding) must_fail_.push_back(id);
    LetWait(exchange);
  }
}

template <typename OneOf>
bool Model::Holds(const OneOf& event) {
  const auto found = workers_.find(event.worker);
  if (found != workers_.end() && event.exchange != 0 && event.slot < found->second.slots.size() &&
      found->second.slots[event.slot] == event.exchange && !found->second.taken.contains(event.slot)) {
    return true;
  }
  to_distrust_ = event.worker;
  return false;
}

template <typename OneOf>
bool Model::IsTaken(const OneOf& event, bool last) {
  const auto found = workers_.find(event.worker);
  if (found == workers_.end() || !found->second.taken.contains(event.slot)) return false;
  if (found->second.slots[event.slot] != event.exchange) return false;
  if (last) {
    found->second.slots[event.slot] = 0;
    found->second.taken.erase(event.slot);
  }
  return true;
}

template <typename OneOf>
bool Model::Vacate(const OneOf& event) {
  workers_.at(event.worker).slots[event.slot] = 0;
  if (!exchanges_.at(event.exchange).cancelled) return true;
  exchanges_.erase(event.exchange);
  return false;
}

void Model::Apply(const Said& event) {
  if (IsTaken(event, false)) return;
  if (!Holds(event)) return;
  Exchange& exchange = exchanges_.at(event.exchange);
  if (exchange.cancelled) return;
  if ((event.part == Part::kHead && exchange.responding) || (event.part == Part::kChunk && !exchange.responding)) {
    to_distrust_ = event.worker;
    return;
  }
  exchange.responding = exchange.responding || event.part == Part::kHead;
  to_pass_ = event.exchange;
}

void Model::Apply(const Ended& event) {
  if (IsTaken(event, true)) return;
  if (!Holds(event)) return;
  const Exchange& exchange = exchanges_.at(event.exchange);
  if (!exchange.cancelled && event.ending != Ending::kProblem &&
      exchange.responding != (event.ending == Ending::kStream)) {
    to_distrust_ = event.worker;
    return;
  }
  if (Vacate(event)) to_deliver_ = event.exchange;
}

void Model::Apply(const Returned& event) {
  if (IsTaken(event, true)) return;
  if (!Holds(event)) return;
  const Exchange& exchange = exchanges_.at(event.exchange);
  if (!exchange.cancelled && exchange.responding) {
    to_distrust_ = event.worker;
    return;
  }
  if (!Vacate(event)) return;
  returned_by_ = event.worker;
  LetWait(exchanges_.at(event.exchange));
}

void Model::Apply(const Unsendable& event) {
  if (IsTaken(event, true)) return;
  if (!Holds(event) || !Vacate(event)) return;
  unsendable_ = event.exchange;
  exchanges_.at(event.exchange).worker.reset();
}

void Model::Apply(const Cancelled& event) {
  const auto found = exchanges_.find(event.exchange);
  if (found == exchanges_.end() || found->second.cancelled) return;
  if (!found->second.worker) {
    exchanges_.erase(found);
  } else {
    found->second.cancelled = true;
    to_revoke_ = event.exchange;
  }
}

void Model::Apply(const Spent&) {}

void Model::Apply(const Tick&) { tick_ = relieves_ = true; }

void Model::Apply(const Abandoned&) {
  abandoned_ = true;
  workers_.clear();
  std::erase_if(exchanges_, [](const auto& entry) { return entry.second.cancelled; });
  for (auto& [id, exchange] : exchanges_) {
    exchange.was_begun = exchange.worker.has_value();
    exchange.worker.reset();
  }
}

void Model::LetWait(Exchange& exchange) {
  exchange.worker.reset();
  exchange.waits_since = now_ - exchange.waited;
  exchange.turn = ++last_turn_;
}

void Model::Check(const Offer& offer) {
  const auto exchange = exchanges_.find(offer.exchange);
  if (exchange == exchanges_.end()) return Require(false, "offered what is over");
  Exchange& x = exchange->second;
  Require(!x.worker, "offered what a worker has");
  Require(!x.was_begun || x.repeatable, "offered again what must not be repeated");
  Require(x.losses < limits_.max_losses, "offered again what was lost too often");
  Require(x.offers < limits_.max_offers, "offered too often");
  Require(offer.attempt == x.offers++, "a wrong number of attempts");
  for (const auto& [id, other] : exchanges_) {
    if (other.worker || other.generation != x.generation || id >= offer.exchange) continue;
    const bool could =
        std::any_of(workers_.begin(), workers_.end(), [&](const auto& entry) { return entry.second.Takes(id, other); });
    Require(!could || x.turn >= first_turn_ || other.turn >= first_turn_, "offered out of turn");
  }
  const auto worker = workers_.find(offer.worker);
  if (worker == workers_.end()) return Require(false, "offered to a worker that is gone");
  Worker& w = worker->second;
  Require(w.generation == x.generation, "offered to another generation");
  Require(!w.draining, "offered to a worker that drains");
  Require(!w.HadOnce(offer.exchange), "offered to a worker that has not given it up");
  if (offer.slot >= w.slots.size()) return Require(false, "no such slot");
  Require(w.slots[offer.slot] == 0, "a slot for two");
  for (const auto& [id, other] : workers_) {
    if (!other.Takes(offer.exchange, x)) continue;
    Require(Rank(id, other, x) >= Rank(offer.worker, w, x), "another worker was better");
  }
  x.waited = now_ - x.waits_since;
  w.slots[offer.slot] = offer.exchange;
  x.worker = offer.worker;
  x.slot = offer.slot;
}

void Model::Check(const Pass& pass) {
  Require(pass.exchange == to_pass_, "a part for another exchange");
  to_pass_.reset();
}

std::pair<int, size_t> Model::Rank(WorkerId id, const Worker& worker, const Exchange& exchange) const {
  const bool back = returned_by_ == id && exchange.turn >= first_turn_;
  return {(worker.silent ? 2 : 0) + (back ? 1 : 0), worker.Busy()};
}

void Model::Check(const TakeBack& take_back) {
  const auto worker = workers_.find(take_back.worker);
  if (worker == workers_.end() || take_back.slot >= worker->second.slots.size()) {
    return Require(false, "asked back from nobody");
  }
  Require(worker->second.silent, "asked back from a worker that is heard");
  Require(worker->second.slots[take_back.slot] == take_back.exchange, "asked back from another slot");
  asked_.push_back(take_back);
}

bool Model::IsRelief(uint64_t generation) const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [&](const auto& entry) { return !entry.second.silent && entry.second.Takes(generation); });
}

// Everything that somebody else could do, and nothing else.
void Model::CheckAsked() {
  size_t due = 0;
  for (const auto& [worker_id, worker] : workers_) {
    if (!relieves_ || !worker.silent || !IsRelief(worker.generation)) continue;
    for (Slot slot = 0; slot < worker.slots.size(); ++slot) {
      const ExchangeId id = worker.slots[slot];
      if (id == 0 || worker.taken.contains(slot)) continue;
      const Exchange& exchange = exchanges_.at(id);
      if (exchange.cancelled || exchange.responding) continue;
      ++due;
      Require(std::any_of(asked_.begin(), asked_.end(), [&](const TakeBack& asked) { return asked.exchange == id; }),
              "not asked back from a silent worker");
    }
  }
  Require(asked_.size() == due, "asked back for nothing");
}

void Model::Check(const Revoke& revoke) {
  Require(revoke.exchange == to_revoke_, "a cancel for another exchange");
  to_revoke_.reset();
  const auto worker = workers_.find(revoke.worker);
  const bool there = worker != workers_.end() && revoke.slot < worker->second.slots.size();
  Require(there && worker->second.slots[revoke.slot] == revoke.exchange, "a cancel for another slot");
}

void Model::Check(const Deliver& deliver) {
  Require(deliver.exchange == to_deliver_, "an answer for another exchange");
  to_deliver_.reset();
  Require(exchanges_.erase(deliver.exchange) == 1, "answered twice");
}

void Model::Check(const Fail& fail) {
  const auto found = exchanges_.find(fail.exchange);
  if (found == exchanges_.end()) return Require(false, "failed what is over");
  Require(!found->second.worker, "failed what a worker has");
  Require(MayFail(found->second, fail.exchange, fail.fault), "failed for no reason");
  if (unsendable_ == fail.exchange) unsendable_.reset();
  exchanges_.erase(found);
}

bool Model::MayFail(const Exchange& x, ExchangeId id, Fault fault) const {
  const bool lost = std::find(must_fail_.begin(), must_fail_.end(), id) != must_fail_.end();
  switch (fault) {
    case Fault::kWorkerLost:
      return lost || (abandoned_ && x.was_begun);
    case Fault::kStopping:
      return abandoned_;
    case Fault::kBodyTooLarge:
      return unsendable_ == id;
    case Fault::kNoWorker:
      return (tick_ && now_ - x.waits_since >= limits_.hold_timeout) || x.offers >= limits_.max_offers;
    case Fault::kQueueFull: {
      size_t others = 0;
      uint64_t bytes = 0;
      for (const auto& [other_id, other] : exchanges_) {
        const bool behind = other.turn > x.turn && other.turn >= first_turn_;
        if (other.worker || other_id == id || behind) continue;
        ++others;
        bytes += other.bytes;
      }
      const bool refused = others >= limits_.max_held || bytes + x.bytes > limits_.max_held_bytes;
      const bool served =
          std::any_of(workers_.begin(), workers_.end(), [&](const auto& worker) { return worker.second.Takes(id, x); });
      return refused && !served;
    }
    default:
      return false;
  }
}

void Model::Check(const Distrust& distrust) {
  Require(distrust.worker == to_distrust_, "distrust without a reason");
  to_distrust_.reset();
}

void Model::CheckState(const Dispatcher& dispatcher) {
  size_t waiting = 0;
  uint64_t bytes = 0;
  for (const auto& [id, exchange] : exchanges_) {
    if (exchange.worker) continue;
    ++waiting;
    bytes += exchange.bytes;
    for (const auto& [worker_id, worker] : workers_) {
      Require(!worker.Takes(id, exchange), "waits while a slot is free");
    }
    Require(!tick_ || now_ - exchange.waits_since < limits_.hold_timeout, "held too long");
  }
  Require(dispatcher.Queued() == waiting, "a wrong number of waiting exchanges");
  Require(dispatcher.InFlight() == exchanges_.size() - waiting, "a wrong number of exchanges in flight");
  Require(waiting <= limits_.max_held && bytes <= limits_.max_held_bytes, "the queue is too long");
  Require(!abandoned_ || exchanges_.empty(), "something was forgotten at the end");
  for (const auto& [id, worker] : workers_) {
    Require(dispatcher.Busy(id) == worker.Busy(), "slots are leaked");
    if (worker.draining) continue;
    Require(dispatcher.HasWorker(worker.generation), "a worker is overlooked");
    const bool room = waiting < limits_.max_held && bytes < limits_.max_held_bytes;
    Require(dispatcher.Ready(worker.generation) == room, "wrong readiness");
  }
}

void Model::Require(bool holds, const std::string& otherwise) {
  if (!holds && failure_.empty()) failure_ = otherwise;
}

}  // namespace spikard::dispatch
