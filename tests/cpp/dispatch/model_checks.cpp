// What the dispatcher says and holds, compared with the model.
#include <algorithm>

#include "model.hpp"

namespace spikard::dispatch {

using http::Fault;

void Model::Check(const Offer& offer) {
  const auto exchange = exchanges_.find(offer.exchange);
  if (exchange == exchanges_.end()) return Require(false, "offered what is over");
  Exchange& x = exchange->second;
  Require(!x.worker, "offered what a worker has");
  if (x.suspected && !offer.alone) {
    Require(IsRefused(x, offer.exchange), "a suspect that need not be among others");
    x.suspected.reset();
  }
  Require(!x.spent, "offered what is not here any more");
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
  Require(!w.Closed(), "offered to a worker that a suspect has for itself");
  Require(!x.suspected || w.Busy() == 0, "a suspect among others");
  Require(offer.alone == x.suspected.has_value(), "told to be a suspect, and is none");
  if (offer.slot >= w.slots.size()) return Require(false, "no such slot");
  Require(w.slots[offer.slot] == 0, "a slot for two");
  for (const auto& [id, other] : workers_) {
    if (!other.Takes(offer.exchange, x)) continue;
    Require(Rank(id, other, x) >= Rank(offer.worker, w, x), "another worker was better");
  }
  x.waited = now_ - x.waits_since;
  w.slots[offer.slot] = offer.exchange;
  if (x.suspected) {
    w.suspect = offer.exchange;
    w.suspect_at = offer.slot;
    w.suspect_since = now_;
  }
  x.worker = offer.worker;
  x.slot = offer.slot;
  if (x.losses == 0) {
    x.contemporaries.clear();
    for (const auto& [id, there] : workers_) x.contemporaries.insert(id);
  }
}

void Model::Check(const Pass& pass) {
  Require(pass.exchange == to_pass_, "a part for another exchange");
  to_pass_.reset();
}

std::tuple<bool, bool, bool, size_t> Model::Rank(WorkerId id, const Worker& worker, const Exchange& exchange) const {
  const bool back = returned_by_ == id && exchange.turn >= first_turn_;
  return {worker.silent, back, exchange.losses > 0 && !exchange.contemporaries.contains(id), worker.Busy()};
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
      if (exchange.cancelled || exchange.responding || exchange.spent) continue;
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

bool Model::Stranded(const Exchange& x) const {
  return active_ != 0 && x.generation != active_ &&
         std::none_of(workers_.begin(), workers_.end(), [&](const auto& entry) {
           return entry.second.generation == x.generation && !entry.second.draining;
         });
}

void Model::Check(const Rematch& rematch) {
  const auto found = exchanges_.find(rematch.exchange);
  if (found == exchanges_.end()) return Require(false, "rematched what is over");
  const Exchange& x = found->second;
  Require(!x.worker, "rematched what a worker has");
  Require(Stranded(x), "rematched what its generation could serve");
  Require(!x.was_begun || x.repeatable, "rematched what must not be repeated");
  Require(std::find(must_fail_.begin(), must_fail_.end(), rematch.exchange) == must_fail_.end(),
          "rematched what must fail");
  Require(rematch.attempts == x.offers, "rematched with a wrong number of attempts");
  for (const auto& [id, other] : exchanges_) {
    if (other.worker || other.generation != x.generation || id >= rematch.exchange) continue;
    Require(x.turn >= first_turn_ || other.turn >= first_turn_, "rematched out of turn");
  }
  rematched_.emplace_back(x, rematch.attempts);
  exchanges_.erase(found);
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
      Exchange among_others = x;
      among_others.suspected.reset();
      const bool served = std::any_of(workers_.begin(), workers_.end(),
                                      [&](const auto& worker) { return worker.second.Takes(id, among_others); });
      return IsRefused(x, id) && !served;
    }
    default:
      return false;
  }
}

bool Model::IsRefused(const Exchange& x, ExchangeId id) const {
  size_t others = 0;
  uint64_t bytes = 0;
  for (const auto& [other_id, other] : exchanges_) {
    const bool behind = other.turn > x.turn && other.turn >= first_turn_;
    if (other.worker || other_id == id || behind) continue;
    ++others;
    bytes += other.bytes;
  }
  return others >= limits_.max_held || bytes + x.bytes > limits_.max_held_bytes;
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
    Require(!Stranded(exchange), "waits for a generation that is gone");
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

}  // namespace spikard::dispatch
