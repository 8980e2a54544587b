#include "http/upload.hpp"

#include <algorithm>
#include <utility>

namespace spikard::http {

void Upload::Put(Block block) {
  if (block->empty() || !open()) return;
  put_ += block->size();
  blocks_.push_back(std::move(block));
  if (on_change_) on_change_();
}

void Upload::End(Fault fault) {
  if (state_ != State::kOpen) return;
  state_ = fault == Fault::kNone ? State::kWhole : State::kBroken;
  fault_ = fault;
  if (on_change_) on_change_();
}

void Upload::Want(size_t bytes) {
  wanted_ = bytes;
  if (Wanted() && on_wanted_) on_wanted_();
}

Upload::Part Upload::Take(size_t most) {
  if (next_ == blocks_.size()) return {};
  const Block& block = blocks_[next_];
  const Part part{std::string_view(*block).substr(offset_, most), block};
  offset_ += part.bytes.size();
  taken_ += part.bytes.size();
  if (offset_ == block->size()) {
    ++next_;
    offset_ = 0;
    Hold();
    if (forgetful_ || held_ > kMaxKept || kept_->bytes > Kept::kMax) Drop();
  }
  return part;
}

void Upload::Rewind() {
  next_ = 0;
  offset_ = 0;
  taken_ = 0;
}

void Upload::Forget() {
  forgetful_ = true;
  Drop();
}

void Upload::Close() {
  closed_ = true;
  on_change_ = nullptr;
  blocks_.clear();
  next_ = 0;
  Release();
}

void Upload::Drop() {
  forgetful_ = true;
  for (; next_ > 0; --next_) {
    dropped_ += blocks_.front()->size();
    blocks_.pop_front();
  }
  Release();
}

void Upload::Hold() {
  const size_t now = taken_ - dropped_;
  // After Rewind it is counted already.
  if (now <= held_) return;
  kept_->bytes += now - held_;
  held_ = now;
}

void Upload::Release() { kept_->bytes -= std::exchange(held_, 0); }

}  // namespace spikard::http
