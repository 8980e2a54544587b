// The slots of one worker, and who is in them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikard::dispatch {

using ExchangeId = uint64_t;
using Slot = uint32_t;

class Slots {
 public:
  explicit Slots(Slot count = 0) : held_(count) {
    // The lowest is taken first.
    for (Slot slot = count; slot-- > 0;) free_.push_back(slot);
  }

  bool Full() const { return free_.empty(); }
  size_t Busy() const { return held_.size() - free_.size(); }
  Slot Count() const { return static_cast<Slot>(held_.size()); }

  // REQUIRES: not Full().
  Slot Take(ExchangeId exchange) {
    const Slot slot = free_.back();
    free_.pop_back();
    held_[slot] = {exchange, false};
    return slot;
  }
  void Free(Slot slot) {
    if (held_[slot].revoked) std::erase(revoked_, held_[slot].exchange);
    held_[slot] = {};
    free_.push_back(slot);
  }
  // The exchange goes on without this worker, whose last word about it is waited for all the same.
  void Revoke(Slot slot) {
    held_[slot].revoked = true;
    revoked_.push_back(held_[slot].exchange);
  }

  // Who is there and was not taken away; 0 if nobody.
  ExchangeId At(Slot slot) const { return held_[slot].revoked ? 0 : held_[slot].exchange; }
  bool Holds(Slot slot, ExchangeId exchange) const {
    return exchange != 0 && slot < held_.size() && held_[slot].exchange == exchange && !held_[slot].revoked;
  }
  // It was taken away, and the worker has not given up its slot: it must not come to the same worker twice.
  bool HeldOnce(ExchangeId exchange) const {
    return std::find(revoked_.begin(), revoked_.end(), exchange) != revoked_.end();
  }
  bool HeldOnce(Slot slot, ExchangeId exchange) const {
    return exchange != 0 && slot < held_.size() && held_[slot].exchange == exchange && held_[slot].revoked;
  }

 private:
  struct Held {
    ExchangeId exchange = 0;
    bool revoked = false;
  };
  std::vector<Held> held_;
  std::vector<Slot> free_;
  std::vector<ExchangeId> revoked_;
};

}  // namespace spikard::dispatch
