#include "stage/body.hpp"

#include <limits>

#include "route/table.hpp"

namespace spikard::stage {

base::Task<Verdict> ReadBody(http::Exchange& x) {
  if (!x.body_source.HasBody()) co_return Verdict::kGoOn;
  const uint64_t own_limit = x.table->MaxBodySize(x.route);
  const uint64_t limit = own_limit != 0 ? own_limit : std::numeric_limits<uint64_t>::max();
  http::Fault fault = http::Fault::kNone;
  if (x.table->At(x.route).streams_body) {
    fault = x.body_source.StreamBody(*x.body, limit, x.upload);
  } else {
    fault = co_await x.body_source.ReadBody(*x.body, limit);
  }
  if (fault == http::Fault::kNone) co_return Verdict::kGoOn;
  // What follows on the connection is the rest of a body that nobody will read.
  x.response.close = true;
  x.Answer(fault);
  co_return Verdict::kAnswered;
}

}  // namespace spikard::stage
