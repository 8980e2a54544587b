#pragma once

#include <span>
#include <string>
#include <string_view>

#include "schema/document.hpp"

namespace spikard::schema {

struct Program;

// The texts that a request gave for one parameter, in their order.
struct ParameterTexts {
  std::string_view name;
  std::span<const std::string_view> texts;
  // Splits each text if the schema wants an array, white space around the parts dropped; 0: one text is one
  // item.
  char separator = '\0';
};

// Parameters and forms are text; the schema says what they mean. These functions write the JSON text that it
// asks for:
//
//   integer   an optional sign and digits: "0123" is 123
//   number    besides, a fraction and an exponent; "nan" and "inf" are none
//   boolean   true/false, 1/0, on/off, yes/no in any case; "" is false
//   null      "", where null is allowed and a string is not, or only one of a format or a list that "" is none of;
//             "null" is a text like any other
//   string    the text itself; where several types are allowed, the first that makes the value valid, strings
//   first array     every text an item; a single text is an array of one other     of several texts for one
//   value the last counts
//
// They never fail: a text that cannot be read as its schema wants stays a string, and validating the result
// says so as a `type` or `enum` error at its place, whose input is the text. What the schema does not name
// stays a string too. REQUIRES valid UTF-8.

// An object with one member per parameter, which have different names.
std::string CoerceParameters(const Program& program, std::span<const ParameterTexts> parameters);

// Appends the JSON value of one parameter, whose schema is all of `program`.
void CoerceParameter(const Program& program, const ParameterTexts& parameter, std::string& json);

// The same for a form whose fields nest: a JSON value of which every leaf is a string.
std::string CoerceTree(const Program& program, const Document& tree);

// The JSON number or literal that a text means, empty if it means none.
std::string IntegerOf(std::string_view text);
std::string NumberOf(std::string_view text);
std::string BooleanOf(std::string_view text);

}  // namespace spikard::schema
