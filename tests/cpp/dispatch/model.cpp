// The model as events change it.
#include "model.hpp"

#include <algorithm>

namespace spikard::dispatch {

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
  rematched_.clear();
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
  exchange.offers = event.attempts;
  LetWait(exchange);
}

void Model::Apply(const WorkerReady& event) {
  workers_[event.worker] = {event.generation, false, false, std::vector<ExchangeId>(event.slots), {}, 0, 0, {}};
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
  const std::set<ExchangeId> suspects(event.suspects.begin(), event.suspects.end());
  for (Slot slot = 0; slot < worker.slots.size(); ++slot) {
    const ExchangeId id = worker.slots[slot];
    if (id == 0 || worker.taken.contains(slot) || answered.contains(id)) continue;
    TakeAway(worker, slot, !unbegun.contains(id), suspects.contains(id));
  }
}

void Model::TakeAway(Worker& worker, Slot slot, bool begun, bool suspect) {
  worker.taken.insert(slot);
  const ExchangeId id = worker.slots[slot];
  if (begun) return Lose(id, suspect);
  Exchange& exchange = exchanges_.at(id);
  if (exchange.cancelled) {
    exchanges_.erase(id);
    return;
  }
  if (exchange.responding || exchange.spent) must_fail_.push_back(id);
  LetWait(exchange);
}

void Model::Lose(ExchangeId id, bool suspect) {
  Exchange& exchange = exchanges_.at(id);
  if (exchange.cancelled) {
    exchanges_.erase(id);
    return;
  }
  exchange.was_begun = true;
  if (suspect) exchange.suspected = now_;
  ++exchange.losses;
  const bool over = exchange.responding || exchange.spent || exchange.losses >= limits_.max_losses;
  if (!exchange.repeatable || over) must_fail_.push_back(id);
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
    if (exchange.responding || exchange.spent) must_fail_.push_back(id);
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
  if (exchange.spent) must_fail_.push_back(event.exchange);
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

void Model::Apply(const Spent& event) {
  if (const auto found = exchanges_.find(event.exchange); found != exchanges_.end()) found->second.spent = true;
}

void Model::Apply(const Activated& event) { active_ = event.generation; }

void Model::Apply(const Tick&) {
  tick_ = relieves_ = true;
  for (auto& [id, exchange] : exchanges_) {
    const bool waits = !exchange.worker && exchange.suspected;
    if (!waits) continue;
    const bool enough = now_ - *exchange.suspected >= limits_.solitude;
    if (enough || now_ - exchange.waits_since >= limits_.hold_timeout) exchange.suspected.reset();
  }
  for (auto& [id, worker] : workers_) {
    if (now_ - worker.suspect_since >= limits_.solitude) worker.suspect = 0;
  }
}

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

void Model::Require(bool holds, const std::string& otherwise) {
  if (!holds && failure_.empty()) failure_ = otherwise;
}

}  // namespace spikard::dispatch
