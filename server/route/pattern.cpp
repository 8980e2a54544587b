#include "route/pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "http/target.hpp"

namespace spikard::route {
namespace {

using protocol::ValueType;

constexpr std::array<std::pair<std::string_view, ValueType>, 7> kTypes = {{
    {"int", ValueType::kInteger},
    {"float", ValueType::kNumber},
    {"bool", ValueType::kBoolean},
    {"uuid", ValueType::kUuid},
    {"date", ValueType::kDate},
    {"datetime", ValueType::kDateTime},
    {"time", ValueType::kTime},
}};

std::optional<Segment> ParseSegment(std::string_view text) {
  if (text.find_first_of("{}") == std::string_view::npos) {
    auto literal = http::PercentDecode(text, false);
    if (!literal) return std::nullopt;
    return Segment{Segment::Kind::kLiteral, std::move(*literal)};
  }
  if (!text.starts_with('{') || !text.ends_with('}')) return std::nullopt;
  const std::string_view inside = text.substr(1, text.size() - 2);
  const size_t colon = inside.find(':');
  const std::string_view name = inside.substr(0, colon);
  if (name.empty() || inside.find_first_of("{}") != std::string_view::npos) return std::nullopt;
  const std::string_view type = colon == std::string_view::npos ? "str" : inside.substr(colon + 1);
  if (type == "str") return Segment{Segment::Kind::kPlain, std::string(name)};
  if (type == "path") return Segment{Segment::Kind::kRest, std::string(name)};
  const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return t.first == type; });
  if (known == kTypes.end()) return std::nullopt;
  return Segment{Segment::Kind::kTyped, std::string(name), known->second};
}

}  // namespace

std::optional<std::vector<Segment>> ParsePattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) return std::nullopt;
  pattern.remove_prefix(1);
  std::vector<Segment> segments;
  for (;;) {
    const size_t slash = pattern.find('/');
    auto segment = ParseSegment(pattern.substr(0, slash));
    if (!segment) return std::nullopt;
    const bool last = slash == std::string_view::npos;
    if (segment->kind == Segment::Kind::kRest && !last) return std::nullopt;
    if (segment->kind != Segment::Kind::kLiteral) {
      const bool twice = std::any_of(segments.begin(), segments.end(), [&](const Segment& other) {
        return other.kind != Segment::Kind::kLiteral && other.text == segment->text;
      });
      if (twice) return std::nullopt;
    }
    segments.push_back(std::move(*segment));
    if (last) return segments;
    pattern.remove_prefix(slash + 1);
  }
}

}  // namespace spikard::route
