#include "schema/ecma.hpp"

#include <algorithm>

#include "schema/ecma_parser.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

constexpr size_t kMaxGroupDepth = 200;

// ECMA-262 section 12.3: "." matches all but the line terminators.
constexpr std::string_view kDot = "[^\\n\\r\\x{2028}\\x{2029}]";

bool IsNameStart(char32_t c) { return c >= 0x80 || IsAlpha(static_cast<char>(c)) || c == '_' || c == '$'; }

}  // namespace

EcmaPattern TranslateEcma(std::string_view pattern) { return EcmaParser(pattern).Run(); }

EcmaPattern EcmaParser::Run() {
  if (Disjunction() && !AtEnd()) Error("unmatched ')'");
  if (result_.status != EcmaPattern::Status::kSyntaxError) {
    const bool unknown_name = std::any_of(named_references_.begin(), named_references_.end(), [&](const auto& name) {
      return std::find(names_.begin(), names_.end(), name) == names_.end();
    });
    if (unknown_name || highest_reference_ > groups_) Error("reference to a group that does not exist");
  }
  if (result_.status == EcmaPattern::Status::kOk) result_.re2 = std::move(out_);
  return std::move(result_);
}

bool EcmaParser::Error(std::string reason) {
  if (result_.status != EcmaPattern::Status::kSyntaxError) {
    result_ = {EcmaPattern::Status::kSyntaxError, std::move(reason), at_, {}};
  }
  return false;
}

void EcmaParser::Unsupported(std::string reason) {
  if (result_.status == EcmaPattern::Status::kOk) {
    result_ = {EcmaPattern::Status::kUnsupported, std::move(reason), at_, {}};
  }
}

bool EcmaParser::Accept(std::string_view token) {
  if (!pattern_.substr(at_).starts_with(token)) return false;
  at_ += token.size();
  return true;
}

void EcmaParser::EmitCode(char32_t code) {
  static constexpr char kHex[] = "0123456789abcdef";
  if (code < 0x80 && IsAlnum(static_cast<char>(code))) {
    out_.push_back(static_cast<char>(code));
  } else if (code >= 0xD800 && code <= 0xDFFF) {
    out_.append("[^\\x00-\\x{10FFFF}]");  // a lone surrogate occurs in no text
  } else if (code >= 0x80) {
    AppendCodePoint(out_, code);
  } else {
    out_.append("\\x");
    out_.push_back(kHex[code >> 4]);
    out_.push_back(kHex[code & 15]);
  }
}

bool EcmaParser::Disjunction() {
  if (++depth_ > kMaxGroupDepth) return Error("groups are nested too deeply");
  while (!AtEnd() && Peek() != ')') {
    if (Accept("|")) {
      out_.push_back('|');
    } else if (!Term()) {
      return false;
    }
  }
  --depth_;
  return true;
}

bool EcmaParser::Term() {
  switch (Peek()) {
    case '^':
      ++at_;
      out_.append("\\A");
      return true;
    case '$':
      ++at_;
      out_.append("\\z");
      return true;
    case '*':
    case '+':
    case '?':
      return Error("nothing to repeat");
    case '(':
      return Group();
    case '[':
      return Class() && Quantifier();
    case '.':
      ++at_;
      out_.append(kDot);
      return Quantifier();
    case '\\':
      ++at_;
      if (Accept("b")) return out_.append("\\b"), true;
      if (Accept("B")) return out_.append("\\B"), true;
      return AtomEscape() && Quantifier();
    case '{': {
      std::string quantifier;
      if (!Braces(quantifier)) return false;
      if (!quantifier.empty()) return Error("nothing to repeat");
      break;
    }
    default:
      break;
  }
  EmitCode(NextCodePoint(pattern_, at_));
  return Quantifier();
}

bool EcmaParser::Group() {
  ++at_;
  bool lookaround = false;
  if (!Accept("?")) {
    ++groups_;
    out_.append("(?:");
  } else if (Accept("=") || Accept("!")) {
    lookaround = true;
    Unsupported("lookahead cannot be matched in linear time");
  } else if (Accept("<=") || Accept("<!")) {
    lookaround = true;
    Unsupported("lookbehind cannot be matched in linear time");
  } else if (Accept("<")) {
    ++groups_;
    std::string name;
    if (!GroupName(name)) return false;
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) return Error("duplicate group name");
    names_.push_back(std::move(name));
    out_.append("(?:");
  } else if (!Modifiers()) {
    return false;
  }
  if (!Disjunction()) return false;
  if (!Accept(")")) return Error("missing ')'");
  out_.push_back(')');
  return lookaround || Quantifier();
}

