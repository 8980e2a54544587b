// Reads the body, within the route's limit: all of it, unless the route takes it as a stream.
#pragma once

#include "base/task.hpp"
#include "http/exchange.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// REQUIRES: the exchange's table and route.
base::Task<Verdict> ReadBody(http::Exchange& exchange);

}  // namespace spikard::stage
