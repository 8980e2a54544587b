#include "stage/match.hpp"

#include <utility>

#include "base/json.hpp"
#include "http/target.hpp"
#include "route/convert.hpp"
#include "route/table.hpp"
#include "stage/own_route.hpp"

namespace spikard::stage {
namespace {

Verdict Answered(http::Exchange& x, http::Fault fault) {
  x.Answer(fault);
  return Verdict::kAnswered;
}

// The route is found, only a value is not of its type: told beside all else that is wrong.
void RefuseSegment(http::Exchange& x, const route::PathMatch& match) {
  const auto [at, segment_type] = *match.refused;
  const auto [type, msg] = route::RefusalOf(segment_type);
  http::Invalid invalid{std::string(type), {"path", x.table->PathNames(*match.route)[at]}, std::string(msg), {}, {}};
  base::AppendJsonString(invalid.input, match.parameters[at]);
  x.findings.push_back(std::move(invalid));
}

}  // namespace

Verdict MatchRoute(http::Exchange& x) {
  if (x.request.target == "*") {
    x.response.status = 204;
    return Verdict::kAnswered;
  }
  const auto segments = http::PathSegments(x.request.Path());
  if (!segments) return Answered(x, http::Fault::kBadTarget);
  const std::string_view method = x.request.method;
  route::PathMatch match = x.table->Match(*segments, method);
  if (!match.route) {
    const bool nobodys = match.methods.empty();
    if (nobodys && !IsOwnPath(x.request.Path())) return Answered(x, http::Fault::kNotFound);
    x.response.fields.Add("allow", nobodys ? "GET, HEAD, OPTIONS" : match.Allow());
    if (method != "OPTIONS") return Answered(x, http::Fault::kMethodNotAllowed);
    x.response.status = 204;
    return Verdict::kAnswered;
  }
  if (match.refused) RefuseSegment(x, match);
  x.route = *match.route;
  x.path_parameters = std::move(match.parameters);
  return Verdict::kGoOn;
}

}  // namespace spikard::stage