// `(?:`, or `(?i-s:` of ECMA-262 2025; flags without a colon would be those of other languages.
bool EcmaParser::Modifiers() {
  const size_t colon = pattern_.find_first_not_of("ims-", at_);
  if (colon == std::string_view::npos || pattern_[colon] != ':') return Error("unknown kind of group");
  const std::string_view flags = pattern_.substr(at_, colon - at_);
  std::string letters;
  for (char flag : flags) {
    if (letters.find(flag) != std::string::npos) return Error("repeated modifier");
    letters.push_back(flag);
  }
  if (flags == "-") return Error("unknown kind of group");
  if (flags.find_first_of("ms") != std::string_view::npos) Unsupported("the modifiers m and s are not supported");
  at_ = colon + 1;
  out_.append("(?").append(flags).append(":");
  return true;
}

bool EcmaParser::GroupName(std::string& name) {
  while (!AtEnd() && Peek() != '>') {
    const size_t start = at_;
    const char32_t c = NextCodePoint(pattern_, at_);
    if (!IsNameStart(c) && (name.empty() || !IsDigit(static_cast<char>(c)))) return Error("bad group name");
    name.append(pattern_.substr(start, at_ - start));
  }
  if (name.empty() || !Accept(">")) return Error("bad group name");
  return true;
}

bool EcmaParser::Quantifier() {
  std::string quantifier;
  const char c = Peek();
  if (c == '*' || c == '+' || c == '?') {
    quantifier = c;
    ++at_;
  } else if (c == '{' && !Braces(quantifier)) {
    return false;
  }
  if (quantifier.empty()) return true;
  out_.append(quantifier);
  if (Accept("?")) out_.push_back('?');
  return true;
}

// Leaves `quantifier` empty, and the cursor where it was, if the braces form none.
bool EcmaParser::Braces(std::string& quantifier) {
  size_t end = at_ + 1;
  auto number = [&] {
    const size_t start = end;
    while (end < pattern_.size() && IsDigit(pattern_[end])) ++end;
    std::string_view digits = pattern_.substr(start, end - start);
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return digits;
  };
  const std::string_view low = number();
  if (low.empty() || end == pattern_.size()) return true;
  if (pattern_[end] == ',') {
    ++end;
    const std::string_view high = number();
    const bool ordered = low.size() != high.size() ? low.size() < high.size() : low <= high;
    if (end == pattern_.size() || pattern_[end] != '}') return true;
    if (!high.empty() && !ordered) return Error("numbers out of order in a quantifier");
  }
  if (pattern_[end] != '}') return true;
  quantifier = pattern_.substr(at_, end + 1 - at_);
  at_ = end + 1;
  return true;
}

bool EcmaParser::AtomEscape() {
  if (AtEnd()) return Error("the pattern ends in a backslash");
  if ((Peek() >= '1' && Peek() <= '9') || Peek() == 'k') return BackReference();
  std::string set;
  if (SetEscape(set)) {
    if (!set.empty()) out_.append("[").append(set).append("]");
    return result_.status != EcmaPattern::Status::kSyntaxError;
  }
  char32_t code = 0;
  if (!CharacterEscape(code)) return false;
  EmitCode(code);
  return true;
}

bool EcmaParser::BackReference() {
  if (Accept("k")) {
    std::string name;
    if (!Accept("<") || !GroupName(name)) return Error("bad group name");
    named_references_.push_back(std::move(name));
  } else {
    size_t number = 0;
    for (; IsDigit(Peek()); ++at_) number = std::min<size_t>(number * 10 + static_cast<size_t>(Peek() - '0'), 100000);
    highest_reference_ = std::max(highest_reference_, number);
  }
  Unsupported("a back reference cannot be matched in linear time");
  return true;
}

}  // namespace spikard::schema
