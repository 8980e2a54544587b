// What the front end answers by itself gives way to the application's own route of exactly that path.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "route/table.hpp"

namespace spikard::stage {

inline constexpr std::array<std::string_view, 3> kProbePaths = {"/livez", "/readyz", "/startupz"};
inline constexpr std::string_view kMetricsPath = "/metrics";

inline bool IsProbePath(std::string_view path) {
  return std::find(kProbePaths.begin(), kProbePaths.end(), path) != kProbePaths.end();
}
// Where the application has no route, other methods than GET and HEAD are not allowed there.
inline bool IsOwnPath(std::string_view path) { return path == kMetricsPath || IsProbePath(path); }

// Whether a request for such a path is the front end's to answer. `table` is null before the first manifest. A route
// for everything, as applications have for their pages, was not written with the front end's own paths in mind.
inline bool IsOwn(const http::Request& request, const route::Table* table) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (table == nullptr) return true;
  const route::PathMatch match = table->Match({std::string(request.Path().substr(1))}, request.method);
  return !match.route || !match.parameters.empty();
}

}  // namespace spikard::stage
