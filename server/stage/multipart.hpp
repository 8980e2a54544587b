// multipart/form-data (RFC 7578, RFC 2046 section 5.1), read as it arrives. Only places are kept, no bytes are copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/fault.hpp"

namespace spikard::stage {

struct Part {
  std::string name;
  std::optional<std::string> filename;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  uint64_t offset = 0;                                       // of its bytes in the body
  uint64_t size = 0;
};

struct PartLimits {
  size_t max_parts = 1000;
  size_t max_header_size = 8 * 1024;   // all fields of one part
  size_t max_text_size = 1024 * 1024;  // of a part that is no file
};

class MultipartParser {
 public:
  explicit MultipartParser(std::string_view boundary, const PartLimits& limits = {});

  // Goes on where the last call stopped. `body`: all that has arrived so far, which only grows; `complete`: nothing
  // follows. kBodyTooLarge and kBadBody are final.
  http::Fault Advance(std::string_view body, bool complete);

  // Those that have ended.
  const std::vector<Part>& parts() const { return parts_; }

 private:
  enum class State { kPreamble, kDelimiter, kHeaders, kBytes, kEpilogue };

  // Each returns whether it got on; else more has to arrive, or there is a fault.
  bool SkipPreamble(std::string_view body);
  bool EndDelimiter(std::string_view body);
  bool ReadHeaders(std::string_view body);
  bool ReadBytes(std::string_view body);
  bool ReadHeader(std::string_view line);
  bool ReadDisposition(std::string_view value);
  bool Fail(http::Fault fault) {
    fault_ = fault;
    return false;
  }

  const std::string delimiter_;  // CRLF "--" boundary
  const PartLimits limits_;
  State state_ = State::kPreamble;
  size_t at_ = 0;
  size_t searched_ = 0;  // no delimiter begins before it
  bool in_part_ = false;
  Part part_;
  std::vector<Part> parts_;
  http::Fault fault_ = http::Fault::kNone;
};

}  // namespace spikard::stage
