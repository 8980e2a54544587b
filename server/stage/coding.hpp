// Takes a content coding (RFC 9110 section 8.4.1) off a body.
#pragma once

#include <functional>
#include <string_view>

#include "http/fault.hpp"
#include "stage/body_bytes.hpp"
#include "stage/media.hpp"

namespace spikard::stage {

// Gives what `coded` stands for to `put`, piece by piece; a fault of `put` ends it. kBadBody if it is damaged, cut
// short or followed by something else.
http::Fault Decode(Coding coding, const BodyBytes& coded, const std::function<http::Fault(std::string_view)>& put);

}  // namespace spikard::stage
