#include "stage/request_id.hpp"

#include <algorithm>
#include <ctime>

namespace spikard::stage {
namespace {

constexpr std::string_view kName = "x-request-id";
constexpr size_t kMaxSize = 128;

// Sane: short, visible ASCII, nothing that a log line or a JSON string would have to escape.
bool IsSane(std::string_view id) {
  return !id.empty() && id.size() <= kMaxSize &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

uint64_t UnixMilliseconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

}  // namespace

void RequestId::Assign(http::Exchange& exchange, const route::Table* table) {
  if (table != nullptr && !table->Manifest().request_ids) return;
  const auto sent = exchange.request.fields.Find(kName);
  if (sent && IsSane(*sent)) {
    exchange.request_id.assign(*sent);
  } else {
    const auto made = uuids_.Next(UnixMilliseconds());
    exchange.request_id.assign(made.data(), made.size());
  }
}

void RequestId::Echo(http::Exchange& exchange) {
  if (exchange.request_id.empty() || exchange.response.fields.Find(kName)) return;
  exchange.response.fields.Add(kName, exchange.request_id);
}

}  // namespace spikard::stage
