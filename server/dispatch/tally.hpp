// Counts what the dispatcher had to do because workers went away.
#pragma once

#include <cstdint>
#include <variant>

#include "dispatch/dispatcher.hpp"

namespace spikard::dispatch {

struct Tally {
  uint64_t repeated = 0;  // exchanges sent to a worker once more
  uint64_t lost = 0;      // exchanges that ended with their worker

  void Count(const Action& action) {
    if (const auto* offer = std::get_if<Offer>(&action); offer != nullptr && offer->attempt > 0) ++repeated;
    if (const auto* fail = std::get_if<Fail>(&action); fail != nullptr && fail->fault == http::Fault::kWorkerLost) {
      ++lost;
    }
  }
};

}  // namespace spikard::dispatch
