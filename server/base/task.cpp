#include "base/task.hpp"

#include "base/log.hpp"

namespace spikard::base {

// What runs beside it goes on.
void Detached::promise_type::unhandled_exception() noexcept {
  try {
    std::rethrow_exception(std::current_exception());
  } catch (const std::exception& error) {
    spdlog::error("a coroutine is given up: {}", error.what());
  } catch (...) {
    spdlog::error("a coroutine is given up");
  }
}

}  // namespace spikard::base
