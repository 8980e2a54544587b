#pragma once

#include <cstddef>

namespace spikard::schema {

// What one text may cost. Every limit is checked; none is a hint.
struct Limits {
  size_t max_depth = 128;                    // open arrays and objects at once
  size_t max_bytes = (size_t{1} << 29) - 1;  // of the JSON text; Document::kMaxBytes is the ceiling
};

}  // namespace spikard::schema
