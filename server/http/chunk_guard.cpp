#include "http/chunk_guard.hpp"

#include <algorithm>
#include <utility>

namespace spikard::http {
namespace {

// Of one chunk's size and extensions.
constexpr size_t kMaxSizeLine = 4 * 1024;
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kBehindSize = "; \t";

}  // namespace

std::string_view ChunkGuard::Take(std::string_view input) {
  for (;;) {
    const std::string_view rest = input.substr(at_);
    const auto found = lines_.Scan(rest);
    const std::string_view line = rest.substr(0, lines_.Size());
    if (found == LineScanner::Found::kBroken) Refuse(Fault::kMalformed);
    if (fault_ != Fault::kNone || !CheckStart(line) || found == LineScanner::Found::kPartial) return {};
    lines_.Next();
    at_ += line.size() + 2;
    const bool complete = OnLine(line);
    if (fault_ != Fault::kNone) return {};
    if (complete) return input.substr(0, std::exchange(at_, 0));
  }
}

// Of a line that may not have ended yet.
bool ChunkGuard::CheckStart(std::string_view line) {
  // Data that goes on where its CRLF should be.
  if (state_ == State::kDataEnd && !line.empty()) return Refuse(Fault::kMalformed);
  if (state_ == State::kTrailer && trailer_bytes_ + line.size() > max_bytes_) return Refuse(Fault::kHeaderTooLarge);
  if (state_ != State::kSize) return true;
  if (line.size() > kMaxSizeLine) return Refuse(Fault::kMalformed);
  // A body that is not chunked at all may hold no line end.
  const size_t end = line.find_first_not_of(kHexDigits);
  if (end != std::string_view::npos && kBehindSize.find(line[end]) == std::string_view::npos)
    return Refuse(Fault::kMalformed);
  return true;
}

bool ChunkGuard::OnLine(std::string_view line) {
  if (state_ == State::kSize) return OnSize(line);
  if (state_ == State::kTrailer) return OnTrailer(line);
  state_ = State::kSize;
  return false;
}

bool ChunkGuard::OnSize(std::string_view line) {
  const std::string_view digits = line.substr(0, line.find_first_not_of(kHexDigits));
  if (digits.empty()) return Refuse(Fault::kMalformed);
  const bool last = digits.find_first_not_of('0') == std::string_view::npos;
  state_ = last ? State::kTrailer : State::kDataEnd;
  return !last;
}

bool ChunkGuard::OnTrailer(std::string_view line) {
  if (line.empty()) return true;
  // Section 5.2: Beast would unfold it.
  if (line.front() == ' ' || line.front() == '\t') return Refuse(Fault::kMalformed);
  if (++trailer_count_ > max_count_) return Refuse(Fault::kHeaderTooLarge);
  trailer_bytes_ += line.size() + 2;
  return false;
}

bool ChunkGuard::Refuse(Fault fault) {
  fault_ = fault;
  return false;
}

}  // namespace spikard::http
