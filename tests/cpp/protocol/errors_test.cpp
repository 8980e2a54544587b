#include <gtest/gtest.h>

#include <set>

#include "protocol/codec.hpp"
#include "render.hpp"
#include "samples.hpp"
#include "vectors.hpp"

namespace spikard::protocol {
namespace {

Errc Read(const Vector& vector) {
  if (vector.kind == "control") {
    std::string scratch;
    Payload payload;
    return DecodeControl(vector.frames[0], &scratch, &payload);
  }
  if (vector.kind == "manifest") {
    Manifest manifest;
    return DecodeManifest(vector.frames[0], &manifest);
  }
  BatchReader reader;
  Errc error = reader.Open(Views(vector.frames));
  for (bool end = false; error == Errc::kOk && !end;) {
    Message message;
    error = reader.Next(&message, &end);
  }
  return error;
}

TEST(Errors, EveryInvalidVectorIsRefusedAsItSays) {
  for (const Vector& vector : InvalidVectors()) EXPECT_EQ(Name(Read(vector)), Name(vector.error)) << vector.name;
}

TEST(Errors, EveryCodeIsReachedAndDescribed) {
  std::set<Errc> reached;
  std::set<std::string_view> texts;
  for (const Vector& vector : InvalidVectors()) {
    reached.insert(vector.error);
    texts.insert(Describe(vector.error));
  }
  EXPECT_EQ(reached.size(), static_cast<size_t>(Errc::kFrames));
  EXPECT_EQ(texts.size(), reached.size());
}

TEST(Errors, MoreFramesThanTheLimit) {
  BatchWriter writer;
  writer.Add({1, 0, Returned{}});
  auto frames = Strings(writer.Seal({1, 1}));
  frames.resize(2 + kMaxFrames, "x");
  Reseal(&frames);
  EXPECT_EQ(BatchReader().Open(Views(frames)), Errc::kFrames);
}

// Whatever is cut off a batch, even with a checksum that fits, it is refused.
TEST(Errors, EveryCutIsRefused) {
  BatchWriter writer;
  for (const Message& message : DataSamples()) writer.Add(message);
  const auto whole = Strings(writer.Seal({1, 1}));
  for (size_t size = 0; size < whole[0].size(); ++size) {
    Vector cut{"", "", "batch", whole, Errc::kOk};
    cut.frames[0].resize(size);
    if (size >= kBatchHeader) Reseal(&cut.frames);
    // The padding behind the last message carries nothing.
    if (whole[0].size() - size < kAlignment && Read(cut) == Errc::kOk) continue;
    EXPECT_NE(Read(cut), Errc::kOk) << size;
  }
}

TEST(Errors, EveryCutOfAControlPacketIsRefusedOrHarmless) {
  for (const Payload& sample : ControlSamples()) {
    const std::string whole = EncodeControl(sample);
    for (size_t size = 0; size < whole.size(); ++size) {
      std::string scratch;
      Payload payload;
      // A decoder that accepts the rest gives the same values: only padding was cut.
      if (DecodeControl(whole.substr(0, size), &scratch, &payload) != Errc::kOk) continue;
      EXPECT_EQ(Render(payload), Render(sample)) << size;
    }
  }
}

}  // namespace
}  // namespace spikard::protocol
