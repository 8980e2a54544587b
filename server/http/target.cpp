#include "http/target.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "http/fields.hpp"

namespace spikard::http {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Visible ASCII without what RFC 3986 never allows raw and '#', which no request target has. Raw octets above 0x7f are
// refused too: they have to be percent-encoded.
bool IsTargetCharacter(char c) {
  constexpr std::string_view kNever = "\"<>\\^`{|}#";
  return c > 0x20 && c < 0x7f && kNever.find(c) == std::string_view::npos;
}

}  // namespace

std::optional<std::string> OriginForm(std::string_view method, std::string_view target) {
  if (!std::all_of(target.begin(), target.end(), IsTargetCharacter)) return std::nullopt;
  if (target == "*") return method == "OPTIONS" ? std::optional<std::string>(target) : std::nullopt;
  if (target.starts_with('/')) return std::string(target);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const size_t authority = std::min(target.find_first_of("/?"), target.size());
    if (authority == 0 || target.substr(0, authority).find('@') != std::string_view::npos) return std::nullopt;
    target.remove_prefix(authority);
    return target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  }
  return std::nullopt;
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      if (c == '\0') return std::nullopt;
      i += 2;
    }
    decoded.push_back(c);
  }
  if (!base::IsUtf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<std::vector<std::string>> PathSegments(std::string_view path) {
  std::vector<std::string> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const size_t slash = path.find('/');
    std::optional<std::string> segment = PercentDecode(path.substr(0, slash), false);
    if (!segment || *segment == "." || *segment == "..") return std::nullopt;
    segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

std::optional<std::vector<std::pair<std::string, std::string>>> QueryPairs(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    std::optional<std::string> name = PercentDecode(pair.substr(0, equals), true);
    std::optional<std::string> value = PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return std::nullopt;
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

}  // namespace spikard::http
