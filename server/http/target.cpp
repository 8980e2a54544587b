#include "http/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

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

// Of two hexadecimal digits; -1 of anything else.
int ByteOf(std::string_view digits) {
  if (digits.size() < 2) return -1;
  const int high = HexValue(digits[0]);
  const int low = HexValue(digits[1]);
  if (high < 0 || low < 0) return -1;
  return high * 16 + low;
}

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

constexpr bool IsAlphanumeric(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Visible ASCII without '#', which no request target has, and what RFC 3986 never allows raw. Octets above 0x7f have to
// be percent-encoded. Browsers send | as it is, and in the query others too.
constexpr std::string_view kRawInQuery = "^`{}";
constexpr std::array<bool, 256> MakeTargetTable() {
  std::array<bool, 256> table{};
  for (size_t c = 0x21; c < 0x7f; ++c) table[c] = true;
  for (const char c : std::string_view("\"<>\\^`{}#")) table[static_cast<unsigned char>(c)] = false;
  return table;
}
constexpr auto kTargetCharacters = MakeTargetTable();

bool HasWholeEncodings(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (ByteOf(text.substr(at + 1, 2)) < 0) return false;
  }
  return true;
}

bool IsTarget(std::string_view text) {
  bool in_query = false;
  for (const char c : text) {
    if (c == '?') in_query = true;
    if (kTargetCharacters[static_cast<unsigned char>(c)]) continue;
    if (!in_query || kRawInQuery.find(c) == std::string_view::npos) return false;
  }
  return HasWholeEncodings(text);
}

// RFC 3986 section 3.2.2, without what only a list of hosts would need: a comma.
constexpr std::array<bool, 256> MakeNameTable() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("-._~%!$&'()*+;=")) table[static_cast<unsigned char>(c)] = true;
  for (size_t c = 0; c < 0x80; ++c) table[c] = table[c] || IsAlphanumeric(static_cast<char>(c));
  return table;
}
constexpr auto kNameCharacters = MakeNameTable();

bool IsRegisteredName(std::string_view host) {
  const auto allowed = [](char c) { return kNameCharacters[static_cast<unsigned char>(c)]; };
  if (!std::all_of(host.begin(), host.end(), allowed)) return false;
  return !host.empty() && HasWholeEncodings(host);
}

bool IsAddress6(std::string_view host) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, std::string(host).c_str(), &address) == 1;
}

bool IsPort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return text.empty() || (error == std::errc() && end == text.data() + text.size());
}

}  // namespace

bool IsAuthority(std::string_view text) {
  if (text.starts_with('[')) {
    // Without it, all of the text is behind it, and that is no port.
    const size_t end = text.find(']');
    if (!IsAddress6(text.substr(1, end - 1))) return false;
    const std::string_view port = text.substr(end + 1);
    return port.empty() || (port.starts_with(':') && IsPort(port.substr(1)));
  }
  const size_t colon = std::min(text.find(':'), text.size());
  if (!IsRegisteredName(text.substr(0, colon))) return false;
  return colon == text.size() || IsPort(text.substr(colon + 1));
}

bool IsAuthorityForm(std::string_view text) {
  std::string_view host = text;
  while (!host.empty() && IsDigit(host.back())) host.remove_suffix(1);
  return IsAuthority(text) && host.size() < text.size() && host.ends_with(':');
}

bool OriginForm(std::string_view method, std::string_view target, std::string& origin, std::string_view& authority) {
  if (!IsTarget(target)) return false;
  // Section 3.2.3: its only form names another server, and no tunnels start here.
  if (method == "CONNECT") return false;
  origin.assign(target);
  if (target.starts_with('/')) return true;
  // Section 3.2.4.
  if (target == "*") return method == "OPTIONS";
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    authority = target.substr(0, end);
    if (!IsAuthority(authority)) return false;
    target.remove_prefix(end);
    origin.assign(target.starts_with('/') ? "" : "/").append(target);
    // Section 3.2.4: OPTIONS for a server as a whole, as it was before a proxy.
    if (method == "OPTIONS" && target.empty()) origin = "*";
    return true;
  }
  return false;
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      // No UTF-8 has the byte that a broken one becomes.
      c = static_cast<char>(ByteOf(text.substr(i + 1, 2)));
      i += 2;
    }
    if (c == '\0') return std::nullopt;
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
