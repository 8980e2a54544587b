// What has befallen a worker, told once: one line of JSON in the log. By the id of its end those clients name it that
// lost by it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spikard::dispatch {

// How a worker's process has ended, as far as is known.
struct ProcessEnd {
  bool ended = false;  // else it lives, and only its connection is gone
  int signal = 0;      // that has killed it; 0: none, or not known
  int status = -1;     // that it has left with; -1: not known

  // It died of something that its own code did, for all that can be known.
  bool ByItself() const;
};

struct Incident {
  struct Exchange {
    std::string_view state;  // of the flight recorder: "offered", "begun", "answered"; empty: not told
    bool running = false;
    std::string request_id;
    std::string method;
    std::string route;
    std::chrono::milliseconds age{0};
    std::string_view outcome;  // "repeated", "held", "failed", "poisoned", "awaited", "cancelled"; empty: not told
  };

  std::string_view event;  // "worker_lost", "worker_silent"
  std::string id;          // empty: no client gets it
  std::string cause;
  ProcessEnd end;
  uint32_t pid = 0;
  uint64_t generation = 0;
  uint64_t memory = 0;  // bytes resident a moment before; 0: not known
  std::vector<Exchange> exchanges;
  std::string stack;  // as the worker's language writes it, a line for each frame; empty: not known

  static constexpr size_t kMaxListed = 100;
  static constexpr size_t kMaxStackLines = 40;
  static constexpr size_t kMaxStackLine = 300;

  // With the first exchanges, and how many there are more.
  std::string Json() const;
};

}  // namespace spikard::dispatch
