// /livez /readyz /startupz, answered without a worker. A route of the application with exactly this path wins.
#pragma once

#include <functional>

#include "http/exchange.hpp"
#include "route/table.hpp"
#include "stage/load.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// What the probes and the metrics tell.
struct Health {
  std::function<bool()> ready;  // a worker could take a request now
  std::function<Load()> load;
};

// `table` is null before the first manifest.
Verdict AnswerProbe(http::Exchange& exchange, const route::Table* table, const Health& health);

}  // namespace spikard::stage
