#include "stage/plan.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <variant>

#include "base/json.hpp"
#include "schema/coerce.hpp"
#include "schema/compile.hpp"
#include "stage/formats.hpp"

namespace spikard::stage {
namespace {

using protocol::Parameter;
using protocol::ParameterSource;

constexpr uint32_t kDefaultJsonDepth = 128;

// Returns false, with what is wrong in `refusal`.
bool Compile(const std::string& schema, const std::string& what, std::shared_ptr<const schema::Program>& program,
             std::string& refusal) {
  schema::CompileOptions options;
  options.assert_format = true;
  options.more_formats = &FindFormat;
  auto compiled = schema::Compile(schema, options);
  if (const auto* error = std::get_if<schema::CompileError>(&compiled)) {
    refusal = what + ": " + error->message + (error->pointer.empty() ? "" : " at " + error->pointer);
    return false;
  }
  program = std::get<std::shared_ptr<const schema::Program>>(std::move(compiled));
  return true;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool WantsArray(const schema::Program& program) {
  constexpr std::string_view kOther = "\x01";
  // Two texts become one value, unless an array is wanted.
  const std::string_view texts[] = {kOther, kOther};
  std::string json;
  schema::CoerceParameter(program, {{}, texts}, json);
  return json.starts_with('[');
}

bool MakeParameter(const Parameter& declared, const std::vector<std::string>& segments, const std::string& route,
                   ParameterPlan& plan, std::string& refusal) {
  plan.declared = &declared;
  const bool is_header = declared.source == ParameterSource::kHeader;
  plan.wire_name = is_header ? Lower(declared.wire_name) : declared.wire_name;
  plan.place = {std::string(PlaceOf(declared.source)), plan.wire_name};
  base::AppendJsonString(plan.opening, declared.name);
  plan.opening += ':';
  plan.separator = declared.separator;
  plan.many = declared.list;
  if (declared.source == ParameterSource::kPath) {
    const auto at = std::find(segments.begin(), segments.end(), declared.wire_name);
    if (at != segments.end()) plan.segment = static_cast<size_t>(at - segments.begin());
  }
  if (declared.schema.empty()) return true;
  if (!Compile(declared.schema, route + ": parameter " + declared.name, plan.program, refusal)) return false;
  plan.many = WantsArray(*plan.program);
  if (is_header && plan.separator == '\0') plan.separator = ',';
  return true;
}

bool MakeRoute(const route::Table& table, uint32_t index, RoutePlan& plan, std::string& refusal) {
  const protocol::Route& declared = table.At(index);
  const std::string name = "route " + declared.method + " " + declared.path;
  plan.declared = &declared;
  for (const Parameter& parameter : declared.parameters) {
    if (!MakeParameter(parameter, table.PathNames(index), name, plan.parameters.emplace_back(), refusal)) return false;
    plan.reads_query |= parameter.source == ParameterSource::kQuery;
    plan.reads_cookies |= parameter.source == ParameterSource::kCookie;
  }
  plan.reads_query |= declared.query_closed;
  plan.reads_cookies |= declared.cookies_closed;
  // Those of one object keep the order of their declaration. (clang warns of what std::stable_sort uses.)
  std::sort(plan.parameters.begin(), plan.parameters.end(), [](const auto& a, const auto& b) {
    return std::tie(a.declared->object, a.declared) < std::tie(b.declared->object, b.declared);
  });
  const uint32_t of_all = table.Manifest().max_json_depth != 0 ? table.Manifest().max_json_depth : kDefaultJsonDepth;
  plan.max_json_depth = declared.max_json_depth != 0 ? declared.max_json_depth : of_all;
  if (declared.streams_body && declared.body_media != 0) {
    refusal = name + ": a body that is declared is judged whole, so it cannot be streamed";
    return false;
  }
  return declared.body_media == 0 || declared.body_schema.empty() ||
         Compile(declared.body_schema, name + ": body", plan.body, refusal);
}

}  // namespace

std::variant<std::unique_ptr<const route::Prepared>, std::string> Plans::Make(const route::Table& table) {
  auto plans = std::make_unique<Plans>();
  const size_t count = table.Manifest().routes.size();
  plans->routes.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    std::string refusal;
    if (!MakeRoute(table, i, plans->routes[i], refusal)) return refusal;
  }
  return plans;
}

std::string_view PlaceOf(ParameterSource source) {
  switch (source) {
    case ParameterSource::kPath:
      return "path";
    case ParameterSource::kQuery:
      return "query";
    case ParameterSource::kHeader:
      return "headers";
    case ParameterSource::kCookie:
      return "cookie";
  }
  return "query";
}

}  // namespace spikard::stage
