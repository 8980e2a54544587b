// x-request-id: the client's if it is sane, else a new one; on every response.
#pragma once

#include "base/random.hpp"
#include "http/exchange.hpp"
#include "route/table.hpp"

namespace spikard::stage {

class RequestId {
 public:
  // `table` may be null; without a manifest ids are on.
  void Assign(http::Exchange& exchange, const route::Table* table);
  void Echo(http::Exchange& exchange);

 private:
  base::UuidSource uuids_;
};

}  // namespace spikard::stage
