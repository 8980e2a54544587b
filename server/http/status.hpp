// Status codes (RFC 9110 section 15).
#pragma once

#include <cstdint>
#include <string_view>

namespace spikard::http {

// Empty for a code without a registered phrase.
std::string_view ReasonPhrase(uint16_t status);

// Whether a response of this status has a body of no bytes (RFC 9110 section 15.3.6).
constexpr bool IsEmpty(uint16_t status) { return status == 205; }
// Whether a response of this status has no body whatever was asked (RFC 9112 section 6.3).
constexpr bool IsBodiless(uint16_t status) { return status < 200 || status == 204 || status == 304; }

}  // namespace spikard::http
