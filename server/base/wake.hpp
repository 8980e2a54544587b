// One coroutine waits, somebody else on the same loop wakes it. The bare bones of what a timer that never expires is
// often used for, without its cost.
#pragma once

#include <boost/asio/post.hpp>
#include <utility>

#include "base/place.hpp"
#include "base/task.hpp"

namespace spikard::base {

class Wake {
 public:
  explicit Wake(Loop& loop) : loop_(loop) {}
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  // To be awaited: goes on once Notify has come, or if it had come already; consumes it either way.
  // REQUIRES: at most one waiter; the object outlives the wait.
  auto Wait() { return Waiting{*this}; }

  // The waiter goes on from the loop, never from inside this call.
  void Notify() {
    if (std::exchange(notified_, true)) return;
    // Until it goes on, more notifications are one.
    if (waiter_) boost::asio::post(loop_, Resumption{this, std::move(waiter_)});
  }

 private:
  struct Waiting {
    bool await_ready() const noexcept { return wake.notified_; }
    template <std::derived_from<Promise> P>
    void await_suspend(std::coroutine_handle<P> waiter) {
      wake.waiter_ = Continuation(waiter.promise());
    }
    void await_resume() { wake.notified_ = false; }
    Wake& wake;
  };

  struct Resumption {
    using allocator_type = InPlace<void>;
    allocator_type get_allocator() const { return InPlace<void>(wake->place_); }
    void operator()() { waiter(); }
    Wake* wake;
    Continuation waiter;
  };

  Loop& loop_;
  Place place_;
  bool notified_ = false;
  Continuation waiter_;
};

}  // namespace spikard::base
