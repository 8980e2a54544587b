#include "http/body_stream.hpp"

namespace spikard::http {

namespace {
// Small parts that wait become one, up to this size: they leave in one piece.
constexpr size_t kMaxJoined = 16 * 1024;
}  // namespace

void BodyStream::Put(std::string_view bytes) {
  if (bytes.empty() || state_ != State::kOpen) return;
  if (parts_.empty() || parts_.back().owner || parts_.back().text.size() + bytes.size() > kMaxJoined) {
    parts_.push_back({std::string(bytes), {}, {}});
  } else {
    parts_.back().text.append(bytes);
  }
  wake_.Notify();
}

void BodyStream::Put(std::string_view bytes, std::shared_ptr<const void> owner) {
  if (bytes.empty() || state_ != State::kOpen) return;
  parts_.push_back({{}, bytes, std::move(owner)});
  wake_.Notify();
}

void BodyStream::End(State state) {
  if (state_ != State::kOpen) return;
  state_ = state;
  wake_.Notify();
}

BodyStream::Part BodyStream::Take() {
  Part part = std::move(parts_.front());
  parts_.pop_front();
  return part;
}

void BodyStream::Taken(size_t bytes) {
  if (state_ == State::kOpen) on_taken_(bytes);
}

void BodyStream::Close() {
  parts_.clear();
  if (std::exchange(state_, State::kBroken) == State::kOpen) on_closed_();
}

}  // namespace spikard::http
