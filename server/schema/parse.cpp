#include "schema/parse.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "schema/parser.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

// Up to here comparing every pair of hashes is cheaper than sorting them.
constexpr size_t kFewNames = 24;

// Character by character, since it runs only for a text that is refused.
size_t FirstBadUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + size > text.size() || !simdjson::validate_utf8(text.data() + at, size)) return at;
    at += size;
  }
  return at;
}

}  // namespace

std::string_view Describe(ParseErrc code) {
  switch (code) {
    case ParseErrc::kOk:
      return "ok";
    case ParseErrc::kTooLarge:
      return "the text is too large";
    case ParseErrc::kTooDeep:
      return "arrays and objects are nested too deeply";
    case ParseErrc::kBadUtf8:
      return "the text is not UTF-8";
    case ParseErrc::kUnexpectedEnd:
      return "the text ends too early";
    case ParseErrc::kUnexpectedByte:
      return "unexpected character";
    case ParseErrc::kTrailingText:
      return "unexpected text behind the value";
    case ParseErrc::kBadNumber:
      return "malformed number";
    case ParseErrc::kExponentTooLarge:
      return "the exponent of a number is too large";
    case ParseErrc::kControlCharacter:
      return "unescaped control character in a string";
    case ParseErrc::kBadEscape:
      return "malformed escape in a string";
    case ParseErrc::kLoneSurrogate:
      return "lone surrogate in a string";
    case ParseErrc::kDuplicateName:
      return "an object has two members of the same name";
  }
  return "";
}

ParseOutcome Parse(std::string_view json, Document& document, const Limits& limits) {
  if (json.size() > std::min(limits.max_bytes, Document::kMaxBytes)) return {ParseErrc::kTooLarge, json.size()};
  if (!simdjson::validate_utf8(json.data(), json.size())) return {ParseErrc::kBadUtf8, FirstBadUtf8(json)};
  return Parser(json, document, limits).Run();
}

Parser::Parser(std::string_view json, Document& document, const Limits& limits)
    : begin_(json.data()), at_(begin_), end_(begin_ + json.size()), document_(document), limits_(limits) {
  document_.source_ = json;
  document_.nodes_.clear();
  // Memory that is not touched costs nothing; growing later would copy.
  document_.nodes_.Reserve(json.size() / 4);
  document_.decoded_.clear();
  document_.decoded_slices_.clear();
  document_.frames_.clear();
  document_.names_.clear();
}

ParseOutcome Parser::Run() {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (document_.source_.starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
  while (!done_) {
    if (!Value() || !Advance()) return outcome_;
  }
  SkipSpace();
  if (at_ != end_) Fail(ParseErrc::kTrailingText);
  return outcome_;
}

bool Parser::Fail(ParseErrc code) {
  outcome_ = {code, static_cast<size_t>(at_ - begin_)};
  return false;
}

bool Parser::Value() {
  for (;;) {
    SkipSpace();
    NodeIndex ignored = 0;
    switch (Peek()) {
      case '"':
        return String(ignored);
      case '{':
        if (!Open(Kind::kObject)) return false;
        if (Peek() == '}') return Close(), true;
        if (!Name()) return false;
        break;
      case '[':
        if (!Open(Kind::kArray)) return false;
        if (Peek() == ']') return Close(), true;
        break;
      case 't':
        return Literal("true", Kind::kTrue);
      case 'f':
        return Literal("false", Kind::kFalse);
      case 'n':
        return Literal("null", Kind::kNull);
      default:
        return Number();
    }
  }
}

bool Parser::Open(Kind kind) {
  if (document_.frames_.size() >= limits_.max_depth) return Fail(ParseErrc::kTooDeep);
  const NodeIndex node = Push(kind, at_, 0);
  document_.frames_.Push({node, static_cast<uint32_t>(document_.names_.size()), 0});
  ++at_;
  SkipSpace();
  return true;
}

void Parser::Close() {
  ++at_;
  const Document::Frame& frame = document_.frames_.back();
  Node& node = document_.nodes_[frame.node];
  node.head |= frame.count << Node::kKindBits;
  node.length = Offset(at_) - node.offset;
  node.link = document_.node_count();
  document_.names_.Truncate(frame.first_name);
  document_.frames_.Truncate(document_.frames_.size() - 1);
}

bool Parser::Advance() {
  while (!document_.frames_.empty()) {
    Document::Frame& frame = document_.frames_.back();
    const bool in_object = document_.nodes_[frame.node].kind() == Kind::kObject;
    ++frame.count;
    SkipSpace();
    const char next = Peek();
    if (next == ',') {
      ++at_;
      return !in_object || Name();
    }
    if (next != (in_object ? '}' : ']')) return Unexpected();
    if (in_object && !NamesDiffer(frame.first_name)) return Fail(ParseErrc::kDuplicateName);
    Close();
  }
  done_ = true;
  return true;
}

bool Parser::Name() {
  SkipSpace();
  if (Peek() != '"') return Unexpected();
  NodeIndex node = 0;
  if (!String(node)) return false;
  const uint32_t hash = NameHash(document_.Text(node));
  document_.nodes_[node].link = hash;
  document_.names_.Push({hash, node});
  SkipSpace();
  if (Peek() != ':') return Unexpected();
  ++at_;
  return true;
}

bool Parser::NamesDiffer(uint32_t first_name) {
  const Document::Name* names = document_.names_.data() + first_name;
  const size_t count = document_.names_.size() - first_name;
  if (count > kFewNames) return ManyNamesDiffer(first_name);
  for (size_t i = 1; i < count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (names[i].hash == names[j].hash && document_.Text(names[i].node) == document_.Text(names[j].node)) {
        return false;
      }
    }
  }
  return true;
}

// Sorting by hash and then by text keeps this n log n even if every hash is the same.
bool Parser::ManyNamesDiffer(uint32_t first_name) {
  Document::Name* names = document_.names_.data() + first_name;
  Document::Name* end = document_.names_.data() + document_.names_.size();
  std::sort(names, end, [this](const Document::Name& a, const Document::Name& b) {
    return a.hash != b.hash ? a.hash < b.hash : document_.Text(a.node) < document_.Text(b.node);
  });
  return std::adjacent_find(names, end, [this](const Document::Name& a, const Document::Name& b) {
           return a.hash == b.hash && document_.Text(a.node) == document_.Text(b.node);
         }) == end;
}

bool Parser::Literal(std::string_view word, Kind kind) {
  const auto left = static_cast<size_t>(end_ - at_);
  if (left < word.size()) return Fail(ParseErrc::kUnexpectedEnd);
  if (std::memcmp(at_, word.data(), word.size()) != 0) return Fail(ParseErrc::kUnexpectedByte);
  Push(kind, at_, static_cast<uint32_t>(word.size()));
  at_ += word.size();
  return true;
}

}  // namespace spikard::schema
