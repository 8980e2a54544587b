// Formats that schemas of handlers use besides the specification's (protocol/README.md, "Schemas").
#pragma once

#include <string_view>

#include "schema/format.hpp"

namespace spikard::stage {

// Null for a name that is none of them.
schema::FormatCheck FindFormat(std::string_view name);

// A file of a form stands in the tree that schemas judge as a text: this, and its number. No text of a client may begin
// so.
inline constexpr std::string_view kFileMark =
    "\xEF\xBF\xBF\xEF\xBF\xBE"
    "file:";

}  // namespace spikard::stage
