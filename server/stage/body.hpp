// Reads the body, within the route's limit: all of it, unless the route takes it as a stream. What can be told of it
// meanwhile is told at once.
#pragma once

#include "base/task.hpp"
#include "http/exchange.hpp"
#include "stage/collector.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// REQUIRES: the exchange's table and route, and media of CheckMedia.
base::Task<Verdict> ReadBody(http::Exchange& exchange, const Media& media, Collector& collector);

}  // namespace spikard::stage
