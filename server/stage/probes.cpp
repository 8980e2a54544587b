#include "stage/probes.hpp"

#include <string_view>

#include "stage/own_route.hpp"

namespace spikard::stage {

Verdict AnswerProbe(http::Exchange& x, const route::Table* table, const Health& health) {
  const std::string_view path = x.request.Path();
  if (!IsProbePath(path) || !IsOwn(x.request, table)) return Verdict::kGoOn;

  const bool well = path != "/readyz" || health.ready();
  x.response.status = well ? 200 : 503;
  x.response.fields.Add("content-type", "text/plain; charset=utf-8");
  x.response.fields.Add("cache-control", "no-store");
  x.response.SetBody(well ? "ok\n" : "no worker is ready\n");
  return Verdict::kAnswered;
}

}  // namespace spikard::stage
