// Finds the route: 404, 405 with Allow, 204 for OPTIONS, GET's route for HEAD.
#pragma once

#include "http/exchange.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// REQUIRES: the exchange's table.
Verdict MatchRoute(http::Exchange& exchange);

}  // namespace spikard::stage
