// A few threads for what would block the loop: it must work on values that nobody changes meanwhile.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <utility>

#include "base/operation.hpp"

namespace spikard::base {

class Pool {
 public:
  Pool(Loop& loop, size_t threads) : loop_(loop), threads_(threads) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { Join(); }

  // Waits for all that was begun: before the loop ends that it would come back to.
  void Join() {
    if (pool_) pool_->join();
  }

  // Calls `work()` on one of the threads, which start with the first call; nobody waits for it.
  // REQUIRES: on the loop, as for Run. `work` refers to nothing that may end before.
  template <typename Work>
  void Post(Work work) {
    if (!pool_) pool_.emplace(threads_);
    boost::asio::post(*pool_, std::move(work));
  }

  // The same, but returns on the loop when it is done.
  // REQUIRES: what `work` refers to outlives the wait.
  template <typename Work>
  Task<void> Run(Work work) {
    if (!pool_) pool_.emplace(threads_);
    co_await boost::asio::async_initiate<decltype(kUseTuple), void()>(
        [this](auto handler, Work todo) {
          auto guard = boost::asio::make_work_guard(loop_);
          boost::asio::post(*pool_,
                            [handler = std::move(handler), todo = std::move(todo), guard = std::move(guard)]() mutable {
                              todo();
                              boost::asio::post(guard.get_executor(), std::move(handler));
                            });
        },
        kUseTuple, std::move(work));
  }

 private:
  Loop& loop_;
  const size_t threads_;
  std::optional<boost::asio::thread_pool> pool_;
};

}  // namespace spikard::base
