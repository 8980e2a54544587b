// What the front end answers by itself gives way to the application's own route of exactly that path.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "route/table.hpp"

namespace spikard::stage {

inline constexpr std::array<std::string_view, 3> kProbePaths = {"/livez", "/readyz", "/startupz"};
inline constexpr std::string_view kMetricsPath = "/metrics";

inline bool IsProbePath(std::string_view path) {
  return std::find(kProbePaths.begin(), kProbePaths.end(), path) != kProbePaths.end();
}
// Of what is answered to GET and HEAD, if the application has no route of that path.
inline bool IsOwnPath(std::string_view path) { return path == kMetricsPath || IsProbePath(path); }

// `table` is null before the first manifest. A route for everything, as applications have for their pages, was not
// written with the front end's own paths in mind.
inline bool HasOwnRoute(const route::Table* table, std::string_view path, std::string_view method) {
  if (table == nullptr) return false;
  const route::PathMatch match = table->Match({std::string(path.substr(1))}, method);
  return match.route && match.parameters.empty();
}

}  // namespace spikard::stage
