// Reads the route's declared parameters once, into one JSON object for the worker. All that are missing or wrong are
// found together.
#pragma once

#include "http/exchange.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// What breaks a schema goes to the exchange's findings; only a query that means nothing is answered at once.
// REQUIRES: the exchange's table and route.
Verdict ConvertArguments(http::Exchange& exchange);

}  // namespace spikard::stage
