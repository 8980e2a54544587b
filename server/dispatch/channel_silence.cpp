// What flight recorders tell of workers that are there. Those whose loop does not turn are found out by their ticks,
// relieved of what others can do, and asked where they stand; those whose answers have no end lose their place.
#include <utility>

#include "base/log.hpp"
#include "dispatch/channel.hpp"

namespace spikard::dispatch {

// The exact one, which is the timer's, too: how late this loop is, is their difference.
using Clock = std::chrono::steady_clock;

namespace {
// How often ticks are looked at, and how much later than that this loop may be if the lack of one is to mean anything.
constexpr std::chrono::milliseconds kLook{200};
constexpr std::chrono::milliseconds kLate{100};
// Looks. Mostly an answer has come by then; whether it is under way, the worker is asked.
constexpr int kArrived = 5;
}  // namespace

void Channel::Watch() {
  watch_.expires_after(kLook);
  watch_.async_wait([this](base::ErrorCode stopped) {
    if (stopped) return;
    const auto now = Clock::now();
    const bool late = now - watch_.expiry() > kLate;
    ForEachPeer([&](Peer& peer) {
      if (!peer.recorder) return;
      LookAt(peer, now, late);
      const bool debugged = (*peer.recorder)->Debugging().load(std::memory_order_relaxed) != 0;
      if (!late && !debugged && !peer.pulse.Silent()) AskForEnds(peer);
    });
    Watch();
  });
}

void Channel::LookAt(Peer& peer, Clock::time_point now, bool late) {
  protocol::RecorderView& recorder = **peer.recorder;
  const bool debugged = recorder.Debugging().load(std::memory_order_relaxed) != 0;
  if (!peer.pulse.Look(now, recorder.Tick().load(std::memory_order_relaxed), late, debugged)) return;
  peer.stack.clear();
  if (peer.pulse.Silent()) {
    spdlog::warn("{} is silent: its loop does not turn", peer.Name());
    peer.asked_stack = ++last_stack_;
    if (on_order_) on_order_(peer.token, protocol::DumpStacks{peer.asked_stack});
    Feed(WorkerSilent{peer.id});
  } else {
    spdlog::info("{} is heard again", peer.Name());
    Feed(WorkerHeard{peer.id});
  }
}

void Channel::AskForEnds(Peer& peer) {
  const auto before = std::exchange(peer.owed, {});
  if (dispatcher_.Busy(peer.id) == 0) return;
  bool asks = false;
  for (Slot slot = 0; slot < peer.slots; ++slot) {
    const ExchangeId id = dispatcher_.At(peer.id, slot);
    if (id == 0 || (*peer.recorder)->Find(slot, id) != protocol::SlotState::kAnswered) continue;
    const auto found = before.find(id);
    const int looks = found != before.end() ? found->second + 1 : 1;
    peer.owed.emplace(id, looks);
    if (looks != kArrived) continue;
    peer.overdue.push_back({peer.last_ping + 1, slot, id});
    asks = true;
  }
  if (asks) Send(peer, protocol::Ping{++peer.last_ping});
}

std::string_view Channel::OnPong(Peer& peer, uint64_t number) {
  bool kept = true;
  std::erase_if(peer.overdue, [&](const Peer::Overdue& overdue) {
    if (overdue.ping > number) return false;
    kept = kept && dispatcher_.At(peer.id, overdue.slot) != overdue.exchange;
    return true;
  });
  return kept ? std::string_view() : "the end of an answer has not come";
}

void Channel::OnStacks(const std::string& token, const protocol::Stacks& stacks) {
  Peer* peer = FindByToken(token);
  if (peer == nullptr || peer->asked_stack == 0 || peer->asked_stack != stacks.number) return;
  peer->asked_stack = 0;
  // Heard again meanwhile: it is where nobody wants to know.
  if (!peer->pulse.Silent() || stacks.text.empty()) return;
  peer->stack = stacks.text;
  Incident incident = BeginIncident(*peer, "worker_silent", "its loop does not turn");
  for (const ExchangeId id : peer->recorder->Current()) {
    const auto pending = pending_.find(id);
    if (pending == pending_.end() || pending->second.worker != peer->id) continue;
    incident.exchanges.push_back(DescribeIn(pending->second));
    incident.exchanges.back().running = true;
  }
  incident.stack = peer->stack;
  spdlog::warn("{}", incident.Json());
}

}  // namespace spikard::dispatch
