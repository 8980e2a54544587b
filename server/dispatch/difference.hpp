// What sets two manifests apart, in words.
#pragma once

#include <string>

#include "protocol/manifest.hpp"

namespace spikard::dispatch {

// The first difference, for the log: "route POST /orders has another body_schema". Empty if they are equal.
std::string FirstDifference(const protocol::Manifest& before, const protocol::Manifest& now);

}  // namespace spikard::dispatch
