// May an exchange run again after a worker had begun it?
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "http/fields.hpp"
#include "protocol/manifest.hpp"

namespace spikard::dispatch {

// Safe and idempotent methods (RFC 9110 section 9.2), unless the route says otherwise.
inline bool IsRepeatable(std::string_view method, const protocol::Route& route, const http::Fields& fields) {
  constexpr std::array<std::string_view, 6> kIdempotent = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  switch (route.idempotence) {
    case protocol::Idempotence::kByMethod:
      return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
    case protocol::Idempotence::kNever:
      return false;
    case protocol::Idempotence::kAlways:
      return true;
    case protocol::Idempotence::kByKey:
      return fields.Find("idempotency-key").has_value();
  }
  return false;
}

}  // namespace spikard::dispatch
