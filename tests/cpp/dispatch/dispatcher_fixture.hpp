// A dispatcher whose actions are read as texts.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "dispatch/dispatcher.hpp"

namespace spikard::dispatch {

using http::Fault;
using std::chrono::milliseconds;

inline std::string Text(const Action& action) {
  struct Teller {
    std::string operator()(const Offer& a) const {
      return "offer " + std::to_string(a.exchange) + " to " + std::to_string(a.worker) + "." + std::to_string(a.slot) +
             (a.attempt != 0 ? " again " + std::to_string(a.attempt) : "") + (a.alone ? " alone" : "");
    }
    std::string operator()(const Pass& a) const { return "pass " + std::to_string(a.exchange); }
    std::string operator()(const TakeBack& a) const {
      return "take " + std::to_string(a.exchange) + " from " + std::to_string(a.worker) + "." + std::to_string(a.slot);
    }
    std::string operator()(const Revoke& a) const {
      return "revoke " + std::to_string(a.exchange) + " at " + std::to_string(a.worker) + "." + std::to_string(a.slot);
    }
    std::string operator()(const Deliver& a) const { return "deliver " + std::to_string(a.exchange); }
    std::string operator()(const Rematch& a) const {
      return "rematch " + std::to_string(a.exchange) + (a.attempts != 0 ? " after " + std::to_string(a.attempts) : "");
    }
    std::string operator()(const Fail& a) const {
      const char* why = a.fault == Fault::kNoWorker       ? "no worker"
                        : a.fault == Fault::kQueueFull    ? "queue full"
                        : a.fault == Fault::kStopping     ? "stopping"
                        : a.fault == Fault::kWorkerLost   ? "worker lost"
                        : a.fault == Fault::kBodyTooLarge ? "too large"
                                                          : "?";
      return "fail " + std::to_string(a.exchange) + " " + why;
    }
    std::string operator()(const Distrust& a) const { return "distrust " + std::to_string(a.worker); }
  };
  return std::visit(Teller{}, action);
}

using Texts = std::vector<std::string>;

struct DispatcherTest : testing::Test {
  Texts On(const Event& event) {
    std::vector<Action> actions;
    dispatcher.On(now, event, actions);
    Texts texts;
    for (const Action& action : actions) texts.push_back(Text(action));
    return texts;
  }
  Texts Submit(ExchangeId id, bool repeatable = true, uint64_t generation = 1, uint64_t bytes = 1) {
    return On(Submitted{id, generation, repeatable, bytes});
  }

  TimePoint now{};
  Dispatcher dispatcher{{milliseconds(1'000), 3, 100}};
};

}  // namespace spikard::dispatch
