// Asio's operations for coroutines: co_await socket.async_read_some(buffer, kUseTuple) gives std::tuple<ErrorCode,
// size_t>.
#pragma once

#include <boost/asio/async_result.hpp>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/place.hpp"
#include "base/task.hpp"

namespace spikard::base {

// Stands for the handler: errors come as values.
struct UseTuple {};
inline constexpr UseTuple kUseTuple;

// An operation that begins when it is awaited. What Asio needs to remember of it lies in the frame of whoever waits.
template <typename Results, typename Initiation, typename... Arguments>
class Operation {
 public:
  Operation(Initiation initiation, Arguments... arguments)
      : initiation_(std::move(initiation)), arguments_(std::move(arguments)...) {}

  bool await_ready() const noexcept { return false; }
  // What cannot begin, for want of memory, ends the process: the coroutine to throw into would be gone with the
  // handler.
  template <std::derived_from<Promise> P>
  void await_suspend(std::coroutine_handle<P> waiter) noexcept {
    std::apply(
        [&](Arguments&... arguments) {
          std::move(initiation_)(Handler{this, Continuation(waiter.promise())}, std::move(arguments)...);
        },
        arguments_);
  }
  Results await_resume() { return *std::move(results_); }

 private:
  struct Handler {
    using allocator_type = InPlace<void>;
    allocator_type get_allocator() const { return InPlace<void>(operation->place_); }
    template <typename... Values>
    void operator()(Values&&... values) {
      operation->results_.emplace(std::forward<Values>(values)...);
      continuation();
    }
    Operation* operation;
    Continuation continuation;
  };

  Initiation initiation_;
  std::tuple<Arguments...> arguments_;
  std::optional<Results> results_;
  Place place_;
};

}  // namespace spikard::base

namespace boost::asio {

template <typename... Values>
class async_result<spikard::base::UseTuple, void(Values...)> {
 public:
  template <typename Initiation, typename... Arguments>
  static auto initiate(Initiation&& initiation, spikard::base::UseTuple, Arguments&&... arguments) {
    return spikard::base::Operation<std::tuple<std::decay_t<Values>...>, std::decay_t<Initiation>,
                                    std::decay_t<Arguments>...>(std::forward<Initiation>(initiation),
                                                                std::forward<Arguments>(arguments)...);
  }
};

}  // namespace boost::asio
