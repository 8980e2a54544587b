// The bytes of a body that is whole, wherever they lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_bytes.hpp"

namespace spikard::stage {

struct BodyBytes {
  std::string_view memory;
  base::FileBytes file{};  // instead, if it is one; what reads it blocks

  bool InFile() const { return file.descriptor >= 0; }
  uint64_t Size() const { return InFile() ? file.size : memory.size(); }

  // Some of them, in `buffer` if they lie in a file. Nothing: they cannot be read.
  // REQUIRES: that many are there.
  std::optional<std::string_view> At(uint64_t offset, uint64_t size, std::string& buffer) const {
    if (!InFile()) return memory.substr(offset, size);
    buffer.resize(size);
    if (file.Read(offset, buffer.data(), size)) return std::nullopt;
    return buffer;
  }

  // Calls `take` with all of them, piece after piece, as long as it returns true. False: they cannot be read.
  template <typename Take>
  bool ForEach(Take take) const {
    if (!InFile()) {
      take(memory);
      return true;
    }
    constexpr uint64_t kPiece = 128 * 1024;
    std::string buffer;
    for (uint64_t offset = 0; offset < file.size; offset += kPiece) {
      const auto piece = At(offset, std::min(kPiece, file.size - offset), buffer);
      if (!piece) return false;
      if (!take(*piece)) return true;
    }
    return true;
  }
};

}  // namespace spikard::stage
