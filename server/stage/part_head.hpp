// What stands before the bytes of a part of multipart/form-data (RFC 7578 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikard::stage {

struct PartHead {
  std::string name;
  std::optional<std::string> filename;  // of a file; texts have none
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
};

// Reads the lines of a head, without the blank one. Nothing: they break the rules, or do not name a field.
std::optional<PartHead> ReadPartHead(std::string_view lines);

}  // namespace spikard::stage
