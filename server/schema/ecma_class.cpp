#include "schema/ecma_parser.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

// ECMA-262 22.2.2.9: white space (12.2) and line terminators (12.3), and everything else.
constexpr std::string_view kSpaces =
    "\\x09-\\x0d\\x20\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{"
    "feff}";
constexpr std::string_view kNoSpaces =
    "\\x00-\\x08\\x0e-\\x1f\\x21-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{"
    "202e}"
    "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";

constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kLastSurrogate = 0xDFFF;

void AppendHex(std::string& out, char32_t code) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.append("\\x{");
  for (int shift = 20; shift >= 0; shift -= 4) out.push_back(kHex[(code >> shift) & 15]);
  out.push_back('}');
}

void AppendRange(std::string& out, char32_t low, char32_t high) {
  // UTF-8 has no surrogates, and RE2 refuses them.
  if (low < kFirstSurrogate && high > kLastSurrogate) {
    AppendRange(out, low, kFirstSurrogate - 1);
    low = kLastSurrogate + 1;
  }
  if (low >= kFirstSurrogate && low <= kLastSurrogate) low = kLastSurrogate + 1;
  if (high >= kFirstSurrogate && high <= kLastSurrogate) high = kFirstSurrogate - 1;
  if (low > high) return;
  AppendHex(out, low);
  out.push_back('-');
  AppendHex(out, high);
}

bool IsPunctuation(char32_t code) {
  return code > 0x20 && code < 0x7F && code != '_' && !IsAlnum(static_cast<char>(code));
}

}  // namespace

bool EcmaParser::Class() {
  ++at_;
  const bool negated = Accept("^");
  std::string set;
  while (!Accept("]")) {
    if (AtEnd()) return Error("missing ']'");
    ClassAtom low;
    ClassAtom high;
    if (!ClassAtomAt(low)) return false;
    const bool range = Peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
    if (!range) {
      if (low.code) AppendRange(low.set, *low.code, *low.code);
      set.append(low.set);
      continue;
    }
    ++at_;
    if (!ClassAtomAt(high)) return false;
    if (low.code && high.code) {
      if (*low.code > *high.code) return Error("range out of order in a character class");
      AppendRange(set, *low.code, *high.code);
    } else {
      // ECMA-262 B.1.2.5: a set on either side makes the hyphen a character.
      for (ClassAtom* atom : {&low, &high}) {
        if (atom->code) AppendRange(atom->set, *atom->code, *atom->code);
        set.append(atom->set);
      }
      set.append("\\-");
    }
  }
  if (set.empty()) {
    out_.append(negated ? "[\\x00-\\x{10ffff}]" : "[^\\x00-\\x{10ffff}]");
  } else {
    out_.append(negated ? "[^" : "[").append(set).append("]");
  }
  return true;
}

bool EcmaParser::ClassAtomAt(ClassAtom& atom) {
  if (AtEnd()) return Error("missing ']'");
  if (!Accept("\\")) {
    atom.code = NextCodePoint(pattern_, at_);
    return true;
  }
  if (AtEnd()) return Error("the pattern ends in a backslash");
  if (SetEscape(atom.set)) return result_.status != EcmaPattern::Status::kSyntaxError;
  char32_t code = 0;
  if (Accept("b")) {
    code = 8;
  } else if (!CharacterEscape(code)) {
    return false;
  }
  atom.code = code;
  return true;
}

bool EcmaParser::SetEscape(std::string& set) {
  switch (Peek()) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
      set = std::string("\\") + Peek();
      break;
    case 's':
      set = kSpaces;
      break;
    case 'S':
      set = kNoSpaces;
      break;
    case 'p':
    case 'P':
      return Property(set), true;
    default:
      return false;
  }
  ++at_;
  return true;
}

bool EcmaParser::Property(std::string& set) {
  const bool negated = Peek() == 'P';
  ++at_;
  const size_t close = pattern_.find('}', at_);
  if (!Accept("{") || close == std::string_view::npos || close == at_) return Error("malformed property escape");
  const std::string_view expression = pattern_.substr(at_, close - at_);
  for (char c : expression) {
    if (!IsAlnum(c) && c != '_' && c != '=') return Error("malformed property escape");
  }
  at_ = close + 1;
  const std::string braces = TranslateProperty(expression);
  if (braces.empty()) Unsupported("the Unicode property '" + std::string(expression) + "' is not supported");
  set = (negated ? "\\P" : "\\p") + braces;
  return true;
}

bool EcmaParser::CharacterEscape(char32_t& code) {
  switch (Peek()) {
    case 't':
      code = '\t';
      break;
    case 'n':
      code = '\n';
      break;
    case 'v':
      code = '\v';
      break;
    case 'f':
      code = '\f';
      break;
    case 'r':
      code = '\r';
      break;
    case '0':
      if (at_ + 1 < pattern_.size() && IsDigit(pattern_[at_ + 1])) return Error("octal escapes are no ECMA-262");
      code = 0;
      break;
    case 'c':
      ++at_;
      if (!IsAlpha(Peek())) return Error("malformed control escape");
      code = static_cast<char32_t>(Peek()) % 32;
      break;
    case 'x':
      ++at_;
      return Hex(2, code);
    case 'u':
      ++at_;
      return UnicodeEscape(code);
    default:
      code = NextCodePoint(pattern_, at_);
      return IsPunctuation(code) || code == ' ' || Error("unknown escape");
  }
  ++at_;
  return true;
}

bool EcmaParser::UnicodeEscape(char32_t& code) {
  if (Accept("{")) {
    size_t digits = 0;
    for (; HexValue(Peek()) >= 0 && code <= 0x10FFFF; ++at_, ++digits) {
      code = code << 4 | static_cast<char32_t>(HexValue(Peek()));
    }
    return (digits > 0 && code <= 0x10FFFF && Accept("}")) || Error("malformed Unicode escape");
  }
  if (!Hex(4, code)) return false;
  const bool lead = code >= 0xD800 && code <= 0xDBFF;
  const size_t behind = at_;
  if (lead && Accept("\\u")) {
    char32_t trail = 0;
    if (Peek() != '{' && Hex(4, trail) && trail >= 0xDC00 && trail <= 0xDFFF) {
      code = 0x10000 + ((code - 0xD800) << 10) + (trail - 0xDC00);
    } else {
      at_ = behind;
    }
  }
  return result_.status != EcmaPattern::Status::kSyntaxError;
}

bool EcmaParser::Hex(size_t digits, char32_t& code) {
  for (size_t i = 0; i < digits; ++i, ++at_) {
    const int value = HexValue(Peek());
    if (value < 0) return Error("malformed hexadecimal escape");
    code = code << 4 | static_cast<char32_t>(value);
  }
  return true;
}

}  // namespace spikard::schema
