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

namespace {

// `  File "server.py", line 21 in handle` of Python becomes `server.py:21 in handle`; other lines stay as they are.
std::string InShort(std::string_view line) {
  constexpr std::string_view kFile = "  File \"";
  constexpr std::string_view kLine = "\", line ";
  const size_t end = line.find(kLine);
  if (!line.starts_with(kFile) || end == std::string_view::npos) return std::string(line);
  return std::string(line.substr(kFile.size(), end - kFile.size())) + ":" +
         std::string(line.substr(end + kLine.size()));
}

// Whoever wrote it may have been out of its mind.
void AppendStack(std::string& out, std::string_view text) {
  out += ",\"stack\":[";
  size_t lines = 0;
  while (!text.empty() && lines < Incident::kMaxStackLines) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string line = InShort(text.substr(0, std::min(end, Incident::kMaxStackLine)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    if (!base::IsUtf8(line)) std::replace_if(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; }, '?');
    if (lines++ != 0) out += ',';
    base::AppendJsonString(out, line);
  }
  out += ']';
}

}  // namespace

std::string Incident::Json() const {
  std::string out = "{\"event\":";
  base::AppendJsonString(out, event);
  if (!id.empty()) {
    out += ",\"incident\":";
    base::AppendJsonString(out, id);
  }
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
    if (!exchange.state.empty()) out.append(",\"state\":\"").append(exchange.state).append("\"");
    if (exchange.running) out += ",\"running\":true";
    out += ",\"age_ms\":" + std::to_string(exchange.age.count());
    if (!exchange.outcome.empty()) out.append(",\"outcome\":\"").append(exchange.outcome).append("\"");
    out += '}';
  }
  out += ']';
  if (exchanges.size() > kMaxListed) out += ",\"more\":" + std::to_string(exchanges.size() - kMaxListed);
  if (!stack.empty()) AppendStack(out, stack);
  return out + '}';
}

}  // namespace spikard::dispatch
