// The rest of a response whose beginning has been answered. Whoever answers puts parts in, the session takes them out;
// what has left for the client is told back, so that a slow reader holds back its source.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/task.hpp"
#include "base/wake.hpp"

namespace spikard::http {

class BodyStream {
 public:
  enum class State {
    kOpen,
    kWhole,   // what is in it is the rest
    kBroken,  // the rest will never come
  };
  struct Part {
    std::string text;
    std::string_view shared;  // valid while `owner` lives
    std::shared_ptr<const void> owner;

    std::string_view Bytes() const { return owner ? shared : std::string_view(text); }
  };

  // `on_taken(bytes)`: they have left for the client. `on_closed`: the client wants no more; called at most once, and
  // only while the stream is open.
  BodyStream(base::Loop& loop, std::function<void(size_t)> on_taken, std::function<void()> on_closed)
      : on_taken_(std::move(on_taken)), on_closed_(std::move(on_closed)), wake_(loop) {}

  // ---- whoever answers

  // Copies `bytes`.
  void Put(std::string_view bytes);
  // Shares `bytes`, which stay valid while `owner` lives.
  void Put(std::string_view bytes, std::shared_ptr<const void> owner);
  void End(State state);
  bool Empty() const { return parts_.empty(); }

  // ---- the session

  // Returns when there may be a part or an end that was not there before, or after Interrupt.
  auto Wait() { return wake_.Wait(); }
  void Interrupt() { wake_.Notify(); }
  State state() const { return state_; }
  // REQUIRES: not Empty().
  Part Take();
  void Taken(size_t bytes);
  // Nothing more is wanted.
  void Close();

 private:
  std::function<void(size_t)> on_taken_;
  std::function<void()> on_closed_;
  std::deque<Part> parts_;
  State state_ = State::kOpen;
  base::Wake wake_;
};

}  // namespace spikard::http
