// What a body says it is, before it is read: its media type, charset and content coding.
#pragma once

#include <cstdint>

#include "http/exchange.hpp"
#include "stage/content_type.hpp"
#include "stage/verdict.hpp"

namespace spikard::stage {

enum class Coding : uint8_t { kIdentity, kGzip, kDeflate, kBrotli };

// Of kind 0: nothing was declared, so nothing is looked at.
struct Media : ContentType {
  Coding coding = Coding::kIdentity;
};

// Fills `media`, or answers 415, or 400 for a field that cannot be read. REQUIRES: the exchange's table and route.
Verdict CheckMedia(http::Exchange& exchange, Media& media);

}  // namespace spikard::stage
