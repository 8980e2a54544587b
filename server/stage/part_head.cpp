#include "stage/part_head.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "http/fields.hpp"
#include "http/target.hpp"

namespace spikard::stage {
namespace {

constexpr std::string_view kSpace = " \t";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// A quoted string at the front of `rest`. Browsers escape no backslash (they send paths of Windows), others escape
// quotes by one.
bool TakeQuoted(std::string_view& rest, std::string& value) {
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    value += rest[i];
  }
  return false;
}

// What HTML lets browsers escape in names: line ends and quotes, nothing else.
std::string Unescape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i, 3);
    const bool is_escape = rest == "%22" || rest == "%0D" || rest == "%0A";
    out += rest == "%22" ? '"' : rest == "%0D" ? '\r' : rest == "%0A" ? '\n' : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

// RFC 8187: UTF-8''caf%C3%A9. Nothing: another charset, or bytes that are no text.
std::optional<std::string> ExtendedValue(std::string_view value) {
  const size_t first = value.find('\'');
  const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos || !http::EqualsIgnoringCase(value.substr(0, first), "utf-8"))
    return std::nullopt;
  return http::PercentDecode(value.substr(second + 1), false);
}

bool ReadDisposition(std::string_view value, PartHead& head) {
  const size_t end = std::min(value.find(';'), value.size());
  if (!http::EqualsIgnoringCase(Trim(value.substr(0, end)), "form-data")) return false;
  std::optional<std::string> extended;
  std::vector<std::string> keys;
  std::string_view rest = value.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    rest = Trim(rest);
    if (rest.empty()) break;
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string key = Lower(Trim(rest.substr(0, equals)));
    if (!http::IsToken(key)) return false;
    // Whoever reads the other one sees another field, or another file (RFC 6266 section 4.1).
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return false;
    keys.push_back(key);
    rest = Trim(rest.substr(equals + 1));
    std::string text;
    if (rest.starts_with('"')) {
      if (!TakeQuoted(rest, text)) return false;
    } else {
      const size_t stop = std::min(rest.find(';'), rest.size());
      text = Trim(rest.substr(0, stop));
      // More than a token is taken, for names without quotes, but not what somebody else may end elsewhere.
      if (text.find('"') != std::string::npos) return false;
      rest.remove_prefix(stop);
    }
    rest = Trim(rest);
    if (!rest.empty() && rest.front() != ';') return false;
    if (key == "name") head.name = Unescape(text);
    if (key == "filename") head.filename = Unescape(text);
    if (key == "filename*") extended = ExtendedValue(text);
  }
  if (extended) head.filename = std::move(extended);
  // Its only name cannot be read, but it is a file all the same.
  if (!head.filename && std::find(keys.begin(), keys.end(), "filename*") != keys.end()) return false;
  return !head.name.empty();
}

bool ReadHeader(std::string_view line, PartHead& head) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !http::IsToken(line.substr(0, colon))) return false;
  const std::string name = Lower(line.substr(0, colon));
  const std::string_view value = Trim(line.substr(colon + 1));
  if (!base::IsUtf8(value) || !http::IsFieldValue(value)) return false;
  const bool is_type = name == "content-type";
  const bool is_disposition = name == "content-disposition";
  const auto has_name = [&](const auto& header) { return header.first == name; };
  // Two that say what the part is may contradict each other.
  if ((is_type || is_disposition) && std::any_of(head.headers.begin(), head.headers.end(), has_name)) return false;
  head.headers.emplace_back(name, value);
  if (is_type) head.content_type = value;
  return !is_disposition || ReadDisposition(value, head);
}

}  // namespace

std::optional<PartHead> ReadPartHead(std::string_view lines) {
  PartHead head;
  while (!lines.empty()) {
    const size_t end = std::min(lines.find("\r\n"), lines.size());
    if (!ReadHeader(lines.substr(0, end), head)) return std::nullopt;
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
  if (head.name.empty()) return std::nullopt;
  return head;
}

}  // namespace spikard::stage
