// Bytes that are too many for memory, in files without names: nothing is left of them, however the process ends.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/file_bytes.hpp"
#include "base/pool.hpp"
#include "base/task.hpp"

namespace spikard::base {

class Spool;

// What all of them share.
class Spools : public std::enable_shared_from_this<Spools> {
 public:
  struct Limits {
    uint64_t one = 1024 * 1024;                         // bytes that stay in memory, of one
    uint64_t all = 64 * 1024 * 1024;                    // the same of all together
    int descriptors = std::numeric_limits<int>::max();  // those from this number on are for others
  };

  Spools(Loop& loop, const Limits& limits) : limits_(limits), disk_(loop, kThreads) {}

  const Limits& limits() const { return limits_; }
  // A new file in TMPDIR, or null. Blocks.
  std::shared_ptr<Spool> Open(ErrorCode& error);
  // The folder that they lie in.
  static std::string Folder();
  // Files that are open.
  size_t Count() const { return count_.load(std::memory_order_relaxed); }
  // Where blocking is allowed.
  Pool& disk() { return disk_; }

 private:
  friend class Spool;
  friend class Share;

  // One that stands still must not hold back all others.
  static constexpr size_t kThreads = 2;

  const Limits limits_;
  uint64_t in_memory_ = 0;
  std::atomic<size_t> count_ = 0;
  Pool disk_;
};

class Spool {
 public:
  Spool(std::shared_ptr<Spools> of, Descriptor file) : spools_(std::move(of)), file_(std::move(file)) {}
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  // REQUIRES: on the loop.
  ~Spool();

  // Blocks. After an error the file is of no use.
  ErrorCode Append(std::string_view bytes);
  uint64_t Size() const { return size_; }
  // What is in it now, as long as this is there.
  FileBytes Bytes() const { return {file_.get(), size_}; }
  Pool& disk() const { return spools_->disk(); }

 private:
  const std::shared_ptr<Spools> spools_;
  Descriptor file_;
  uint64_t size_ = 0;
};

// What somebody takes of the memory of all.
class Share {
 public:
  explicit Share(Spools& of) : spools_(of) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { Release(); }

  // Takes so many bytes altogether. False, and nothing is changed: it is too much, of one or of all.
  bool Grow(uint64_t size);
  void Release();

 private:
  Spools& spools_;
  uint64_t size_ = 0;
};

}  // namespace spikard::base
