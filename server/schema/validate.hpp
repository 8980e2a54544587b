#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schema/compile.hpp"
#include "schema/document.hpp"
#include "schema/keyword.hpp"
#include "schema/parse.hpp"

namespace spikard::schema {

// A step into an instance: the name of a member or the position of an item.
using PathPart = std::variant<std::string, size_t>;

// One way in which an instance breaks a schema. The views point into the program and into the instance's
// text, which must both outlive the error.
struct Error {
  std::vector<PathPart> path;  // where in the instance
  Keyword keyword{};           // what failed
  std::string_view params;     // the keyword's value, as JSON text
  std::string_view instance;   // the value at `path`, as JSON text
  // The member concerned, with its value if there is one: of `required`, `dependentRequired` and
  // `dependencies` the one that is missing; of `additionalProperties` and `unevaluatedProperties` the one
  // that is too much; of `propertyNames` the one so named.
  std::string property;
  std::string_view property_value;
  bool several = false;  // of `oneOf`: more than one alternative is valid, not none
  std::string location;  // the absolute keyword location (Core 12.3.2)

  std::string_view keyword_name() const { return NameOf(keyword); }
  std::string pointer() const;  // `path` as a JSON Pointer
};

struct ReportOptions {
  size_t max_errors = 100;
  // An `anyOf` or `oneOf` of which only one alternative can be meant reports the errors of that alternative
  // in place of its own. The others are ruled out by the type of the instance, by a member that must have
  // another value (`const`, `enum`: the tag of a union), or are just "null".
  bool explain_alternatives = false;
};

// Whether the document is valid. Never allocates for schemas without unevaluated*, $dynamicRef and
// uniqueItems.
bool IsValid(const Program& program, const Document& document);

// Every error, in this order within one schema: type, const, enum, numbers, strings, arrays, objects
// (`required` before `properties`, these in the order of the schema), references, combinators, unevaluated*.
// Empty if the document is valid. Alternatives (anyOf, oneOf, not, if, contains, propertyNames) report
// themselves, not what happened inside.
std::vector<Error> Validate(const Program& program, const Document& document, const ReportOptions& options = {});

}  // namespace spikard::schema
