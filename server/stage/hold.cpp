#include "stage/hold.hpp"

namespace spikard::stage {

base::Task<Verdict> HoldForTable(http::Exchange& x, base::Loop& loop, route::Active& active,
                                 std::chrono::milliseconds timeout) {
  if (active.Full()) {
    x.Answer(http::Fault::kQueueFull);
    co_return Verdict::kAnswered;
  }
  // Shared with the timer's handler, which may still be queued when this frame has ended.
  const auto wake = std::make_shared<base::Wake>(loop);
  base::Timer timer(loop, timeout);
  timer.async_wait([wake](base::ErrorCode) { wake->Notify(); });
  x.on_gone = [wake] { wake->Notify(); };
  active.Await(*wake);
  co_await wake->Wait();
  active.Forget(*wake);
  x.on_gone = nullptr;
  if (x.gone) co_return Verdict::kAnswered;
  x.table = active.Get();
  if (x.table != nullptr) co_return Verdict::kGoOn;
  x.Answer(http::Fault::kNoWorker);
  co_return Verdict::kAnswered;
}

}  // namespace spikard::stage
