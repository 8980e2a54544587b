#include "route/table.hpp"

#include <limits>
#include <utility>

#include "http/fields.hpp"

namespace spikard::route {

Table::Built Table::Build(protocol::Manifest manifest, uint64_t generation, Prepare prepare) {
  std::shared_ptr<Table> table(new Table());
  for (uint32_t i = 0; i < manifest.routes.size(); ++i) {
    const protocol::Route& route = manifest.routes[i];
    const std::string name = route.method + " " + route.path;
    if (!http::IsToken(route.method)) return "route " + name + ": the method is no token";
    const auto pattern = ParsePattern(route.path);
    if (!pattern) return "route " + name + ": the path pattern is malformed";
    if (!table->trie_.Add(*pattern, route.method, i)) return "route " + name + " is defined twice";
    std::vector<std::string>& names = table->path_names_.emplace_back();
    for (const Segment& segment : *pattern) {
      if (segment.kind != Segment::Kind::kLiteral) names.push_back(segment.text);
    }
  }
  table->generation_ = generation;
  table->manifest_ = std::move(manifest);
  if (prepare != nullptr) {
    auto prepared = prepare(*table);
    if (auto* refusal = std::get_if<std::string>(&prepared)) return std::move(*refusal);
    table->prepared_ = std::get<std::unique_ptr<const Prepared>>(std::move(prepared));
  }
  return std::shared_ptr<const Table>(std::move(table));
}

uint64_t Table::MaxBodySize(uint32_t route) const {
  const uint64_t own = At(route).max_body_size;
  return own != 0 ? own : manifest_.max_body_size;
}

std::chrono::milliseconds Table::Timeout(uint32_t route) const {
  const uint32_t own = At(route).timeout_ms;
  if (own == std::numeric_limits<uint32_t>::max()) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(own != 0 ? own : manifest_.request_timeout_ms);
}

}  // namespace spikard::route
