// One coroutine waits, somebody else on the same loop wakes it. The bare bones of what a timer that never expires is
// often used for, without its cost.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "base/task.hpp"

namespace spikard::base {

class Wake {
 public:
  Wake() = default;
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  // Returns at once if Notify has come already; consumes it either way.
  // REQUIRES: at most one waiter; the object outlives the wait.
  Task<void> Wait() {
    if (!std::exchange(notified_, false)) {
      co_await boost::asio::async_initiate<decltype(kUseTask), void()>(
          [this](auto handler) { waiter_ = std::make_unique<Holder<decltype(handler)>>(std::move(handler)); },
          kUseTask);
      notified_ = false;
    }
  }

  // The waiter goes on from the loop, never from inside this call.
  void Notify() {
    if (std::exchange(notified_, true)) return;
    if (auto waiter = std::move(waiter_)) waiter->Resume();
  }

 private:
  struct Waiter {
    virtual ~Waiter() = default;
    virtual void Resume() = 0;
  };

  template <typename Handler>
  struct Holder final : Waiter {
    explicit Holder(Handler h) : handler(std::move(h)) {}
    void Resume() override {
      auto executor = boost::asio::get_associated_executor(handler);
      boost::asio::post(executor, std::move(handler));
    }
    Handler handler;
  };

  bool notified_ = false;
  std::unique_ptr<Waiter> waiter_;
};

}  // namespace spikard::base
