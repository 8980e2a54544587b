// What a header section says about the message itself: where its body ends (RFC 9112 section 6), whether the
// connection is kept (section 9.3), whether the client waits for 100 Continue (RFC 9110 section 10.1.1).
#pragma once

#include <cstdint>

#include "http/fault.hpp"
#include "http/request.hpp"

namespace spikard::http {

struct Framing {
  bool chunked = false;
  uint64_t length = 0;  // of a body that is not chunked
};

// Reads it from the request's fields, into `framing` and the request. What two parties might understand
// differently is refused: that is how requests are smuggled.
Fault ReadFraming(Request& request, Framing& framing);

}  // namespace spikard::http
