#include "protocol/codec.hpp"

#include <gtest/gtest.h>

#include <set>

#include "render.hpp"
#include "samples.hpp"

namespace spikard::protocol {
namespace {

std::vector<std::string> RenderAll(const std::vector<Message>& messages) {
  std::vector<std::string> texts;
  size_t frames = 0;
  for (const Message& message : messages) texts.push_back(Render(message, &frames));
  return texts;
}

// Every message of the batch, rendered at once: its views live no longer than until the next one is read.
Errc ReadAll(const std::vector<std::string_view>& frames, std::vector<std::string>* texts, BatchHead* head = nullptr) {
  BatchReader reader;
  Errc error = reader.Open(frames);
  if (error == Errc::kOk && head != nullptr) *head = reader.Head();
  size_t count = 0;
  for (bool end = false; error == Errc::kOk && !end;) {
    Message message;
    error = reader.Next(&message, &end);
    if (error == Errc::kOk && !end) texts->push_back(Render(message, &count));
  }
  return error;
}

TEST(Codec, EveryMessageIsReadAsItWasWritten) {
  const std::vector<Message> samples = DataSamples();
  BatchWriter writer;
  for (const Message& message : samples) writer.Add(message);
  const auto frames = Strings(writer.Seal({7, 9}));
  std::vector<std::string> texts;
  BatchHead head;
  ASSERT_EQ(ReadAll(Views(frames), &texts, &head), Errc::kOk);
  EXPECT_EQ(texts, RenderAll(samples));
  EXPECT_EQ(head.incarnation, 7u);
  EXPECT_EQ(head.sequence, 9u);
}

TEST(Codec, EveryControlMessageIsReadAsItWasWritten) {
  for (const Payload& sample : ControlSamples()) {
    std::string scratch;
    Payload payload;
    ASSERT_EQ(DecodeControl(EncodeControl(sample), &scratch, &payload), Errc::kOk) << Render(sample);
    EXPECT_EQ(Render(payload), Render(sample));
  }
}

TEST(Codec, SamplesNameEveryMessage) {
  std::set<size_t> types;
  for (const Message& message : DataSamples()) types.insert(message.payload.index());
  for (const Payload& payload : ControlSamples()) types.insert(payload.index());
  EXPECT_EQ(types.size(), std::variant_size_v<Payload>);
}

TEST(Codec, FrameZeroMayLieAnywhere) {
  BatchWriter writer;
  for (const Message& message : DataSamples()) writer.Add(message);
  const std::string first = Strings(writer.Seal({7, 9}))[0];
  for (size_t shift = 0; shift < kAlignment; ++shift) {
    std::string moved(shift, 'x');
    moved += first;
    std::vector<std::string> texts;
    ASSERT_EQ(ReadAll({std::string_view(moved).substr(shift)}, &texts), Errc::kOk) << shift;
    EXPECT_EQ(texts, RenderAll(DataSamples())) << shift;
  }
}

TEST(Codec, ABodyWithAnOwnerTravelsWithoutACopy) {
  const auto owner = std::make_shared<const std::string>(Counted(kInlineLimit + 1));
  BatchWriter writer;
  writer.Add({1, 0, Response{200, {}, {*owner, owner}, true}});
  const auto frames = writer.Seal({1, 1});
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1].bytes.data(), owner->data());
  EXPECT_EQ(frames[1].owner, owner);
}

TEST(Codec, ABodyWithoutAnOwnerOutlivesItsSource) {
  std::vector<Frame> frames;
  {
    const std::string source(Counted(kInlineLimit + 1));
    BatchWriter writer;
    writer.Add({1, 0, Response{200, {}, {source}, true}});
    frames = writer.Seal({1, 1});
  }
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1].bytes, Counted(kInlineLimit + 1));
}

TEST(Codec, AWriterIsEmptyAfterSealing) {
  BatchWriter writer;
  EXPECT_TRUE(writer.Empty());
  writer.Add({1, 0, Response{200, {}, {Counted(kInlineLimit + 1)}, true}});
  EXPECT_FALSE(writer.Empty());
  const size_t size = writer.Size();
  size_t sealed = 0;
  for (const Frame& frame : writer.Seal({1, 1})) sealed += frame.bytes.size();
  EXPECT_EQ(size, sealed);
  EXPECT_TRUE(writer.Empty());
  EXPECT_EQ(writer.Size(), kBatchHeader);

  writer.Add({2, 1, Returned{}});
  const auto frames = Strings(writer.Seal({1, 2}));
  std::vector<std::string> texts;
  ASSERT_EQ(ReadAll(Views(frames), &texts), Errc::kOk);
  EXPECT_EQ(texts, RenderAll({{2, 1, Returned{}}}));
}

TEST(Codec, AsManyMessagesAsTheLimit) {
  BatchWriter writer;
  while (!writer.Full()) writer.Add({1, 0, Returned{}});
  const auto frames = Strings(writer.Seal({1, 1}));
  std::vector<std::string> texts;
  ASSERT_EQ(ReadAll(Views(frames), &texts), Errc::kOk);
  EXPECT_EQ(texts.size(), kMaxMessages);
}

TEST(Codec, AsManyFramesAsTheLimit) {
  const auto owner = std::make_shared<const std::string>(Counted(kInlineLimit + 1));
  BatchWriter writer;
  while (!writer.Full()) writer.Add({1, 0, Chunk{{*owner, owner}, false, {}}});
  auto frames = Strings(writer.Seal({1, 1}));
  ASSERT_EQ(frames.size(), 1 + kMaxFrames);
  std::vector<std::string> texts;
  EXPECT_EQ(ReadAll(Views(frames), &texts), Errc::kOk);
  EXPECT_EQ(texts.size(), kMaxFrames);
}

TEST(Codec, AReaderIsUsedAgain) {
  BatchReader reader;
  for (uint64_t sequence = 1; sequence <= 2; ++sequence) {
    BatchWriter writer;
    writer.Add({sequence, 0, Response{200, {}, {Counted(kInlineLimit + 1)}, true}});
    const auto frames = Strings(writer.Seal({1, sequence}));
    ASSERT_EQ(reader.Open(Views(frames)), Errc::kOk);
    EXPECT_EQ(reader.Head().sequence, sequence);
    Message message;
    bool end = false;
    ASSERT_EQ(reader.Next(&message, &end), Errc::kOk);
    EXPECT_EQ(message.exchange, sequence);
    ASSERT_EQ(reader.Next(&message, &end), Errc::kOk);
    EXPECT_TRUE(end);
  }
}

}  // namespace
}  // namespace spikard::protocol
