// The lives of workers: how they come, are welcomed, become ready, leave and are lost.
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "dispatch/channel.hpp"

namespace spikard::dispatch {

using net::Clock;
using protocol::RefusalReason;

namespace {
constexpr size_t kTokenSize = 16;
constexpr uint32_t kMaxSlots = 1 << 16;
constexpr uint32_t kMaxBatch = 256 * 1024 * 1024;
constexpr std::chrono::milliseconds kBeat{500};
constexpr auto kSilence = 6 * kBeat;
// How long a new generation has to serve before the workers of the older ones are sent away: it may die of its first
// requests, and then they are there.
constexpr std::chrono::milliseconds kProof{2'000};
// A worker without an attach socket that has said Hello and then nothing.
constexpr std::chrono::milliseconds kManifestTime{5'000};

bool SameToken(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}
}  // namespace

std::string Channel::Admit(std::unique_ptr<Recorder> recorder) {
  if (draining_) return {};
  return admitted_.emplace_back(Admitted{base::SecureBytes(kTokenSize), std::move(recorder)}).token;
}

void Channel::OnLeaving(const std::string& token) {
  if (Peer* peer = FindByToken(token)) OnAsked(*peer);
}

stage::Load Channel::Load() const {
  stage::Load load{.queued = dispatcher_.Queued() + active_.Waiting(), .in_flight = dispatcher_.InFlight()};
  load.ready = static_cast<size_t>(std::count_if(
      peers_.begin(), peers_.end(), [](const auto& entry) { return entry.second.state == Peer::State::kReady; }));
  load.repeated = tally_.repeated;
  load.lost = tally_.lost;
  return load;
}

void Channel::OnHello(const PeerAddress& from, const protocol::Hello& hello) {
  Peer& peer = peers_[from];
  peer.address = from;
  peer.id = ++last_worker_;
  peer.pid = hello.pid;
  peer.token = hello.token;
  peer.attached = !hello.token.empty();
  peer.epoch = hello.epoch;
  peer.manifest_hash = hello.manifest_hash;
  peer.max_batch = hello.max_batch;
  peer.last_received = 1;
  peer.heard = Clock::now();
  addresses_[peer.id] = from;

  const auto token = std::find_if(admitted_.begin(), admitted_.end(),
                                  [&](const Admitted& admitted) { return SameToken(admitted.token, hello.token); });
  if (peer.attached && token == admitted_.end()) {
    return Refuse(peer, RefusalReason::kToken, "the token is not one that was given out");
  }
  if (token != admitted_.end()) {
    peer.recorder = std::move(token->recorder);
    admitted_.erase(token);
  }
  peer.slots = std::min(hello.slots, peer.recorder ? (*peer.recorder)->slots() : kMaxSlots);
  if (draining_) return Refuse(peer, RefusalReason::kStopping, "the front end is stopping");
  peer.table = generations_.Find(peer.epoch, peer.manifest_hash);
  if (peer.table) {
    Welcome(peer);
  } else {
    Send(peer, protocol::ManifestWanted{});
  }
}

void Channel::OnManifest(Peer& peer, std::string_view manifest) {
  std::string refusal;
  peer.table = generations_.Add(peer.epoch, peer.manifest_hash, manifest, refusal);
  if (peer.table) return Welcome(peer);
  spdlog::error("{} is refused: {}", peer.Name(), refusal);
  Refuse(peer, RefusalReason::kManifest, refusal);
}

void Channel::Welcome(Peer& peer) {
  peer.state = Peer::State::kWelcomed;
  const auto heartbeat = peer.attached ? 0 : static_cast<uint32_t>(kBeat.count());
  Send(peer, protocol::Welcome{peer.table->Generation(), peer.slots, kWindow, kMaxBatch, heartbeat});
}

void Channel::Refuse(Peer& peer, RefusalReason reason, const std::string& detail) {
  Send(peer, protocol::Refused{reason, detail});
  FlushOne(peer);
  Forget(peer, WorkerLost{peer.id});
}

void Channel::RefuseVersion(const PeerAddress& from) {
  protocol::BatchWriter answer;
  answer.Add(
      {0, 0, protocol::Refused{RefusalReason::kVersion, "the front end speaks another version of the protocol"}});
  link_->Send(from, answer.Seal({incarnation_, 1}));
}

std::string_view Channel::OnReady(Peer& peer) {
  if (peer.state == Peer::State::kDraining) return {};  // it has crossed the Drain
  if (peer.state != Peer::State::kWelcomed) return "ready out of turn";
  peer.state = Peer::State::kReady;
  spdlog::debug("{} is ready, generation {}", peer.Name(), peer.table->Generation());
  Feed(WorkerReady{peer.id, peer.table->Generation(), peer.slots});
  Reactivate();
  if (outlook_.ready) outlook_.ready();
  return {};
}

void Channel::Reactivate() {
  if (draining_) return;
  route::Active::Handle newest;
  for (const auto& [address, peer] : peers_) {
    if (peer.state != Peer::State::kReady) continue;
    if (!newest || peer.table->Generation() > newest->Generation()) newest = peer.table;
  }
  const route::Active::Handle before = active_.Get();
  if (!newest || newest == before) return;
  if (before) spdlog::info("generation {} serves, no longer {}", newest->Generation(), before->Generation());
  active_.Set(newest);
  Feed(Activated{newest->Generation()});
  for (auto& [address, peer] : peers_) {
    if (peer.state != Peer::State::kReady) continue;
    if (peer.table == newest) {
      peer.superseded.reset();
    } else if (!peer.superseded) {
      peer.superseded = Clock::now() + kProof;
    }
  }
}

void Channel::OnAsked(Peer& peer) {
  if (peer.state == Peer::State::kDraining || std::exchange(peer.asked, true)) return;
  const bool others = std::any_of(peers_.begin(), peers_.end(), [](const auto& entry) {
    return entry.second.state == Peer::State::kReady && !entry.second.asked;
  });
  if (peer.state != Peer::State::kReady || others || !outlook_.last_leaves) return StartDrain(peer);
  spdlog::info("{} wants to leave, and is the last one", peer.Name());
  outlook_.last_leaves();
}

void Channel::LetLeave() {
  ForEachPeer([this](Peer& peer) {
    if (peer.asked) StartDrain(peer);
  });
}

void Channel::StartDrain(Peer& peer) {
  if (std::exchange(peer.state, Peer::State::kDraining) == Peer::State::kDraining) return;
  Feed(WorkerDraining{peer.id});
  Send(peer, protocol::Drain{0, draining_});
  Reactivate();
}

void Channel::Drain(std::function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  ForEachPeer([this](Peer& peer) { StartDrain(peer); });
  FinishDrain();
}

void Channel::Abandon() {
  draining_ = true;
  ForEachPeer([this](Peer& peer) {
    Send(peer, protocol::Goodbye{});
    FlushOne(peer);
  });
  peers_.clear();
  addresses_.clear();
  Feed(Abandoned{});
}

void Channel::FinishDrain() {
  if (draining_ && peers_.empty() && drained_) std::exchange(drained_, nullptr)();
}

void Channel::Forget(Peer& peer, const Event& end) {
  std::string incident = std::move(peer.incident);
  addresses_.erase(peer.id);
  peers_.erase(PeerAddress(peer.address));
  incident_ = std::move(incident);
  Feed(end);
  incident_.clear();
  Reactivate();
  FinishDrain();
}

void Channel::Leave(Peer& peer) {
  const std::string token = peer.token;
  Forget(peer, WorkerLeft{peer.id});
  // The worker waits for this: had it closed its attach socket first, that could have overtaken its last batches.
  if (!token.empty() && on_distrust_) on_distrust_(token);
}

void Channel::Lose(Peer& peer, std::string_view cause) {
  spdlog::error("{} has lost its place: {}", peer.Name(), cause);
  const std::string token = peer.token;
  ReadLastWords(peer, cause);
  Forget(peer, WorkerLost{peer.id});
  if (!token.empty() && on_distrust_) on_distrust_(token);
}

void Channel::Beat() {
  heartbeat_.expires_after(kBeat);
  heartbeat_.async_wait([this](base::ErrorCode stopped) {
    if (stopped) return;
    Feed(Tick{});
    ForEachPeer([this](Peer& peer) {
      if (peer.superseded && Clock::now() >= *peer.superseded) StartDrain(peer);
      if (peer.attached) return;
      const bool welcomed = peer.state != Peer::State::kHello;
      if (Clock::now() - peer.heard > (welcomed ? kSilence : kManifestTime)) {
        Lose(peer, "it is silent");
      } else if (welcomed) {
        Send(peer, protocol::Ping{peer.last_sent});
      }
    });
    Beat();
  });
}

void Channel::ForEachPeer(const std::function<void(Peer&)>& visit) {
  std::vector<WorkerId> all;
  for (const auto& [id, address] : addresses_) all.push_back(id);
  for (const WorkerId id : all) {
    if (Peer* peer = Find(id)) visit(*peer);
  }
}

Peer* Channel::Find(WorkerId id) {
  const auto address = addresses_.find(id);
  return address != addresses_.end() ? &peers_.at(address->second) : nullptr;
}

Peer* Channel::FindByToken(const std::string& token) {
  const auto found =
      std::find_if(peers_.begin(), peers_.end(), [&](const auto& entry) { return entry.second.token == token; });
  return found != peers_.end() ? &found->second : nullptr;
}

}  // namespace spikard::dispatch
