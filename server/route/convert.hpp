// Parameters are text. Here each is read once, by its declared type, into JSON that the worker decodes.
#pragma once

#include <string>
#include <string_view>

#include "protocol/manifest.hpp"

namespace spikard::route {

using protocol::ValueType;

// Appends `text`, read as `type`, to `json`. Returns false, and appends nothing, if it is no such value:
//   Integer   decimal digits of any number, one sign allowed; leading zeros are dropped
//   Number    a finite decimal number; no nan, no inf
//   Boolean   true false 1 0 on off yes no in any case; "" is false
//   Uuid      8-4-4-4-12 hex digits in any case (RFC 9562)
//   Date      full-date, DateTime date-time with an optional offset, Time partial-time (RFC 3339), all as strings
//   Text      anything
// REQUIRES: valid UTF-8.
bool AppendConverted(ValueType type, std::string_view text, std::string& json);

// The error's type and message for a parameter's text that AppendConverted refused, as clients know them.
struct Refusal {
  std::string_view type;
  std::string_view msg;
};
Refusal RefusalOf(ValueType type);

}  // namespace spikard::route
