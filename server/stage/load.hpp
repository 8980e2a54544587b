// What the front end has to do right now, and what it has had to do again.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikard::stage {

struct Load {
  size_t queued = 0;       // exchanges that wait for a worker, or for the first manifest
  size_t in_flight = 0;    // exchanges that a worker has
  size_t ready = 0;        // workers that take exchanges
  size_t connections = 0;  // of clients
  // Since the start:
  uint64_t repeated = 0;  // exchanges sent to a worker once more
  uint64_t lost = 0;      // exchanges that ended with their worker
};

}  // namespace spikard::stage
