// The lines of a chunked body (RFC 9112 section 7.1), looked at before Beast reads them: bounded, complete, and with
// nothing in them that somebody else might read differently.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/fault.hpp"
#include "http/lines.hpp"

namespace spikard::http {

class ChunkGuard {
 public:
  // The limits are those of the trailer section.
  ChunkGuard(size_t max_bytes, size_t max_count) : max_bytes_(max_bytes), max_count_(max_count) {}

  // Of `input`, which holds all bytes not taken so far and starts where a chunk's data has ended: the lines up to the
  // next chunk's data, or up to the end of the message. Empty if they have not all come, or at a fault.
  std::string_view Take(std::string_view input);
  Fault fault() const { return fault_; }

 private:
  enum class State { kDataEnd, kSize, kTrailer };

  bool CheckStart(std::string_view line);
  // Returns whether the lines are complete.
  bool OnLine(std::string_view line);
  bool OnSize(std::string_view line);
  bool OnTrailer(std::string_view line);
  bool Refuse(Fault fault);

  const size_t max_bytes_;
  const size_t max_count_;
  LineScanner lines_;
  size_t at_ = 0;  // where the line being scanned starts
  State state_ = State::kSize;
  size_t trailer_bytes_ = 0;
  size_t trailer_count_ = 0;
  Fault fault_ = Fault::kNone;
};

}  // namespace spikard::http
