// A body that is being made: in memory while it is little, then in a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/spool.hpp"
#include "http/fault.hpp"
#include "stage/body_bytes.hpp"

namespace spikard::stage {

class BodyStore {
 public:
  // `limit`: bytes that it takes.
  BodyStore(base::Spools& spools, uint64_t limit) : spools_(&spools), limit_(limit) {}

  // Blocks. After a fault it is of no use.
  http::Fault Put(std::string_view bytes) {
    if (bytes.size() > limit_ - Bytes().Size()) return http::Fault::kBodyTooLarge;
    if (!file_ && memory_.size() + bytes.size() <= spools_->limits().one) {
      memory_.append(bytes);
      return http::Fault::kNone;
    }
    base::ErrorCode error;
    if (!file_) {
      file_ = spools_->Open(error);
      if (file_) error = file_->Append(memory_);
      std::string().swap(memory_);
    }
    if (!error) error = file_->Append(bytes);
    return error ? http::Fault::kNoRoom : http::Fault::kNone;
  }

  BodyBytes Bytes() const { return {memory_, file_ ? file_->Bytes() : base::FileBytes{}}; }
  // Leave it empty.
  std::string TakeMemory() { return std::move(memory_); }
  std::shared_ptr<base::Spool> TakeFile() { return std::move(file_); }

 private:
  base::Spools* spools_;
  uint64_t limit_;
  std::string memory_;
  std::shared_ptr<base::Spool> file_;
};

}  // namespace spikard::stage
