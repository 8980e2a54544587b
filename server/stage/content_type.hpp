// What a Content-Type field says of a body (RFC 9110 section 8.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spikard::stage {

struct ContentType {
  uint8_t kind = 0;  // one of protocol::k...Media; 0: another
  std::string boundary;
};

// What is answered to it.
struct ContentTypeRefusal {
  uint16_t status = 0;  // 0: nothing is wrong with it
  std::string_view slug;
  std::string detail;
};

// Fills `type`. `kinds`: the sum of those that are taken; of any other one nothing more is looked at.
ContentTypeRefusal ReadContentType(std::string_view field, uint8_t kinds, ContentType& type);

}  // namespace spikard::stage
