// Any frames as a batch, the first one also as a control packet and as a manifest: the codec refuses or reads
// within bounds. The input: u32 number of frames less one, u32 length of each, then their bytes.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/checksum.hpp"
#include "protocol/codec.hpp"
#include "protocol/manifest.hpp"

using namespace spikard::protocol;

static uint32_t TakeWord(std::string_view* bytes) {
  uint32_t word = 0;
  const size_t size = std::min(bytes->size(), sizeof word);
  std::memcpy(&word, bytes->data(), size);
  bytes->remove_prefix(size);
  return word;
}

static std::vector<std::string> TakeFrames(std::string_view bytes) {
  std::vector<std::string> frames(1 + TakeWord(&bytes) % 8);
  std::vector<size_t> lengths;
  for (size_t i = 0; i < frames.size(); ++i) lengths.push_back(TakeWord(&bytes));
  for (size_t i = 0; i < frames.size(); ++i) {
    frames[i] = bytes.substr(0, lengths[i]);
    bytes.remove_prefix(frames[i].size());
  }
  return frames;
}

// A checksum that fits, or nothing behind it would ever be reached.
static void Reseal(std::vector<std::string>* frames) {
  if (frames->front().size() < kBatchHeader) return;
  uint64_t checksum = 0;
  std::memcpy(frames->front().data() + kChecksumAt, &checksum, sizeof checksum);
  for (const std::string& frame : *frames) checksum = Checksum(frame, checksum);
  std::memcpy(frames->front().data() + kChecksumAt, &checksum, sizeof checksum);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<std::string> frames = TakeFrames({reinterpret_cast<const char*>(data), size});

  Manifest manifest;
  if (DecodeManifest(frames[0], &manifest) == Errc::kOk) EncodeManifest(manifest);
  std::string scratch;
  Payload payload;
  if (DecodeControl(frames[0], &scratch, &payload) == Errc::kOk) EncodeControl(payload);

  Reseal(&frames);
  BatchReader reader;
  if (reader.Open({frames.begin(), frames.end()}) != Errc::kOk) return 0;
  BatchWriter writer;
  Message message;
  for (bool end = false; reader.Next(&message, &end) == Errc::kOk && !end;) {
    // What was read can be written: that touches every byte of it.
    writer.Add(message);
  }
  if (!writer.Empty() && writer.Seal(reader.Head()).empty()) std::abort();
  return 0;
}
