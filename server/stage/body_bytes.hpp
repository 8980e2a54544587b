// The bytes of a body that is whole, wherever they lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/spool.hpp"

namespace spikard::stage {

struct BodyBytes {
  std::string_view memory;
  const base::Spool* file = nullptr;  // instead; what reads it blocks

  uint64_t Size() const { return file != nullptr ? file->Size() : memory.size(); }

  // Some of them, in `buffer` if they lie in a file. Nothing: they cannot be read.
  // REQUIRES: that many are there.
  std::optional<std::string_view> At(uint64_t offset, uint64_t size, std::string& buffer) const {
    if (file == nullptr) return memory.substr(offset, size);
    buffer.resize(size);
    if (file->Read(offset, buffer.data(), size)) return std::nullopt;
    return buffer;
  }

  // Calls `take` with all of them, piece after piece, as long as it returns true. False: they cannot be read.
  template <typename Take>
  bool ForEach(Take take) const {
    if (file == nullptr) {
      take(memory);
      return true;
    }
    constexpr uint64_t kPiece = 128 * 1024;
    std::string buffer;
    for (uint64_t offset = 0; offset < file->Size(); offset += kPiece) {
      const auto piece = At(offset, std::min(kPiece, file->Size() - offset), buffer);
      if (!piece) return false;
      if (!take(*piece)) return true;
    }
    return true;
  }
};

}  // namespace spikard::stage
