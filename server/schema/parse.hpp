#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schema/document.hpp"
#include "schema/limits.hpp"

namespace spikard::schema {

// Why a text is no acceptable JSON.
enum class ParseErrc : uint8_t {
  kOk,
  kTooLarge,          // more than Limits::max_bytes
  kTooDeep,           // more than Limits::max_depth
  kBadUtf8,           // RFC 8259 section 8.1
  kUnexpectedEnd,     // the text stops inside a value; also the empty text
  kUnexpectedByte,    // no value, name or separator can start here; NaN, Infinity, comments, trailing commas
  kTrailingText,      // more than white space behind the value
  kBadNumber,         // RFC 8259 section 6
  kExponentTooLarge,  // an exponent beyond 18 digits
  kControlCharacter,  // unescaped inside a string
  kBadEscape,
  kLoneSurrogate,  // \uD800 to \uDFFF without its partner
  kDuplicateName,  // RFC 8259 section 4 says SHOULD be unique; here it is an error
};

// One line that says what a code means, for logs.
std::string_view Describe(ParseErrc code);

struct ParseOutcome {
  ParseErrc code = ParseErrc::kOk;
  size_t offset = 0;  // of the byte where it was noticed

  bool ok() const { return code == ParseErrc::kOk; }
};

// Reads one JSON text (RFC 8259) into `document`; a byte order mark before it is skipped. Numbers are checked
// and kept as text, so that no digit is lost. After a failure the document must not be used. `json` must
// outlive the document.
ParseOutcome Parse(std::string_view json, Document& document, const Limits& limits = {});

}  // namespace spikard::schema
