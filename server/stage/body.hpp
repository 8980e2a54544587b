// Reads the body, within the route's limit, so that a worker gets whole requests only.
#pragma once

#include "base/task.hpp"
#include "http/exchange.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// REQUIRES: the exchange's table and route.
base::Task<Verdict> ReadBody(http::Exchange& exchange);

}  // namespace spikard::stage
