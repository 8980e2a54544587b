// JSON text, written. (Reading it is the schema room's business.)
#pragma once

#include <string>
#include <string_view>

namespace spikard::base {

// Appends `text` as a JSON string (RFC 8259 section 7). REQUIRES: valid UTF-8.
void AppendJsonString(std::string& out, std::string_view text);

// Whether `text` is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace spikard::base
