#include "stage/content_type.hpp"

#include <algorithm>
#include <optional>

#include "http/fields.hpp"
#include "protocol/manifest.hpp"

namespace spikard::stage {
namespace {

using http::EqualsIgnoringCase;

constexpr std::string_view kSpace = " \t";
constexpr size_t kMaxBoundary = 70;  // RFC 2046 section 5.1.1

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

struct Field {
  std::string type;  // in lower case
  std::optional<std::string> charset;
  std::optional<std::string> boundary;
};

// The value of a parameter at the front of `rest`, which moves behind it: a token or a quoted string.
bool TakeValue(std::string_view& rest, std::string& value) {
  if (!rest.starts_with('"')) {
    const size_t end = std::min(rest.find(';'), rest.size());
    value = Trim(rest.substr(0, end));
    rest.remove_prefix(end);
    return !value.empty();
  }
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && ++i == rest.size()) return false;
    value += rest[i];
  }
  return false;
}

// RFC 9110 section 8.3.1.
std::optional<Field> Parse(std::string_view field) {
  Field content;
  const size_t end = std::min(field.find(';'), field.size());
  const std::string_view type = Trim(field.substr(0, end));
  const size_t slash = type.find('/');
  if (slash == std::string_view::npos || !http::IsToken(type.substr(0, slash)) ||
      !http::IsToken(type.substr(slash + 1)))
    return std::nullopt;
  for (const char c : type) content.type += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  std::string_view rest = field.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    rest.remove_prefix(std::min(rest.find_first_not_of(kSpace), rest.size()));
    if (rest.empty() || rest.starts_with(';')) continue;
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos || !http::IsToken(rest.substr(0, equals))) return std::nullopt;
    const std::string_view name = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    std::string value;
    if (!TakeValue(rest, value)) return std::nullopt;
    rest.remove_prefix(std::min(rest.find_first_not_of(kSpace), rest.size()));
    if (!rest.empty() && rest.front() != ';') return std::nullopt;
    // Whoever takes the other of two reads another body (RFC 6838 section 4.3).
    if (EqualsIgnoringCase(name, "charset")) {
      if (!EqualsIgnoringCase(content.charset.value_or(value), value)) return std::nullopt;
      content.charset = value;
    }
    if (EqualsIgnoringCase(name, "boundary")) {
      if (content.boundary.value_or(value) != value) return std::nullopt;
      content.boundary = value;
    }
  }
  return content;
}

uint8_t KindOf(std::string_view type) {
  if (type == "application/json" || type.ends_with("+json")) return protocol::kJsonMedia;
  if (type == "application/x-www-form-urlencoded") return protocol::kUrlencodedMedia;
  if (type == "multipart/form-data") return protocol::kMultipartMedia;
  return 0;
}

bool IsUtf8Charset(std::string_view charset) {
  return EqualsIgnoringCase(charset, "utf-8") || EqualsIgnoringCase(charset, "utf8") ||
         EqualsIgnoringCase(charset, "us-ascii");
}

bool IsBoundary(std::string_view boundary) {
  return !boundary.empty() && boundary.size() <= kMaxBoundary && http::IsFieldValue(boundary) && boundary.back() != ' ';
}

}  // namespace

ContentTypeRefusal ReadContentType(std::string_view field, uint8_t kinds, ContentType& type) {
  const auto content = Parse(field);
  if (!content) return {400, {}, "Invalid Content-Type header"};
  type.kind = KindOf(content->type);
  if ((type.kind & kinds) == 0) return {415, {}, "Unsupported media type"};
  if (type.kind == protocol::kMultipartMedia) {
    if (!content->boundary) return {400, {}, "multipart/form-data requires 'boundary' parameter"};
    if (!IsBoundary(*content->boundary)) return {400, {}, "Invalid boundary in the Content-Type header"};
    type.boundary = *content->boundary;
  } else if (content->charset && !IsUtf8Charset(*content->charset)) {
    const bool is_json = type.kind == protocol::kJsonMedia;
    return {415, "unsupported-charset",
            "Unsupported charset '" + *content->charset + "' for " + (is_json ? "JSON" : "forms") +
                ". Only UTF-8 is supported."};
  }
  return {};
}

}  // namespace spikard::stage
