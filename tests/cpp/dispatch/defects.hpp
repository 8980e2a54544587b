// Ways in which a dispatcher could be wrong. The simulation must find each: else it proves nothing.
#pragma once

#include <span>
#include <vector>

#include "dispatch/dispatcher.hpp"

namespace spikard::dispatch {

struct Defect {
  const char* name;
  // Changes what the dispatcher is told; false: it is not told at all.
  bool (*before)(Event&);
  // Changes what it says.
  void (*after)(const Event&, std::vector<Action>&);
};

std::span<const Defect> Defects();

}  // namespace spikard::dispatch
