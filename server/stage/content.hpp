// The declared body: judged beside the parameters' findings, and all of it told at once.
#pragma once

#include "base/pool.hpp"
#include "base/task.hpp"
#include "http/exchange.hpp"
#include "stage/collector.hpp"
#include "stage/media.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

// Adds what breaks the schema to the exchange's findings; answers what is no JSON, no form or too large.
// Large bodies go to the pool: probes stay quick meanwhile. REQUIRES: the whole body, as the collector has it, and
// media of CheckMedia.
base::Task<Verdict> CheckBody(http::Exchange& exchange, const Media& media, Collector& collector, base::Pool& pool);

// Answers 422 with all findings, or hands them to a worker that wants the verdict.
Verdict SettleFindings(http::Exchange& exchange);

}  // namespace spikard::stage
