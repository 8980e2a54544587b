// One coroutine waits, somebody else on the same loop wakes it. The bare bones of what a timer that never expires is
// often used for, without its cost.
#pragma once

#include <array>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/task.hpp"

namespace spikard::base {

class Wake {
 public:
  Wake() = default;
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  // Goes on once Notify has come, or if it had come already; consumes it either way.
  // REQUIRES: at most one waiter; the object outlives the wait.
  Task<void> Wait() {
    return boost::asio::async_initiate<decltype(kUseTask), void()>(
        [this](Waiter waiter) {
          waiter_.emplace(std::move(waiter));
          if (notified_) Resume();
        },
        kUseTask);
  }

  // The waiter goes on from the loop, never from inside this call.
  void Notify() {
    if (std::exchange(notified_, true)) return;
    if (waiter_) Resume();
  }

 private:
  using Waiter = boost::asio::async_result<std::decay_t<decltype(kUseTask)>, void()>::handler_type;

  // Gives the loop's queue the one place that it needs: there is one waiter, and it leaves the place before it goes on.
  template <typename T>
  struct InPlace {
    using value_type = T;
    explicit InPlace(Wake& of) : wake(&of) {}
    template <typename U>
    InPlace(const InPlace<U>& other) : wake(other.wake) {}
    T* allocate(size_t count) {
      static_assert(sizeof(T) <= kPlace && alignof(T) <= alignof(std::max_align_t));
      return count == 1 ? reinterpret_cast<T*>(wake->place_.data()) : nullptr;
    }
    void deallocate(T*, size_t) {}
    bool operator==(const InPlace&) const = default;
    Wake* wake;
  };

  struct Resumption {
    using allocator_type = InPlace<void>;
    allocator_type get_allocator() const { return InPlace<void>(*wake); }
    void operator()() {
      wake->notified_ = false;
      waiter();
    }
    Wake* wake;
    Waiter waiter;
  };

  void Resume() {
    const auto executor = boost::asio::get_associated_executor(*waiter_);
    // Until it goes on, more notifications are one.
    boost::asio::post(executor, Resumption{this, std::move(*waiter_)});
    waiter_.reset();
  }

  static constexpr size_t kPlace = 128;
  alignas(std::max_align_t) std::array<std::byte, kPlace> place_;
  bool notified_ = false;
  std::optional<Waiter> waiter_;
};

}  // namespace spikard::base
