// "/users/{id:int}": a path with holes, read when the manifest arrives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/manifest.hpp"

namespace spikard::route {

struct Segment {
  enum class Kind { kLiteral, kPlain, kTyped, kRest };

  Kind kind = Kind::kLiteral;
  std::string text;                                       // of a literal, percent-decoded; else the parameter's name
  protocol::ValueType type = protocol::ValueType::kText;  // of kTyped
};

// Returns nothing for a pattern that says nothing sensible: it does not start with '/', a brace stands alone, a name is
// missing or used twice, a type is unknown, or {rest:path} is not last.
std::optional<std::vector<Segment>> ParsePattern(std::string_view pattern);

}  // namespace spikard::route
