// A single wrong bit in frame 0 never gives one exchange the bytes of another, not even when the checksum
// fits.
#include <gtest/gtest.h>

#include <map>

#include "protocol/codec.hpp"
#include "samples.hpp"

namespace spikard::protocol {
namespace {

constexpr int kExchanges = 4;

// Each response consists of its own letter: 'a' for the first, and so on. Two of the bodies are raw frames.
std::vector<std::string> Responses() {
  BatchWriter writer;
  for (int i = 0; i < kExchanges; ++i) {
    const char letter = static_cast<char>('a' + i);
    const std::string name(8, letter);
    const std::string body(i % 2 == 0 ? 24 : kInlineLimit + 1, letter);
    const Field fields[] = {{name, name}};
    writer.Add(
        {uint64_t{100} + static_cast<uint64_t>(i), static_cast<uint32_t>(i), Response{200, fields, {body}, true}});
  }
  return Strings(writer.Seal({1, 1}));
}

void Flip(std::string* bytes, size_t bit) {
  (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << (bit % 8)));
}

// A letter of another exchange, or 0. A flipped letter is not taken for one: it stands alone.
char Foreign(std::string_view bytes, char own) {
  for (char letter = 'a'; letter < 'a' + kExchanges; ++letter) {
    if (letter != own && bytes.find(std::string(2, letter)) != std::string_view::npos) return letter;
  }
  return 0;
}

// Fails if the message names the exchange and slot of one response and holds bytes of another.
void ExpectOwnBytes(const Message& message, size_t bit) {
  const auto index = static_cast<int64_t>(message.exchange) - 100;
  if (index < 0 || index >= kExchanges || message.slot != static_cast<uint32_t>(index)) return;
  const char own = static_cast<char>('a' + index);
  const auto* response = std::get_if<Response>(&message.payload);
  if (response == nullptr) return;
  EXPECT_EQ(Foreign(response->body.bytes, own), 0) << "bit " << bit;
  for (const Field& field : response->headers) {
    EXPECT_EQ(Foreign(field.name, own), 0) << "bit " << bit;
    EXPECT_EQ(Foreign(field.value, own), 0) << "bit " << bit;
  }
}

TEST(Flips, WithoutAFittingChecksumEveryOneIsAnError) {
  std::vector<std::string> frames = Responses();
  for (size_t bit = 0; bit < frames[0].size() * 8; ++bit) {
    Flip(&frames[0], bit);
    EXPECT_NE(BatchReader().Open(Views(frames)), Errc::kOk) << "bit " << bit;
    Flip(&frames[0], bit);
  }
  EXPECT_EQ(BatchReader().Open(Views(frames)), Errc::kOk);
}

TEST(Flips, InRawFramesEveryOneIsAnError) {
  std::vector<std::string> frames = Responses();
  ASSERT_EQ(frames.size(), 1u + kExchanges / 2);
  for (size_t n = 1; n < frames.size(); ++n) {
    for (size_t bit = 0; bit < frames[n].size() * 8; bit += 97) {
      Flip(&frames[n], bit);
      EXPECT_EQ(BatchReader().Open(Views(frames)), Errc::kChecksum) << "frame " << n << ", bit " << bit;
      Flip(&frames[n], bit);
    }
  }
}

TEST(Flips, WithAFittingChecksumNoneMixesExchanges) {
  const std::vector<std::string> whole = Responses();
  std::map<Errc, int> outcomes;
  for (size_t bit = 0; bit < whole[0].size() * 8; ++bit) {
    std::vector<std::string> frames = whole;
    Flip(&frames[0], bit);
    if (bit / 8 < 24 || bit / 8 >= 32) Reseal(&frames);
    BatchReader reader;
    Errc error = reader.Open(Views(frames));
    for (bool end = false; error == Errc::kOk && !end;) {
      Message message;
      error = reader.Next(&message, &end);
      // Also in a batch that turns out wrong further on.
      if (error == Errc::kOk && !end) ExpectOwnBytes(message, bit);
    }
    ++outcomes[error];
  }
  // The test has seen more than one kind of answer: it did flip something.
  EXPECT_GT(outcomes[Errc::kOk], 0);
  EXPECT_GT(outcomes[Errc::kStructure], 0);
  EXPECT_GT(outcomes[Errc::kFrames], 0);
}

}  // namespace
}  // namespace spikard::protocol
