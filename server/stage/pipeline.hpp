// What happens to an exchange between its session and its worker.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/pool.hpp"
#include "base/spool.hpp"
#include "base/task.hpp"
#include "http/exchange.hpp"
#include "route/active.hpp"
#include "stage/metrics.hpp"
#include "stage/probes.hpp"
#include "stage/request_id.hpp"

namespace spikard::stage {

class Pipeline {
 public:
  // `hand_over`, to the right of all stages, gives the exchange to a worker and fills the response.
  Pipeline(base::Loop& loop, route::Active& active, std::chrono::milliseconds hold_timeout,
           std::shared_ptr<base::Spools> spools, Health health,
           std::function<base::Task<void>(http::Exchange&)> hand_over);

  // Fills the response of an exchange, whoever answers it.
  base::Task<void> Answer(http::Exchange& exchange);
  // Fills the response of a request that could not be read.
  void Refuse(http::Exchange& exchange, http::Fault fault);

 private:
  // Large bodies are rare; more would only take the loop's processor.
  static constexpr size_t kPoolThreads = 2;

  base::Task<void> Run(http::Exchange& exchange);

  base::Loop& loop_;
  route::Active& active_;
  const std::chrono::milliseconds hold_timeout_;
  const std::shared_ptr<base::Spools> spools_;
  const Health health_;
  const std::function<base::Task<void>(http::Exchange&)> hand_over_;
  RequestId request_id_;
  Metrics metrics_;
  base::Pool pool_;
};

}  // namespace spikard::stage
