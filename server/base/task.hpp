// Coroutines on the loop. The executor's type is fixed, which spares each step what a type-erased one costs.
//
// gcc 12 miscompiles `if (co_await f(x) == y)`: the next coroutine is called with shifted arguments. Therefore the
// result of a co_await is always named before it is used.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace spikard::base {

using Loop = boost::asio::io_context;
using Executor = Loop::executor_type;
using ErrorCode = boost::system::error_code;

template <typename T>
using Task = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> kUseTask;
// Errors come as values: co_await op(kUseTuple) gives std::tuple<ErrorCode, ...>.
inline constexpr auto kUseTuple = boost::asio::as_tuple(kUseTask);

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace spikard::base
