#include "dispatch/difference.hpp"

#include <algorithm>

namespace spikard::dispatch {
namespace {

using protocol::Manifest;
using protocol::Parameter;
using protocol::Route;

std::string Name(const Route& route) { return route.method + " " + route.path; }

template <typename T>
std::string Encoded(const T& value) {
  Manifest manifest;
  if constexpr (std::is_same_v<T, Route>) {
    manifest.routes = {value};
  } else {
    manifest.routes.emplace_back().parameters = {value};
  }
  return protocol::EncodeManifest(manifest);
}

std::string OfParameters(const std::vector<Parameter>& before, const std::vector<Parameter>& now) {
  for (size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
    if (before[i].name != now[i].name) return "the parameter " + now[i].name + ", not " + before[i].name;
    if (Encoded(before[i]) != Encoded(now[i])) return "another parameter " + now[i].name;
  }
  if (before.size() < now.size()) return "one more parameter, " + now[before.size()].name;
  if (before.size() > now.size()) return "no parameter " + before[now.size()].name;
  return {};
}

std::string OfRoutes(const Route& before, const Route& now) {
  if (Name(before) != Name(now)) return "is in the place of " + Name(before);
  if (Encoded(before) == Encoded(now)) return {};
  if (before.name != now.name) return "is named " + now.name + ", not " + before.name;
  if (auto parameters = OfParameters(before.parameters, now.parameters); !parameters.empty())
    return "has " + parameters;
  if (before.body_schema != now.body_schema) return "has another body_schema";
  if (before.response_schema != now.response_schema) return "has another response_schema";
  return "has other options";
}

}  // namespace

std::string FirstDifference(const Manifest& before, const Manifest& now) {
  for (size_t i = 0; i < std::min(before.routes.size(), now.routes.size()); ++i) {
    const std::string difference = OfRoutes(before.routes[i], now.routes[i]);
    if (!difference.empty()) return "route " + Name(now.routes[i]) + " " + difference;
  }
  if (before.routes.size() < now.routes.size()) return "route " + Name(now.routes[before.routes.size()]) + " is new";
  if (before.routes.size() > now.routes.size()) {
    return "route " + Name(before.routes[now.routes.size()]) + " is missing";
  }
  return EncodeManifest(before) == EncodeManifest(now) ? "" : "the application's settings are others";
}

}  // namespace spikard::dispatch
