#include "stage/body.hpp"

#include <limits>

#include "route/table.hpp"

namespace spikard::stage {

base::Task<Verdict> ReadBody(http::Exchange& x) {
  if (!x.body_source.HasBody()) co_return Verdict::kGoOn;
  const uint64_t limit = x.table->MaxBodySize(x.route);
  const http::Fault fault =
      co_await x.body_source.ReadBody(*x.body, limit != 0 ? limit : std::numeric_limits<uint64_t>::max());
  if (fault == http::Fault::kNone) co_return Verdict::kGoOn;
  // What follows on the connection is the rest of a body that nobody will read.
  x.response.close = true;
  x.Answer(fault);
  co_return Verdict::kAnswered;
}

}  // namespace spikard::stage
