// What is done when a worker is gone: its flight recorder is read, the log is told, and whoever is to blame remembered.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "dispatch/channel.hpp"

namespace spikard::dispatch {

using net::Clock;

namespace {
// How long answers of a worker that is gone may be on their way: its two sockets are not ordered.
constexpr std::chrono::milliseconds kLastWords{100};
// How long the news that a process has ended may be on its way, once its connection is broken.
constexpr std::chrono::milliseconds kProcessEnds{500};

std::string NewId() {
  const std::string bytes = base::SecureBytes(8);
  std::array<char, 17> text{};
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return text.data();
}

bool Has(const std::vector<ExchangeId>& ids, ExchangeId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// What tells one large body from another: hashing all of it would hold up the loop.
std::string SampleOf(const base::Spool& body) {
  constexpr uint64_t kSample = 4096;
  const uint64_t size = body.Size();
  std::string sample = std::to_string(size);
  for (const uint64_t offset : {uint64_t{0}, size - std::min(size, kSample)}) {
    std::string bytes(std::min(size, kSample), '\0');
    // What cannot be read tells nothing.
    if (!body.Bytes().Read(offset, bytes.data(), bytes.size())) sample += bytes;
  }
  return sample;
}
}  // namespace

void Channel::OnDetached(const std::string& token, std::string_view cause, ProcessEnd end) {
  std::erase_if(admitted_, [&](const Admitted& entry) { return entry.token == token; });
  Peer* peer = FindByToken(token);
  if (peer == nullptr) return;
  peer->state = Peer::State::kDraining;
  if (peer->recorder) {
    ReadLastWords(*peer, cause, end);
  } else {
    spdlog::error("{} is lost: {}", peer->Name(), cause);
    Feed(WorkerDraining{peer->id});
  }
  Reactivate();
  if (!MayAnswer(*peer)) return Forget(*peer, WorkerLost{peer->id});
  auto patience = std::make_unique<base::Timer>(loop_, kLastWords);
  base::Timer& timer = *patience;
  timer.async_wait([this, id = peer->id, timer_kept = std::move(patience)](base::ErrorCode) {
    if (Peer* still = Find(id)) Forget(*still, WorkerLost{id});
  });
}

void Channel::OnEnding(const std::string& token) {
  Peer* peer = FindByToken(token);
  if (peer == nullptr) return;
  peer->state = Peer::State::kDraining;
  Feed(WorkerDraining{peer->id});
}

void Channel::GiveUp(Peer& peer) {
  constexpr std::string_view kCause = "it cannot be reached";
  if (!peer.recorder) return Lose(peer, kCause);
  if (std::exchange(peer.unreachable, true)) return;
  Feed(WorkerDraining{peer.id});
  auto patience = std::make_unique<base::Timer>(loop_, kProcessEnds);
  base::Timer& timer = *patience;
  timer.async_wait([this, id = peer.id, kCause, timer_kept = std::move(patience)](base::ErrorCode) {
    if (Peer* still = Find(id)) Lose(*still, kCause);
  });
}

void Channel::ReadLastWords(Peer& peer, std::string_view cause, ProcessEnd end) {
  if (!peer.recorder || !peer.incident.empty()) return;
  protocol::RecorderView& recorder = **peer.recorder;
  Incident incident = BeginIncident(peer, "worker_lost", cause);
  incident.id = peer.incident = NewId();
  incident.end = end;
  incident.memory = recorder.Memory().load(std::memory_order_relaxed);
  // What it said as it crashed, which the news of its end may be late to confirm; else where it stood before.
  incident.stack = peer.recorder->Text();
  const bool crashed = !incident.stack.empty();
  if (!crashed) incident.stack = peer.stack;
  const std::vector<ExchangeId> current = peer.recorder->Current();
  std::vector<ExchangeId> held;
  LastWords words{.worker = peer.id, .unbegun = {}, .answered = {}};
  for (Slot slot = 0; slot < peer.slots; ++slot) {
    const ExchangeId id = dispatcher_.At(peer.id, slot);
    const auto pending = pending_.find(id);
    if (id == 0) continue;
    std::string_view state = "begun";
    if (recorder.Revoke(slot, id)) {
      words.unbegun.push_back(id);
      state = "offered";
    } else if (recorder.Find(slot, id) == protocol::SlotState::kAnswered) {
      words.answered.push_back(id);
      state = "answered";
    }
    // Nobody waits for one that was cancelled.
    if (pending == pending_.end()) continue;
    held.push_back(id);
    incident.exchanges.push_back(DescribeIn(pending->second));
    incident.exchanges.back().state = state;
    incident.exchanges.back().running = Has(current, id);
  }
  incident_ = peer.incident;
  // How another namespace's process has ended is not told, but what it said as it crashed is. Who was told to leave has
  // ended for that, unless it says otherwise: it may have given up what was slow.
  if (end.ended && (crashed || !peer.asked)) Blame(peer, words, held, crashed || end.ByItself());
  std::vector<bool> poisoned;
  for (const ExchangeId id : held) poisoned.push_back(!pending_.contains(id));
  Feed(words);
  incident_.clear();
  for (size_t i = 0; i < held.size(); ++i) {
    incident.exchanges[i].outcome = poisoned[i]                    ? "poisoned"
                                    : Has(words.answered, held[i]) ? "awaited"
                                                                   : OutcomeOf(held[i]);
  }
  spdlog::error("{}", incident.Json());
}

bool Channel::MayAnswer(const Peer& peer) const {
  for (Slot slot = 0; slot < peer.slots; ++slot) {
    if (dispatcher_.At(peer.id, slot) != 0) return true;
  }
  return false;
}

Incident Channel::BeginIncident(const Peer& peer, std::string_view event, std::string_view cause) const {
  Incident incident;
  incident.event = event;
  incident.cause = cause;
  incident.pid = peer.pid;
  incident.generation = peer.table ? peer.table->Generation() : 0;
  return incident;
}

Incident::Exchange Channel::DescribeIn(const Pending& pending) const {
  Incident::Exchange told = pending.description;
  if (pending.exchange != nullptr) {
    const http::Exchange& x = *pending.exchange;
    told.request_id = x.request_id;
    told.method = x.request.method;
    told.route = x.table->At(x.route).path;
  }
  told.age = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - pending.since);
  return told;
}

std::string_view Channel::OutcomeOf(ExchangeId id) const {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return "failed";
  return dispatcher_.At(found->second.worker, found->second.slot) == id ? "repeated" : "held";
}

void Channel::Blame(Peer& peer, LastWords& words, const std::vector<ExchangeId>& held, bool by_itself) {
  std::vector<ExchangeId> suspects = peer.recorder->Current();
  std::erase_if(suspects, [&](ExchangeId id) { return !Has(held, id) || Has(words.answered, id); });
  if (suspects.empty() && by_itself) {
    // Tasks and threads that a handler has started itself are not told apart; but if there was only one, it is that
    // one's.
    for (const ExchangeId id : held) {
      if (!Has(words.unbegun, id) && !Has(words.answered, id)) suspects.push_back(id);
    }
    if (suspects.size() != 1) return;
  }
  const auto now = Clock::now();
  std::vector<PoisonGuard::Print> blamed;
  for (const ExchangeId id : suspects) {
    const Pending& pending = pending_.at(id);
    const auto print = pending.exchange != nullptr ? PrintOf(*pending.exchange) : pending.print;
    // Equal requests that ran side by side have died one death.
    const bool before = std::find(blamed.begin(), blamed.end(), print) != blamed.end();
    if (!before) blamed.push_back(print);
    const bool poison = before ? guard_.IsPoison(now, print) : guard_.Blame(now, print);
    if (!poison || pending.exchange == nullptr) continue;
    const auto node = pending_.extract(id);
    node.mapped().exchange->Answer(http::Fault::kPoisoned, incident_);
    node.mapped().wake->Notify();
    Feed(Cancelled{id});
  }
  words.suspects = std::move(suspects);
}

PoisonGuard::Print Channel::PrintOf(const http::Exchange& x) const {
  const std::string sample = x.spooled ? SampleOf(*x.spooled) : std::string();
  return guard_.PrintOf(x.table->Generation(), x.request.method, x.request.target, x.spooled ? sample : *x.body);
}

}  // namespace spikard::dispatch
