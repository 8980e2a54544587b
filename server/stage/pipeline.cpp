#include "stage/pipeline.hpp"

#include <utility>

#include "stage/arguments.hpp"
#include "stage/body.hpp"
#include "stage/content.hpp"
#include "stage/hold.hpp"
#include "stage/match.hpp"
#include "stage/media.hpp"
#include "stage/probes.hpp"

namespace spikard::stage {

Pipeline::Pipeline(base::Loop& loop, route::Active& active, std::chrono::milliseconds hold_timeout,
                   std::shared_ptr<base::Spools> spools, Health health,
                   std::function<base::Task<void>(http::Exchange&)> hand_over)
    : loop_(loop),
      active_(active),
      hold_timeout_(hold_timeout),
      spools_(std::move(spools)),
      health_(std::move(health)),
      hand_over_(std::move(hand_over)),
      metrics_(health_.load),
      pool_(loop, kPoolThreads) {}

// The order of the stages, and why.
base::Task<void> Pipeline::Run(http::Exchange& x) {
  // Before anything can fail: every response, errors too, carries the id.
  request_id_.Assign(x, active_.Get().get());
  // Before a manifest is waited for: a probe must not hang while every worker does.
  if (AnswerProbe(x, active_.Get().get(), health_) == Verdict::kAnswered) co_return;
  // For the same reason: somebody wants to know why they hang.
  if (metrics_.Answer(x, active_.Get().get()) == Verdict::kAnswered) co_return;
  // Nothing can be said of a path before the first manifest is there.
  x.table = active_.Get();
  if (x.table == nullptr) {
    const Verdict held = co_await HoldForTable(x, loop_, active_, hold_timeout_);
    if (held == Verdict::kAnswered) co_return;
  }
  // Whether there are ids at all is known only now.
  if (!x.table->Manifest().request_ids) x.request_id.clear();
  Collector collector(*spools_);
  // Once, unless the generation goes while the exchange waits for a worker. So whatever is done here that Unmatch does
  // not undo must bear to be done again.
  for (;;) {
    // First of the checks: all others depend on the route.
    if (MatchRoute(x) == Verdict::kAnswered) co_return;
    if (ConvertArguments(x) == Verdict::kAnswered) co_return;
    // Before the body is read: who sends what nobody takes need not send it.
    Media media;
    if (CheckMedia(x, media) == Verdict::kAnswered) co_return;
    const bool declared = media.kind != 0;
    // So for wrong parameters, unless what is wrong with the body is told beside them.
    if (!declared && SettleFindings(x) == Verdict::kAnswered) co_return;
    // A worker gets whole bodies only, unless it wants to read them as they come.
    if (x.body_source.HasBody()) {
      const Verdict read = co_await ReadBody(x, media, collector);
      if (read == Verdict::kAnswered) co_return;
    }
    if (declared) {
      // Last: nobody can know all that is wrong before.
      const Verdict checked = co_await CheckBody(x, media, collector, pool_);
      if (checked == Verdict::kAnswered) co_return;
      if (SettleFindings(x) == Verdict::kAnswered) co_return;
    }
    co_await hand_over_(x);
    if (!std::exchange(x.rematch, false)) co_return;
    x.Unmatch();
    x.table = active_.Get();
  }
}

base::Task<void> Pipeline::Answer(http::Exchange& x) {
  co_await Run(x);
  request_id_.Echo(x);
  metrics_.Count(x.response.status);
}

void Pipeline::Refuse(http::Exchange& x, http::Fault fault) {
  request_id_.Assign(x, active_.Get().get());
  x.Answer(fault);
  request_id_.Echo(x);
  metrics_.Count(x.response.status);
}

}  // namespace spikard::stage
