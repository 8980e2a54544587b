#include "stage/multipart.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace spikard::stage {
namespace {

using http::Fault;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kBlankLine = "\r\n\r\n";
// White space behind a delimiter. Nobody sends any; without a bound it would be memory.
constexpr size_t kMaxPadding = 1024;
// How much is copied behind what could not be told yet.
constexpr size_t kStep = 1024;

// The longest end of `text` that `whole` begins with.
size_t Overlap(std::string_view text, std::string_view whole) {
  size_t size = std::min(text.size(), whole.size() - 1);
  while (size > 0 && !text.ends_with(whole.substr(0, size))) --size;
  return size;
}

}  // namespace

MultipartParser::MultipartParser(std::string_view boundary, const PartLimits& limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits) {}

Fault MultipartParser::Put(std::string_view bytes) {
  while (!bytes.empty() && fault_ == Fault::kNone && state_ != State::kEpilogue) {
    if (carry_.empty()) {
      rest_ = bytes;
      Advance();
      carry_.assign(rest_);
      break;
    }
    const size_t step = std::min(bytes.size(), kStep);
    carry_.append(bytes.substr(0, step));
    bytes.remove_prefix(step);
    rest_ = carry_;
    Advance();
    carry_.erase(0, carry_.size() - rest_.size());
  }
  return fault_;
}

Fault MultipartParser::End() {
  if (fault_ == Fault::kNone && state_ != State::kEpilogue) fault_ = Fault::kBadBody;
  return fault_;
}

void MultipartParser::Advance() {
  for (bool advanced = true; advanced && fault_ == Fault::kNone;) {
    switch (state_) {
      case State::kPreamble:
      case State::kBytes:
        advanced = Find();
        break;
      case State::kDelimiter:
        advanced = EndDelimiter();
        break;
      case State::kHead:
        advanced = ReadHead();
        break;
      case State::kEpilogue:
        Skip(rest_.size());
        return;
    }
  }
}

bool MultipartParser::Find() {
  const void* found = ::memmem(rest_.data(), rest_.size(), delimiter_.data(), delimiter_.size());
  if (found == nullptr) {
    Take(rest_.size() - Overlap(rest_, delimiter_));
    return false;
  }
  if (!Take(static_cast<size_t>(static_cast<const char*>(found) - rest_.data()))) return false;
  state_ = State::kDelimiter;
  return true;
}

// Behind "--boundary": the end, or white space and a line end before the next part. Anything else was no delimiter.
bool MultipartParser::EndDelimiter() {
  const std::string_view line = rest_.substr(delimiter_.size());
  const bool is_last = line.starts_with("--");
  size_t padding = 0;
  if (!is_last) {
    padding = std::min(line.find_first_not_of(" \t"), line.size());
    if (padding > kMaxPadding) return Fail(Fault::kBadBody);
    if (padding + kLineEnd.size() > line.size()) return false;
    if (!line.substr(padding).starts_with(kLineEnd)) {
      state_ = in_part_ ? State::kBytes : State::kPreamble;
      return Take(delimiter_.size());
    }
  }
  if (std::exchange(in_part_, false)) parts_.push_back(part_);
  if (is_last) {
    state_ = State::kEpilogue;
    return true;
  }
  if (parts_.size() == limits_.max_parts) return Fail(Fault::kBodyTooLarge);
  Skip(delimiter_.size() + padding + kLineEnd.size());
  state_ = State::kHead;
  return true;
}

bool MultipartParser::ReadHead() {
  const size_t size = rest_.starts_with(kLineEnd) ? 0 : rest_.find(kBlankLine);
  if (size == std::string_view::npos && rest_.size() < limits_.max_head_size + kBlankLine.size()) return false;
  if (size > limits_.max_head_size) return Fail(Fault::kBodyTooLarge);
  auto head = ReadPartHead(rest_.substr(0, size));
  if (!head) return Fail(Fault::kBadBody);
  head_ = *std::move(head);
  part_ = {at_ - kLineEnd.size(), size, at_ + size + kLineEnd.size(), 0};
  Skip(size + kLineEnd.size());
  lead_ = kLineEnd.size();
  in_part_ = true;
  state_ = State::kBytes;
  return true;
}

bool MultipartParser::Take(size_t count) {
  if (in_part_) {
    const size_t lead = std::min(lead_, count);
    lead_ -= lead;
    part_.size += count - lead;
    if (!head_.filename) {
      texts_ += count - lead;
      if (part_.size > limits_.max_text_size || texts_ > limits_.max_texts_size) return Fail(Fault::kBodyTooLarge);
    }
  }
  Skip(count);
  return true;
}

void MultipartParser::Skip(size_t count) {
  rest_.remove_prefix(count);
  at_ += count;
}

}  // namespace spikard::stage
