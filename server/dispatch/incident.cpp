#include "dispatch/incident.hpp"

#include <algorithm>
#include <csignal>
#include <span>

#include "base/json.hpp"

namespace spikard::dispatch {

bool ProcessEnd::ByItself() const {
  switch (signal) {
    case 0:
      return status >= 0;
    case SIGSEGV:
    case SIGABRT:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGTRAP:
    case SIGSYS:
      return true;
    default:
      return false;
  }
}

std::string Incident::Json() const {
  std::string out = "{\"event\":\"worker_lost\",\"incident\":";
  base::AppendJsonString(out, id);
  out += ",\"cause\":";
  base::AppendJsonString(out, cause);
  out += ",\"pid\":" + std::to_string(pid) + ",\"generation\":" + std::to_string(generation);
  if (end.signal != 0) out += ",\"signal\":" + std::to_string(end.signal);
  if (end.status >= 0) out += ",\"status\":" + std::to_string(end.status);
  if (memory != 0) out += ",\"memory\":" + std::to_string(memory);
  out += ",\"exchanges\":[";
  for (const Exchange& exchange : std::span(exchanges).first(std::min(exchanges.size(), kMaxListed))) {
    if (out.back() != '[') out += ',';
    out += "{\"request_id\":";
    base::AppendJsonString(out, exchange.request_id);
    out += ",\"method\":";
    base::AppendJsonString(out, exchange.method);
    out += ",\"route\":";
    base::AppendJsonString(out, exchange.route);
    out.append(",\"state\":\"").append(exchange.state).append("\"");
    if (exchange.running) out += ",\"running\":true";
    out += ",\"age_ms\":" + std::to_string(exchange.age.count());
    out.append(",\"outcome\":\"").append(exchange.outcome).append("\"}");
  }
  out += ']';
  if (exchanges.size() > kMaxListed) out += ",\"more\":" + std::to_string(exchanges.size() - kMaxListed);
  return out + '}';
}

}  // namespace spikard::dispatch
