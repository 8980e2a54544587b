#include "stage/match.hpp"

#include <utility>

#include "base/json.hpp"
#include "http/target.hpp"
#include "route/convert.hpp"
#include "route/table.hpp"

namespace spikard::stage {
namespace {

Verdict Answered(http::Exchange& x, http::Fault fault) {
  x.Answer(fault);
  return Verdict::kAnswered;
}

Verdict RefuseSegment(http::Exchange& x, const route::PathMatch& match) {
  const auto [type, msg] = route::RefusalOf(match.refused->type);
  http::Invalid invalid{std::string(type), {"path", match.refused->text}, std::string(msg), {}, {}};
  base::AppendJsonString(invalid.input, match.refused_text);
  x.AnswerInvalid({std::move(invalid)});
  return Verdict::kAnswered;
}

}  // namespace

Verdict MatchRoute(http::Exchange& x) {
  if (x.request.target == "*") {
    x.response.status = 204;
    return Verdict::kAnswered;
  }
  const auto segments = http::PathSegments(x.request.Path());
  if (!segments) return Answered(x, http::Fault::kBadTarget);
  route::PathMatch match = x.table->Match(*segments);
  if (match.leaf == nullptr) return Answered(x, http::Fault::kNotFound);

  const std::string_view method = x.request.method;
  auto found = match.leaf->Find(method);
  if (!found && method == "HEAD") found = match.leaf->Find("GET");
  if (!found) {
    x.response.fields.Add("allow", match.leaf->Allow());
    if (method != "OPTIONS") return Answered(x, http::Fault::kMethodNotAllowed);
    x.response.status = 204;
    return Verdict::kAnswered;
  }
  if (match.refused) return RefuseSegment(x, match);
  x.route = *found;
  x.path_parameters = std::move(match.parameters);
  return Verdict::kGoOn;
}

}  // namespace spikard::stage
