// One message of every type with every field set to a value of its own, for tests and vectors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/codec.hpp"
#include "protocol/manifest.hpp"

namespace spikard::protocol {

// `size` bytes, byte i being i modulo 251. The view is valid for ever.
std::string_view Counted(size_t size);

// Messages of the data channel, in the order of the schema's union. Views are valid for ever.
std::vector<Message> DataSamples();
// Messages of the attach socket.
std::vector<Payload> ControlSamples();
Manifest SampleManifest();

// Frame 0 made by hand from encoded messages, with a right checksum, to say what the writer never would.
struct RawBatch {
  uint32_t magic = kBatchMagic;
  uint16_t version = kProtocolVersion;
  int count = -1;  // announced; -1: the number of messages
  uint64_t incarnation = 1;
  uint64_t sequence = 1;
  std::vector<std::string> messages = {};
  std::vector<std::string> bodies = {};
};
std::vector<std::string> Build(const RawBatch& batch);
// Sets the checksum of frame 0 to what the frames add up to.
void Reseal(std::vector<std::string>* frames);

std::vector<std::string> Strings(const std::vector<Frame>& frames);
std::vector<std::string_view> Views(const std::vector<std::string>& frames);

}  // namespace spikard::protocol
