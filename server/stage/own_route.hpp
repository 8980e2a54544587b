// What the front end answers by itself gives way to the application's own route of exactly that path.
#pragma once

#include <string>
#include <string_view>

#include "route/table.hpp"

namespace spikard::stage {

// `table` is null before the first manifest. A route for everything, as applications have for their pages, was not
// written with the front end's own paths in mind.
inline bool HasOwnRoute(const route::Table* table, std::string_view path, std::string_view method) {
  if (table == nullptr) return false;
  const route::PathMatch match = table->Match({std::string(path.substr(1))}, method);
  return match.route && match.parameters.empty();
}

}  // namespace spikard::stage
