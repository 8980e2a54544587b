#include "stage/body.hpp"

#include <limits>
#include <utility>

#include "route/table.hpp"

namespace spikard::stage {

base::Task<Verdict> ReadBody(http::Exchange& x, const Media& media, Collector& collector) {
  if (!x.body_source.HasBody()) co_return Verdict::kGoOn;
  const uint64_t own_limit = x.table->MaxBodySize(x.route);
  const uint64_t limit = own_limit != 0 ? own_limit : std::numeric_limits<uint64_t>::max();
  if (std::exchange(x.body_read, true)) {
    // By the stages of another generation. What still comes cannot be collected any more.
    const uint64_t size = x.spooled ? x.spooled->Size() : x.body->size();
    const bool taken = x.upload ? x.table->At(x.route).streams_body : size <= limit;
    if (taken) co_return Verdict::kGoOn;
    x.response.close = x.upload != nullptr;
    x.Answer(x.upload ? http::Fault::kNoWorker : http::Fault::kBodyTooLarge);
    co_return Verdict::kAnswered;
  }
  http::Fault fault = http::Fault::kNone;
  if (x.table->At(x.route).streams_body) {
    fault = x.body_source.StreamBody(*x.body, limit, x.upload);
  } else {
    if (media.kind != 0) collector.Expect(PlanOf(*x.table, x.route), media);
    fault = co_await x.body_source.ReadBody(*x.body, limit, &collector);
    if (fault == http::Fault::kNone && collector.Begun()) fault = co_await collector.End(*x.body);
    x.spooled = collector.TakeFile();
  }
  if (fault == http::Fault::kNone) co_return Verdict::kGoOn;
  // What follows on the connection is the rest of a body that nobody will read.
  x.response.close = true;
  http::Problem problem = http::ProblemOf(fault);
  if (!collector.detail().empty()) problem.detail = collector.detail();
  x.Answer(problem);
  co_return Verdict::kAnswered;
}

}  // namespace spikard::stage
