// What a stage says of an exchange.
#pragma once

namespace spikard::stage {

enum class Verdict {
  kGoOn,
  kAnswered,  // the response is filled, no later stage sees the exchange
};

}  // namespace spikard::stage
