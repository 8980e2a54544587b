#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "schema/document.hpp"

namespace spikard::schema {

// Equality of JSON values (JSON Schema Core 4.2.2): numbers by mathematical value, objects whatever the order
// of their members. Recursion is bounded by the depth that the parser allowed.
bool Equal(const Document& a, NodeIndex left, const Document& b, NodeIndex right);

// Equal values have equal hashes. Keyed once per process, so that collisions cannot be prepared.
uint64_t Hash(const Document& document, NodeIndex value);

// The positions of two equal items, if there are any (Validation 6.4.3): n log n in the number of items.
std::optional<std::pair<uint32_t, uint32_t>> FindEqualItems(const Document& document, NodeIndex array);

}  // namespace spikard::schema
