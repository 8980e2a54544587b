#include "base/task.hpp"

#include "base/log.hpp"

namespace spikard::base {

// Out of memory, for one: the others go on.
void Detached::promise_type::unhandled_exception() noexcept {
  try {
    std::rethrow_exception(std::current_exception());
  } catch (const std::exception& error) {
    spdlog::error("a connection is given up: {}", error.what());
  } catch (...) {
    spdlog::error("a connection is given up");
  }
}

}  // namespace spikard::base
