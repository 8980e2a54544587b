#pragma once

#include <string_view>

#include "schema/parse.hpp"

namespace spikard::schema {

// One run over one text. Containers are kept on an explicit stack, so that nesting costs no machine stack;
// the bytes are known to be valid UTF-8 before the run begins. Members return false after Fail().
class Parser {
 public:
  Parser(std::string_view json, Document& document, const Limits& limits);

  ParseOutcome Run();

 private:
  // Reads the value at the cursor; of a container only the opening, down to the first value inside.
  bool Value();
  // Behind a value: closes what ends here and moves to the next value. Sets done_ when the text is complete.
  bool Advance();
  bool Open(Kind kind);
  void Close();
  bool Name();
  bool String(NodeIndex& node);
  bool StringWithEscapes(const char* text, const char* special, NodeIndex node);
  // Appends what the escape at the cursor stands for.
  bool Escape();
  bool Surrogate(char32_t lead);
  // The four hexadecimal digits at the cursor, which moves behind them.
  bool Hex4(char32_t& code);
  void Decode(const char* from, const char* to);
  void Decode(char32_t code);
  bool Number();
  bool Literal(std::string_view word, Kind kind);
  // False if two of the names from `first_name` on are the same.
  bool NamesDiffer(uint32_t first_name);
  bool ManyNamesDiffer(uint32_t first_name);

  void SkipSpace() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  char Peek() const { return at_ < end_ ? *at_ : '\0'; }
  bool Fail(ParseErrc code);
  bool Unexpected() { return Fail(at_ < end_ ? ParseErrc::kUnexpectedByte : ParseErrc::kUnexpectedEnd); }
  uint32_t Offset(const char* at) const { return static_cast<uint32_t>(at - begin_); }
  NodeIndex Push(Kind kind, const char* text, uint32_t length) {
    const auto index = static_cast<NodeIndex>(document_.nodes_.size());
    document_.nodes_.Push({static_cast<uint32_t>(kind), Offset(text), length, 0});
    return index;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  Document& document_;
  const Limits& limits_;
  ParseOutcome outcome_;
  bool done_ = false;
};

}  // namespace spikard::schema
