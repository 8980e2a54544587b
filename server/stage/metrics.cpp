#include "stage/metrics.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "stage/own_route.hpp"

namespace spikard::stage {
namespace {

void AppendHead(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help);
  out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Append(std::string& out, std::string_view name, std::string_view type, std::string_view help, uint64_t value) {
  AppendHead(out, name, type, help);
  out.append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

void Metrics::Count(uint16_t status) { ++requests_[std::clamp<size_t>(status / 100, 1, requests_.size()) - 1]; }

Verdict Metrics::Answer(http::Exchange& x, const route::Table* table) const {
  if (x.request.Path() != kMetricsPath || !IsOwn(x.request, table)) return Verdict::kGoOn;

  const Load load = load_();
  std::string out;
  Append(out, "spikard_queue_depth", "gauge", "Exchanges that wait for a worker.", load.queued);
  Append(out, "spikard_workers_ready", "gauge", "Workers that take exchanges.", load.ready);
  Append(out, "spikard_exchanges_in_flight", "gauge", "Exchanges that a worker has.", load.in_flight);
  Append(out, "spikard_connections", "gauge", "Connections of clients.", load.connections);
  AppendHead(out, "spikard_requests_total", "counter", "Requests answered, by the class of their status.");
  for (size_t i = 0; i < requests_.size(); ++i) {
    out.append("spikard_requests_total{status=\"").append(std::to_string(i + 1)).append("xx\"} ");
    out.append(std::to_string(requests_[i])).append("\n");
  }
  Append(out, "spikard_exchanges_repeated_total", "counter", "Exchanges sent to a worker once more.", load.repeated);
  Append(out, "spikard_exchanges_lost_total", "counter", "Exchanges that ended with their worker.", load.lost);

  x.response.status = 200;
  x.response.fields.Add("content-type", "text/plain; version=0.0.4; charset=utf-8");
  x.response.fields.Add("cache-control", "no-store");
  x.response.SetBody(out);
  return Verdict::kAnswered;
}

}  // namespace spikard::stage
