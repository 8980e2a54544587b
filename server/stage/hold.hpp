// Before the first manifest nobody knows what exists: requests wait for it, not for ever.
#pragma once

#include <chrono>

#include "base/task.hpp"
#include "http/exchange.hpp"
#include "route/active.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// Sets the exchange's table. Answers 503 if none came in time or too many wait.
// REQUIRES: there is none yet.
base::Task<Verdict> HoldForTable(http::Exchange& exchange, base::Loop& loop, route::Active& active,
                                 std::chrono::milliseconds timeout);

}  // namespace spikard::stage
