// A few threads for what would block the loop: it must work on values that nobody changes meanwhile.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/operation.hpp"

namespace spikard::base {

class Pool {
 public:
  Pool(Loop& loop, size_t threads) : loop_(loop), wanted_(threads) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { Join(); }

  // Waits for all that was begun: before the loop ends that it would come back to. Nothing is begun afterwards.
  void Join() {
    open_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // Calls `work()` on one of the threads, which start with the first call; nobody waits for it. Throws
  // std::system_error if there can be no thread at all.
  // REQUIRES: on the loop, as for Run. `work` refers to nothing that may end before.
  template <typename Work>
  void Post(Work work) {
    if (threads_.empty()) Start();
    boost::asio::post(work_, std::move(work));
  }

  // The same, but returns on the loop when it is done.
  // REQUIRES: what `work` refers to outlives the wait.
  template <typename Work>
  Task<void> Run(Work work) {
    if (threads_.empty()) Start();
    co_await boost::asio::async_initiate<decltype(kUseTuple), void()>(
        [this](auto handler, Work todo) {
          auto guard = boost::asio::make_work_guard(loop_);
          boost::asio::post(work_,
                            [handler = std::move(handler), todo = std::move(todo), guard = std::move(guard)]() mutable {
                              todo();
                              boost::asio::post(guard.get_executor(), std::move(handler));
                            });
        },
        kUseTuple, std::move(work));
  }

 private:
  // With fewer threads than wanted, rather than not at all. (boost::asio::thread_pool would wait for ever for the first
  // one if the second could not be made.)
  void Start() {
    threads_.reserve(wanted_);
    try {
      while (threads_.size() < wanted_) threads_.emplace_back([this] { work_.run(); });
    } catch (const std::system_error& error) {
      if (threads_.empty()) throw;
      spdlog::warn("{} of {} threads can be made: {}", threads_.size(), wanted_, error.what());
    }
  }

  Loop& loop_;
  const size_t wanted_;
  boost::asio::io_context work_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> open_{work_.get_executor()};
  std::vector<std::thread> threads_;
};

}  // namespace spikard::base
