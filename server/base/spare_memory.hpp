// Gives memory back to the system that a crowd has needed and nobody needs any more: the allocator keeps it for ever,
// if anything behind it is in use.
#pragma once

#include "base/task.hpp"

namespace spikard::base {

class SpareMemory {
 public:
  explicit SpareMemory(Loop& loop) : timer_(loop) {}

  // Looks again and again, until the loop ends.
  void Watch();

 private:
  Timer timer_;
};

}  // namespace spikard::base
