// The table that new requests are matched by. Until the first one is there, requests wait.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/wake.hpp"
#include "route/table.hpp"

namespace spikard::route {

class Active {
 public:
  using Handle = std::shared_ptr<const Table>;

  explicit Active(size_t max_waiting) : max_waiting_(max_waiting) {}

  // Null before the first manifest.
  const Handle& Get() const { return table_; }

  void Set(Handle table) {
    table_ = std::move(table);
    for (base::Wake* waiter : std::exchange(waiters_, {})) waiter->Notify();
  }

  size_t Waiting() const { return waiters_.size(); }
  // No more should wait.
  bool Full() const { return waiters_.size() >= max_waiting_; }
  // Notifies `waiter` at the next Set. REQUIRES: it stays, or calls Forget.
  void Await(base::Wake& waiter) { waiters_.push_back(&waiter); }
  void Forget(base::Wake& waiter) { std::erase(waiters_, &waiter); }

 private:
  const size_t max_waiting_;
  Handle table_;
  std::vector<base::Wake*> waiters_;
};

}  // namespace spikard::route
