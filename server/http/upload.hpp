// The body of a request that is answered while it still comes. The session puts in what has come, no more than is
// wanted; whoever answers takes it out. What was taken is kept while it is little, so that another one can begin again.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/fault.hpp"

namespace spikard::http {

// What uploads keep together.
struct Kept {
  // Beyond it, what is taken is kept no longer.
  static constexpr size_t kMax = 64 * 1024 * 1024;
  size_t bytes = 0;
};

class Upload {
 public:
  // Of what was taken: beyond it, nobody can begin again.
  static constexpr size_t kMaxKept = 1024 * 1024;

  enum class State {
    kOpen,
    kWhole,   // what is in it is the rest
    kBroken,  // the rest will never come; fault() says why
  };
  using Block = std::shared_ptr<const std::string>;
  struct Part {
    std::string_view bytes;
    Block owner;
  };

  // `awaited`: the client sends nothing before it is asked to. `on_wanted`: called when more is wanted than has come.
  Upload(bool awaited, std::function<void()> on_wanted, std::shared_ptr<Kept> kept = std::make_shared<Kept>())
      : awaited_(awaited), on_wanted_(std::move(on_wanted)), kept_(std::move(kept)) {}
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload() { Release(); }

  // ---- the session

  void Put(Block block);
  // kNone: that was all.
  void End(Fault fault);
  bool Wanted() const { return open() && wanted_ > Unread(); }
  // More can come, and somebody may want it.
  bool open() const { return state_ == State::kOpen && !closed_; }
  // Tells nobody any more that something is wanted.
  void Detach() { on_wanted_ = nullptr; }

  // ---- whoever answers

  // `callback`: called when something was put in, and at the end.
  void OnChange(std::function<void()> callback) { on_change_ = std::move(callback); }
  State state() const { return state_; }
  Fault fault() const { return fault_; }
  bool Awaited() const { return awaited_ && blocks_.empty() && !Spent(); }
  // Bytes that can be taken.
  size_t Unread() const { return put_ - taken_; }
  // How many bytes would be taken now; the session may come with somewhat more.
  void Want(size_t bytes);
  // Takes the next bytes that lie together, at most `most`.
  Part Take(size_t most);
  // Something that was taken is no longer here.
  bool Spent() const { return dropped_ > 0; }
  // REQUIRES: not Spent(). What was taken can be taken again.
  void Rewind();
  // Nothing that was taken will be taken again.
  void Forget();
  // Nothing more is wanted.
  void Close();

 private:
  void Drop();
  // Counts what is kept, and no longer.
  void Hold();
  void Release();

  const bool awaited_;
  std::function<void()> on_wanted_;
  const std::shared_ptr<Kept> kept_;
  size_t held_ = 0;  // of `kept_`
  std::function<void()> on_change_;
  std::deque<Block> blocks_;
  // Bytes since the beginning: no longer here; in the blocks before the next one; taken; put in.
  size_t dropped_ = 0;
  size_t taken_ = 0;
  size_t put_ = 0;
  // Where the next byte to be taken lies.
  size_t next_ = 0;
  size_t offset_ = 0;
  size_t wanted_ = 0;
  State state_ = State::kOpen;
  Fault fault_ = Fault::kNone;
  bool forgetful_ = false;
  bool closed_ = false;
};

}  // namespace spikard::http
