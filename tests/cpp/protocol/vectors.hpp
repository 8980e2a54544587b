// The golden vectors: what protocol/vectors/ holds, and the layout of its .bin files.
//
//   u32 number of frames, u32 length of each frame, then the frames' bytes; little-endian.
//   A control packet and a manifest are one frame.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/codec.hpp"

namespace spikard::protocol {

struct Vector {
  std::string name;  // of the two files: "21-response"
  std::string about;
  std::string_view kind;  // "batch", "control" or "manifest"
  std::vector<std::string> frames;
  Errc error = Errc::kOk;
};

// Everything there is, encoded by the codec of this build.
std::vector<Vector> Vectors();
// Those that a receiver must refuse.
std::vector<Vector> InvalidVectors();

std::string Pack(const std::vector<std::string>& frames);
std::vector<std::string> Unpack(std::string_view file);

// Reads the frames with the codec and tells what it found, as the text of the .json file.
std::string Describe(const Vector& vector);
// Reads the frames and writes the values again. REQUIRES: the vector is valid.
std::vector<std::string> EncodeAgain(const Vector& vector);

}  // namespace spikard::protocol
