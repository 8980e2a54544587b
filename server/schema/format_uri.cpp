#include "schema/format.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

constexpr std::string_view kUnreserved = "-._~";
constexpr std::string_view kSubDelims = "!$&'()*+,;=";

bool OneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// RFC 3987 section 2.2, ucschar; iprivate besides where `with_private`.
bool IsUcsChar(char32_t c, bool with_private) {
  if (c >= 0xE000 && c <= 0xF8FF) return with_private;
  if (c < 0x10000) return (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFEF);
  if ((c & 0xFFFF) > 0xFFFD) return false;
  if (c >= 0xF0000) return with_private;
  return c < 0xE0000 || c >= 0xE1000;
}

bool IsTriplet(std::string_view text, size_t at) {
  return at + 2 < text.size() && HexValue(text[at + 1]) >= 0 && HexValue(text[at + 2]) >= 0;
}

class UriChecker {
 public:
  explicit UriChecker(bool international) : international_(international) {}

  bool Check(std::string_view text, bool relative_allowed) const {
    const size_t hash = text.find('#');
    if (hash != std::string_view::npos) {
      if (!Characters(text.substr(hash + 1), ":@/?")) return false;
      text = text.substr(0, hash);
    }
    const size_t question = text.find('?');
    if (question != std::string_view::npos) {
      if (!Characters(text.substr(question + 1), ":@/?", true)) return false;
      text = text.substr(0, question);
    }
    const size_t colon = text.find(':');
    const bool scheme = colon != std::string_view::npos && IsScheme(text.substr(0, colon));
    if (scheme) {
      text.remove_prefix(colon + 1);
    } else if (!relative_allowed || colon < text.find('/')) {
      return false;  // section 4.2: a colon in the first segment would make it a scheme
    }
    if (!text.starts_with("//")) return Characters(text, ":@/");
    text.remove_prefix(2);
    const size_t slash = std::min(text.find('/'), text.size());
    return Authority(text.substr(0, slash)) && Characters(text.substr(slash), ":@/");
  }

 private:
  static bool IsScheme(std::string_view text) {
    if (text.empty() || !IsAlpha(text.front())) return false;
    for (char c : text) {
      if (!IsAlnum(c) && !OneOf(c, "+-.")) return false;
    }
    return true;
  }

  // unreserved / pct-encoded / sub-delims / what `more` holds.
  bool Characters(std::string_view text, std::string_view more, bool query = false) const {
    for (size_t at = 0; at < text.size();) {
      const char c = text[at];
      if (!IsAscii(c)) {
        if (!international_ || !IsUcsChar(NextCodePoint(text, at), query)) return false;
      } else if (c == '%') {
        if (!IsTriplet(text, at)) return false;
        at += 3;
      } else if (IsAlnum(c) || OneOf(c, kUnreserved) || OneOf(c, kSubDelims) || OneOf(c, more)) {
        ++at;
      } else {
        return false;
      }
    }
    return true;
  }

  bool Authority(std::string_view text) const {
    const size_t at = text.find('@');
    if (at != std::string_view::npos) {
      if (!Characters(text.substr(0, at), ":")) return false;
      text.remove_prefix(at + 1);
    }
    if (text.starts_with('[')) {
      const size_t close = text.find(']');
      if (close == std::string_view::npos || !IsIpLiteral(text.substr(1, close - 1))) return false;
      return Port(text.substr(close + 1));
    }
    const size_t colon = std::min(text.find(':'), text.size());
    return Characters(text.substr(0, colon), "") && Port(text.substr(colon));
  }

  static bool Port(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() != ':') return false;
    for (char c : text.substr(1)) {
      if (!IsDigit(c)) return false;
    }
    return true;
  }

  static bool IsIpLiteral(std::string_view text) {
    if (!text.starts_with('v') && !text.starts_with('V')) return IsIpv6(text);
    const size_t dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
    for (char c : text.substr(1, dot - 1)) {
      if (HexValue(c) < 0) return false;
    }
    for (char c : text.substr(dot + 1)) {
      if (!IsAlnum(c) && !OneOf(c, kUnreserved) && !OneOf(c, kSubDelims) && c != ':') return false;
    }
    return true;
  }

  bool international_;
};

// RFC 6570 section 2.1.
bool IsTemplateLiteral(char32_t c) {
  if (c >= 0x80) return IsUcsChar(c, true);
  return c > 0x20 && c != 0x7F && !OneOf(static_cast<char>(c), "\"%<>\\^`{|}");
}

// RFC 6570 section 2.3: varname, and section 2.4: its modifier.
bool IsVariable(std::string_view text) {
  if (text.ends_with('*')) {
    text.remove_suffix(1);
  } else if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view length = text.substr(colon + 1);
    if (length.empty() || length.size() > 4 || length.front() == '0') return false;
    for (char c : length) {
      if (!IsDigit(c)) return false;
    }
    text = text.substr(0, colon);
  }
  bool after_dot = true;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '.') {
      if (after_dot) return false;
      after_dot = true;
      continue;
    }
    if (text[at] == '%') {
      if (!IsTriplet(text, at)) return false;
      at += 2;
    } else if (!IsAlnum(text[at]) && text[at] != '_') {
      return false;
    }
    after_dot = false;
  }
  return !after_dot;
}

bool IsExpression(std::string_view text) {
  if (!text.empty() && OneOf(text.front(), "+#./;?&=,!@|")) text.remove_prefix(1);
  for (;;) {
    const size_t comma = text.find(',');
    if (!IsVariable(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool IsUri(std::string_view text) { return UriChecker(false).Check(text, false); }
bool IsUriReference(std::string_view text) { return UriChecker(false).Check(text, true); }
bool IsIri(std::string_view text) { return UriChecker(true).Check(text, false); }
bool IsIriReference(std::string_view text) { return UriChecker(true).Check(text, true); }

bool IsUriTemplate(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '{') {
      const size_t close = text.find('}', at);
      if (close == std::string_view::npos || !IsExpression(text.substr(at + 1, close - at - 1))) return false;
      at = close + 1;
    } else if (text[at] == '%') {
      if (!IsTriplet(text, at)) return false;
      at += 3;
    } else if (!IsTemplateLiteral(NextCodePoint(text, at))) {
      return false;
    }
  }
  return true;
}

}  // namespace spikard::schema
