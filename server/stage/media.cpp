#include "stage/media.hpp"

#include <optional>
#include <string_view>

#include "route/table.hpp"

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

struct ContentType {
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
std::optional<ContentType> Parse(std::string_view field) {
  ContentType content;
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
    if (EqualsIgnoringCase(name, "charset")) content.charset = value;
    if (EqualsIgnoringCase(name, "boundary")) content.boundary = value;
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

Verdict Refuse(http::Exchange& x, uint16_t status, std::string_view slug, std::string_view detail) {
  x.Answer(http::Problem{status, slug, detail, {}});
  return Verdict::kAnswered;
}

Verdict RefuseType(http::Exchange& x) { return Refuse(x, 415, {}, "Unsupported media type"); }

Verdict RefuseSyntax(http::Exchange& x, std::string_view detail) { return Refuse(x, 400, {}, detail); }

std::optional<Coding> CodingOf(std::string_view name) {
  if (name.empty() || EqualsIgnoringCase(name, "identity")) return Coding::kIdentity;
  if (EqualsIgnoringCase(name, "gzip") || EqualsIgnoringCase(name, "x-gzip")) return Coding::kGzip;
  if (EqualsIgnoringCase(name, "deflate")) return Coding::kDeflate;
  if (EqualsIgnoringCase(name, "br")) return Coding::kBrotli;
  return std::nullopt;
}

}  // namespace

Verdict CheckMedia(http::Exchange& x, Media& media) {
  const protocol::Route& route = x.table->At(x.route);
  if (route.body_media == 0) return Verdict::kGoOn;
  media.kind = protocol::kJsonMedia;
  if (const auto field = x.request.fields.Find("content-type")) {
    const auto content = Parse(*field);
    if (!content) return RefuseSyntax(x, "Invalid Content-Type header");
    media.kind = KindOf(content->type);
    if ((media.kind & route.body_media) == 0) {
      if (x.body_source.HasBody()) return RefuseType(x);
      // Whatever it would have been, there is none.
      media.kind = protocol::kJsonMedia;
      return Verdict::kGoOn;
    }
    if (content->charset && media.kind != protocol::kMultipartMedia && !IsUtf8Charset(*content->charset)) {
      const bool is_json = media.kind == protocol::kJsonMedia;
      return Refuse(x, 415, "unsupported-charset",
                    "Unsupported charset '" + *content->charset + "' for " + (is_json ? "JSON" : "forms") +
                        ". Only UTF-8 is supported.");
    }
    if (media.kind == protocol::kMultipartMedia) {
      if (!content->boundary) return RefuseSyntax(x, "multipart/form-data requires 'boundary' parameter");
      if (!IsBoundary(*content->boundary)) return RefuseSyntax(x, "Invalid boundary in the Content-Type header");
      media.boundary = *content->boundary;
    }
  } else if ((route.body_media & protocol::kJsonMedia) == 0) {
    return x.body_source.HasBody() ? RefuseType(x) : Verdict::kGoOn;
  }
  if (const auto field = x.request.fields.Find("content-encoding")) {
    const auto coding = x.request.fields.Count("content-encoding") == 1 ? CodingOf(*field) : std::nullopt;
    if (!coding) {
      x.response.fields.Add("accept-encoding", "gzip, deflate, br");
      return Refuse(x, 415, {}, "Unsupported content coding; gzip, deflate and br are supported");
    }
    media.coding = *coding;
  }
  return Verdict::kGoOn;
}

}  // namespace spikard::stage
