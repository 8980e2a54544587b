// What a manifest says of parameters and bodies, compiled when it arrives: nothing is looked up by name per request.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "route/table.hpp"
#include "schema/program.hpp"

namespace spikard::stage {

struct ParameterPlan {
  const protocol::Parameter* declared = nullptr;
  std::vector<std::string> place;                  // loc: {"query", "limit"}
  std::string opening;                             // `"limit":`, what stands before its value
  std::string wire_name;                           // of a header in lower case
  size_t segment = SIZE_MAX;                       // of one in the path: index into the exchange's path parameters
  std::shared_ptr<const schema::Program> program;  // null: the type says all
  char separator = '\0';
  bool many = false;  // every occurrence counts
};

struct RoutePlan {
  const protocol::Route* declared = nullptr;
  std::vector<ParameterPlan> parameters;  // those of one object stand together, after those of none
  bool reads_query = false;
  bool reads_cookies = false;
  std::shared_ptr<const schema::Program> body;  // null: only its syntax is checked
  uint32_t max_json_depth = 0;
};

class Plans final : public route::Prepared {
 public:
  // For route::Table::Build: compiles all schemas, or names the route and the schema that cannot be.
  static std::variant<std::unique_ptr<const route::Prepared>, std::string> Make(const route::Table& table);

  std::vector<RoutePlan> routes;
};

// REQUIRES: a table that was built with Plans::Make.
inline const RoutePlan& PlanOf(const route::Table& table, uint32_t route) {
  return static_cast<const Plans&>(*table.Extension()).routes[route];
}

// "path", "query", "headers", "cookie": how a finding's place begins.
std::string_view PlaceOf(protocol::ParameterSource source);

}  // namespace spikard::stage
