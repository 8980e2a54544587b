// Coroutines on the loop. Written for this program, since Asio's own cost several times as much per step: a task runs
// at once until it waits for the first time, so that one that need not wait is hardly more than a call.
//
// gcc 12 miscompiles `if (co_await f(x) == y)`: the next coroutine is called with shifted arguments. Therefore the
// result of a co_await is always named before it is used.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/frames.hpp"

namespace spikard::base {

using Loop = boost::asio::io_context;
using Executor = Loop::executor_type;
using ErrorCode = boost::system::error_code;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// What every coroutine has.
struct Promise {
  static void* operator new(size_t size) { return Frames::Take(size); }
  static void operator delete(void* frame, size_t size) { Frames::Give(frame, size); }

  std::coroutine_handle<> self;
  Promise* waiter = nullptr;  // who goes on when it has ended
};

// A coroutine that waits for something, and all that wait for it: they go on when this is called, and end when it is
// dropped.
class Continuation {
 public:
  Continuation() = default;
  explicit Continuation(Promise& waiting) : waiting_(&waiting) {}
  Continuation(Continuation&& other) noexcept : waiting_(std::exchange(other.waiting_, nullptr)) {}
  Continuation& operator=(Continuation&& other) noexcept {
    std::swap(waiting_, other.waiting_);
    return *this;
  }
  ~Continuation() {
    if (waiting_ == nullptr) return;
    // Each owns the one that it waits for.
    while (waiting_->waiter != nullptr) waiting_ = waiting_->waiter;
    waiting_->self.destroy();
  }

  explicit operator bool() const { return waiting_ != nullptr; }
  void operator()() { std::exchange(waiting_, nullptr)->self.resume(); }

 private:
  Promise* waiting_ = nullptr;
};

template <typename T>
struct Result {
  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T Take() { return *std::move(value); }
  std::optional<T> value;
};
template <>
struct Result<void> {
  void return_void() {}
  void Take() {}
};

// The result of a coroutine, to be awaited once, at once: `co_await f()`.
template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type : Promise, Result<T> {
    struct End {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
        const Promise* waiter = ended.promise().waiter;
        return waiter != nullptr ? waiter->self : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };

    Task get_return_object() {
      const auto handle = std::coroutine_handle<promise_type>::from_promise(*this);
      self = handle;
      return Task(handle);
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    End final_suspend() noexcept { return {}; }
    void unhandled_exception() { failure = std::current_exception(); }

    std::exception_ptr failure;
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return handle_.done(); }
  template <std::derived_from<Promise> P>
  void await_suspend(std::coroutine_handle<P> waiter) noexcept {
    handle_.promise().waiter = &waiter.promise();
  }
  T await_resume() {
    if (handle_.promise().failure) std::rethrow_exception(handle_.promise().failure);
    return handle_.promise().Take();
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

// A coroutine that nobody waits for: it frees itself when it has ended, or with the last who could wake it.
struct Detached {
  struct promise_type : Promise {
    Detached get_return_object() {
      self = std::coroutine_handle<promise_type>::from_promise(*this);
      return {};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept;
  };
};

// Without memory for its frame the process ends: what the task waits for would wake a coroutine that is gone.
inline Detached Spawn(Task<void> task) noexcept { co_await task; }
// Calls `begin()`, a lambda perhaps, which stays until the task that it returns has ended.
template <std::invocable Begin>
Detached Spawn(Begin begin) noexcept {
  co_await begin();
}

}  // namespace spikard::base
