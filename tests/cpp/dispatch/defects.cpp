#include "defects.hpp"

namespace spikard::dispatch {
namespace {

using Actions = std::vector<Action>;

template <typename E>
bool Ignore(Event& event) {
  return !std::holds_alternative<E>(event);
}

template <typename E, auto Change>
bool Alter(Event& event) {
  if (auto* e = std::get_if<E>(&event)) Change(event, *e);
  return true;
}

template <typename A>
void Withhold(const Event&, Actions& actions) {
  std::erase_if(actions, [](const Action& action) { return std::holds_alternative<A>(action); });
}

template <typename A, auto Change>
void Distort(const Event&, Actions& actions) {
  for (Action& action : actions) {
    if (auto* a = std::get_if<A>(&action)) Change(*a);
  }
}

void RepeatAll(Event&, Submitted& e) { e.repeatable = true; }
void Weightless(Event&, Submitted& e) { e.bytes = 0; }
void OneGeneration(Event&, Submitted& e) { e.generation = 1; }
void AllBegun(Event&, LastWords& e) { e.unbegun.clear(); }
void NoneAnswered(Event&, LastWords& e) { e.answered.clear(); }
void NoneSuspect(Event&, LastWords& e) { e.suspects.clear(); }
void NoneBegun(Event&, LastWords& e) {
  for (ExchangeId id = 1; id < 3'000; ++id) e.unbegun.push_back(id);
}
void NeverGoodbye(Event& event, WorkerLeft& e) { event = WorkerLost{e.worker}; }
void AlwaysGoodbye(Event& event, WorkerLost& e) { event = WorkerLeft{e.worker}; }
void ReturnedIsEnded(Event& event, Returned& e) { event = Ended{e.worker, e.exchange, e.slot}; }
void NeverPatient(Event& event, Tick&) { event = Cancelled{1}; }

void FirstAttempt(Offer& a) { a.attempt = 0; }
void AmongOthers(Offer& a) { a.alone = false; }
void FirstSlot(Offer& a) { a.slot = 0; }
void Neighbour(Deliver& a) { --a.exchange; }
void Untried(Rematch& a) { a.attempts = 0; }
void OtherSlot(Revoke& a) { ++a.slot; }
void OtherFault(Fail& a) {
  if (a.fault == http::Fault::kWorkerLost) a.fault = http::Fault::kNoWorker;
}

void KeepSlot(const Event& event, Actions& actions) {
  if (const auto* e = std::get_if<Ended>(&event); e != nullptr && actions.empty())
    actions.push_back(Deliver{e->exchange});
}
void PassLate(const Event& event, Actions& actions) {
  if (const auto* e = std::get_if<Said>(&event); e != nullptr && actions.empty()) actions.push_back(Pass{e->exchange});
}
void ForgetHeld(const Event&, Actions& actions) {
  std::erase_if(actions, [](const Action& action) {
    const auto* fail = std::get_if<Fail>(&action);
    return fail != nullptr && fail->fault == http::Fault::kNoWorker;
  });
}
void Boundless(const Event&, Actions& actions) {
  std::erase_if(actions, [](const Action& action) {
    const auto* fail = std::get_if<Fail>(&action);
    return fail != nullptr && fail->fault == http::Fault::kQueueFull;
  });
}

constexpr Defect kDefects[] = {
    {"a begun POST is repeated", Alter<Submitted, RepeatAll>, nullptr},
    {"a slot is kept", Ignore<Ended>, KeepSlot},
    {"a late answer is delivered", nullptr, KeepSlot},
    {"a late part is passed on", nullptr, PassLate},
    {"a held exchange is forgotten", nullptr, ForgetHeld},
    {"held without end", Alter<Tick, NeverPatient>, nullptr},
    {"the queue has no bound", nullptr, Boundless},
    {"the bytes of the queue are not counted", Alter<Submitted, Weightless>, nullptr},
    {"generations are mixed", Alter<Submitted, OneGeneration>, nullptr},
    {"a drain is ignored", Ignore<WorkerDraining>, nullptr},
    {"a loss is ignored", Ignore<WorkerLost>, nullptr},
    {"a loss is taken for a goodbye", Alter<WorkerLost, AlwaysGoodbye>, nullptr},
    {"a goodbye is taken for a loss", Alter<WorkerLeft, NeverGoodbye>, nullptr},
    {"what was not begun counts as begun", Alter<LastWords, AllBegun>, nullptr},
    {"what was begun counts as not begun", Alter<LastWords, NoneBegun>, nullptr},
    {"what was answered is not waited for", Alter<LastWords, NoneAnswered>, nullptr},
    {"suspects are forgotten", Alter<LastWords, NoneSuspect>, nullptr},
    {"a worker is not told that it runs a suspect", nullptr, Distort<Offer, AmongOthers>},
    {"silence is ignored", Ignore<WorkerSilent>, nullptr},
    {"a revival is ignored", Ignore<WorkerHeard>, nullptr},
    {"nothing is asked back", nullptr, Withhold<TakeBack>},
    {"what was taken back is forgotten", Ignore<TakenBack>, nullptr},
    {"a return is taken for an end", Alter<Returned, ReturnedIsEnded>, nullptr},
    {"a cancel is not passed on", nullptr, Withhold<Revoke>},
    {"a cancel for another slot", nullptr, Distort<Revoke, OtherSlot>},
    {"attempts are not counted", nullptr, Distort<Offer, FirstAttempt>},
    {"a slot for two", nullptr, Distort<Offer, FirstSlot>},
    {"an answer for another exchange", nullptr, Distort<Deliver, Neighbour>},
    {"a violation is overlooked", nullptr, Withhold<Distrust>},
    {"a takeover is overlooked", Ignore<Activated>, nullptr},
    {"what was to be matched again is forgotten", nullptr, Withhold<Rematch>},
    {"matched again, it has never been tried", nullptr, Distort<Rematch, Untried>},
    {"another cause is told", nullptr, Distort<Fail, OtherFault>},
};

}  // namespace

std::span<const Defect> Defects() { return kDefects; }

}  // namespace spikard::dispatch
