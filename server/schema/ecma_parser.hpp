#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/ecma.hpp"

namespace spikard::schema {

// Recursive descent over one pattern; groups are the only recursion and are bounded. Members return false
// after the first syntax error. What is well formed but cannot be run is noted, and reading goes on: a syntax
// error behind it still counts.
class EcmaParser {
 public:
  explicit EcmaParser(std::string_view pattern) : pattern_(pattern) {}

  EcmaPattern Run();

 private:
  // One character, or a set of them written as a part of an RE2 class.
  struct ClassAtom {
    std::optional<char32_t> code;
    std::string set;
  };

  bool Disjunction();
  bool Term();
  bool Group();
  bool GroupName(std::string& name);
  bool Modifiers();
  bool Quantifier();
  bool Braces(std::string& quantifier);
  bool AtomEscape();
  bool BackReference();
  bool Class();
  bool ClassAtomAt(ClassAtom& atom);
  // \d and its kin at the cursor, as a part of a class; false if it is none of these.
  bool SetEscape(std::string& set);
  bool Property(std::string& set);
  // An escape for one character: the cursor stands behind the backslash.
  bool CharacterEscape(char32_t& code);
  bool UnicodeEscape(char32_t& code);
  bool Hex(size_t digits, char32_t& code);

  void EmitCode(char32_t code);
  bool Error(std::string reason);
  void Unsupported(std::string reason);
  bool AtEnd() const { return at_ == pattern_.size(); }
  char Peek() const { return AtEnd() ? '\0' : pattern_[at_]; }
  bool Accept(std::string_view token);

  std::string_view pattern_;
  size_t at_ = 0;
  size_t depth_ = 0;
  EcmaPattern result_;
  std::string out_;

  size_t groups_ = 0;
  size_t highest_reference_ = 0;
  std::vector<std::string> names_;
  std::vector<std::string> named_references_;
};

}  // namespace spikard::schema
