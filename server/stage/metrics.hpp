// /metrics, in the text format of Prometheus; answered without a worker. A route of the application with exactly this
// path wins.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "http/exchange.hpp"
#include "route/table.hpp"
#include "stage/load.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

class Metrics {
 public:
  explicit Metrics(std::function<Load()> load) : load_(std::move(load)) {}

  // A request has its answer, of whomever.
  void Count(uint16_t status);
  // `table` is null before the first manifest.
  Verdict Answer(http::Exchange& exchange, const route::Table* table) const;

 private:
  const std::function<Load()> load_;
  std::array<uint64_t, 5> requests_{};  // by class of their status: 1xx to 5xx
};

}  // namespace spikard::stage
