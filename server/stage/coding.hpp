// Takes a content coding (RFC 9110 section 8.4.1) off a body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/fault.hpp"
#include "stage/media.hpp"

namespace spikard::stage {

// Appends what `coded` stands for to `plain`. kBodyTooLarge if that is more than `limit`, whatever the rest would be;
// kBadBody if it is damaged, cut short or followed by something else.
http::Fault Decode(Coding coding, std::string_view coded, uint64_t limit, std::string& plain);

}  // namespace spikard::stage
