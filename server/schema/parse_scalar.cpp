#include "schema/parser.hpp"
#include "schema/scan.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

// Exponents up to here can be added and compared as 64-bit integers, whatever the length of the digits before
// them.
constexpr size_t kExponentDigits = 18;

const char* SkipDigits(const char* at, const char* end) {
  while (at < end && IsDigit(*at)) ++at;
  return at;
}

}  // namespace

bool Parser::Number() {
  const char* start = at_;
  const char* at = at_;
  if (at < end_ && *at == '-') ++at;
  const char* digits = at;
  at = SkipDigits(at, end_);
  if (at == digits) return at == start ? Unexpected() : Fail(ParseErrc::kBadNumber);
  if (*digits == '0' && at - digits > 1) return Fail(ParseErrc::kBadNumber);
  Kind kind = Kind::kInteger;
  if (at < end_ && *at == '.') {
    kind = Kind::kDecimal;
    const char* fraction = ++at;
    at = SkipDigits(at, end_);
    if (at == fraction) return Fail(ParseErrc::kBadNumber);
  }
  if (at < end_ && (*at == 'e' || *at == 'E')) {
    kind = Kind::kDecimal;
    ++at;
    if (at < end_ && (*at == '+' || *at == '-')) ++at;
    const char* exponent = at;
    at = SkipDigits(at, end_);
    if (at == exponent) return Fail(ParseErrc::kBadNumber);
    while (exponent < at && *exponent == '0') ++exponent;
    if (static_cast<size_t>(at - exponent) > kExponentDigits) return Fail(ParseErrc::kExponentTooLarge);
  }
  Push(kind, start, static_cast<uint32_t>(at - start));
  at_ = at;
  return true;
}

bool Parser::String(NodeIndex& node) {
  const char* text = ++at_;
  const char* special = EndOfPlainCharacters(text, end_);
  node = Push(Kind::kString, text, static_cast<uint32_t>(special - text));
  if (special < end_ && *special == '"') [[likely]] {
    at_ = special + 1;
    return true;
  }
  return StringWithEscapes(text, special, node);
}

bool Parser::StringWithEscapes(const char* text, const char* special, NodeIndex node) {
  const auto first = static_cast<uint32_t>(document_.decoded_.size());
  const char* plain = text;
  at_ = special;
  for (;;) {
    if (at_ == end_) return Fail(ParseErrc::kUnexpectedEnd);
    if (static_cast<unsigned char>(*at_) < 0x20) return Fail(ParseErrc::kControlCharacter);
    Decode(plain, at_);
    if (*at_ == '"') break;
    if (!Escape()) return false;
    plain = at_;
    at_ = EndOfPlainCharacters(at_, end_);
  }
  const auto length = static_cast<uint32_t>(document_.decoded_.size()) - first;
  document_.decoded_slices_.Push({first, length});
  Node& string = document_.nodes_[node];
  string.length = static_cast<uint32_t>(at_ - text);
  string.head |= static_cast<uint32_t>(document_.decoded_slices_.size()) << Node::kKindBits;
  ++at_;
  return true;
}

bool Parser::Escape() {
  ++at_;
  if (at_ == end_) return Fail(ParseErrc::kUnexpectedEnd);
  switch (*at_++) {
    case '"':
      return Decode(U'"'), true;
    case '\\':
      return Decode(U'\\'), true;
    case '/':
      return Decode(U'/'), true;
    case 'b':
      return Decode(U'\b'), true;
    case 'f':
      return Decode(U'\f'), true;
    case 'n':
      return Decode(U'\n'), true;
    case 'r':
      return Decode(U'\r'), true;
    case 't':
      return Decode(U'\t'), true;
    case 'u':
      break;
    default:
      --at_;
      return Fail(ParseErrc::kBadEscape);
  }
  char32_t code = 0;
  if (!Hex4(code)) return false;
  if (code >= 0xD800 && code <= 0xDFFF) return Surrogate(code);
  Decode(code);
  return true;
}

bool Parser::Surrogate(char32_t lead) {
  if (lead >= 0xDC00 || end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return Fail(ParseErrc::kLoneSurrogate);
  at_ += 2;
  char32_t trail = 0;
  if (!Hex4(trail)) return false;
  if (trail < 0xDC00 || trail > 0xDFFF) return Fail(ParseErrc::kLoneSurrogate);
  Decode(0x10000 + ((lead - 0xD800) << 10) + (trail - 0xDC00));
  return true;
}

bool Parser::Hex4(char32_t& code) {
  if (end_ - at_ < 4) return Fail(ParseErrc::kUnexpectedEnd);
  for (int i = 0; i < 4; ++i) {
    const int digit = HexValue(*at_);
    if (digit < 0) return Fail(ParseErrc::kBadEscape);
    code = code << 4 | static_cast<char32_t>(digit);
    ++at_;
  }
  return true;
}

void Parser::Decode(const char* from, const char* to) {
  for (; from < to; ++from) document_.decoded_.Push(*from);
}

void Parser::Decode(char32_t code) {
  std::string bytes;
  AppendCodePoint(bytes, code);
  Decode(bytes.data(), bytes.data() + bytes.size());
}

}  // namespace spikard::schema
