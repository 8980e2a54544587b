// Reads the route's declared parameters once, into one JSON object for the worker. All that are missing or wrong are
// reported together.
#pragma once

#include "http/exchange.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// REQUIRES: the exchange's table and route.
Verdict ConvertArguments(http::Exchange& exchange);

}  // namespace spikard::stage
