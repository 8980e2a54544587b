// One worker's end of the data channel.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/dispatcher.hpp"
#include "dispatch/link.hpp"
#include "dispatch/pulse.hpp"
#include "dispatch/recorder.hpp"
#include "protocol/codec.hpp"
#include "route/table.hpp"

namespace spikard::dispatch {

struct Peer {
  // kHello: nothing but Hello or ManifestOffer is expected. kWelcomed: its lifespan is starting.
  enum class State { kHello, kWelcomed, kReady, kDraining };

  // ---- constant after Hello
  PeerAddress address;
  WorkerId id = 0;
  uint32_t pid = 0;
  bool attached = false;  // its death is told by the attach socket
  std::string token;
  std::unique_ptr<Recorder> recorder;  // null: what was sent to it counts as begun
  std::string epoch;
  std::string manifest_hash;
  Slot slots = 0;
  uint32_t max_batch = 0;

  // ---- as the connection goes on
  State state = State::kHello;
  bool unreachable = false;  // and its end not told yet
  std::string incident;      // of its end; empty while it is there
  bool asked = false;        // to leave
  // When it is drained for a newer generation that serves, unless that one has gone by then; none: never.
  std::optional<std::chrono::steady_clock::time_point> superseded;
  std::shared_ptr<const route::Table> table;
  uint64_t last_received = 0;
  uint64_t last_sent = 0;
  std::chrono::steady_clock::time_point heard;  // of a peer that is not attached
  Pulse pulse;                                  // of one that has a flight recorder
  uint64_t asked_stack = 0;                     // number of the order that is not answered yet
  std::string stack;                            // where it stands; told since it is silent
  // Answered, it says, but the end has not come: for so many looks; and those that it was asked about, by which Ping.
  struct Overdue {
    uint64_t ping;
    Slot slot;
    ExchangeId exchange;
  };
  std::map<ExchangeId, int> owed;
  std::vector<Overdue> overdue;
  uint64_t last_ping = 0;
  protocol::BatchWriter outbox;
  size_t seen = 0;     // bytes of the outbox, when it was last looked at
  int gathered = 0;    // turns of the loop that it has waited
  bool dirty = false;  // it is to be sent

  std::string Name() const { return "worker " + std::to_string(pid); }
};

}  // namespace spikard::dispatch
