// multipart/form-data (RFC 7578, RFC 2046 section 5.1), read as it arrives. Only places are kept: what lies there can
// be read again, and a form of many parts costs little while it comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/fault.hpp"
#include "stage/part_head.hpp"

namespace spikard::stage {

// Where in the body it lies.
struct Part {
  uint64_t head = 0;
  uint64_t head_size = 0;
  uint64_t offset = 0;  // of its bytes
  uint64_t size = 0;
};

struct PartLimits {
  size_t max_parts = 1000;
  size_t max_head_size = 8 * 1024;          // of one part
  size_t max_text_size = 1024 * 1024;       // of a part that is no file
  size_t max_texts_size = 8 * 1024 * 1024;  // of all of them
};

class MultipartParser {
 public:
  explicit MultipartParser(std::string_view boundary, const PartLimits& limits = {});

  // Takes the next bytes of the body. kBodyTooLarge and kBadBody are final.
  http::Fault Put(std::string_view bytes);
  // Nothing follows.
  http::Fault End();
  // Whether anything was put in.
  bool Begun() const { return at_ > 0 || carry_.size() > 2; }

  // Those that have ended.
  const std::vector<Part>& parts() const { return parts_; }
  // The head of the part whose bytes come now, or null; and how many have come.
  const PartHead* current() const { return in_part_ ? &head_ : nullptr; }
  uint64_t current_size() const { return part_.size; }

 private:
  enum class State { kPreamble, kDelimiter, kHead, kBytes, kEpilogue };

  // Takes of `rest_` what can be told yet.
  void Advance();
  // Each returns whether it got on; else more has to arrive, or there is a fault.
  bool Find();
  bool EndDelimiter();
  bool ReadHead();
  // These belong to the part, or to the preamble.
  bool Take(size_t count);
  void Skip(size_t count);
  bool Fail(http::Fault fault) {
    fault_ = fault;
    return false;
  }

  const std::string delimiter_;  // CRLF "--" boundary
  const PartLimits limits_;
  State state_ = State::kPreamble;
  // What has come and cannot be told yet. The first delimiter may stand at the very beginning: then its CRLF is this
  // one.
  std::string carry_ = "\r\n";
  std::string_view rest_;
  uint64_t at_ = 0;  // how much was taken before `rest_`, with that CRLF
  bool in_part_ = false;
  PartHead head_;
  Part part_;
  // The CRLF before the first byte of a part is that of a delimiter that follows at once.
  size_t lead_ = 0;
  uint64_t texts_ = 0;
  std::vector<Part> parts_;
  http::Fault fault_ = http::Fault::kNone;
};

}  // namespace spikard::stage
