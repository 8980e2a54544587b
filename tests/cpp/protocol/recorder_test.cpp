#include "protocol/recorder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace spikard::protocol {
namespace {

struct RecorderTest : testing::Test {
  RecorderTest() { view.Format(); }
  alignas(64) std::array<std::byte, RecorderView::Size(3, 5)> memory{};
  RecorderView view{memory.data(), 3, 5};
};

TEST_F(RecorderTest, HasItsSize) {
  EXPECT_EQ(RecorderView::Size(0, 0), 64u);
  EXPECT_EQ(RecorderView::Size(2, 1), 64u + 64 + 2 * 8);
  EXPECT_EQ(RecorderView::Size(2, 9), 64u + 128 + 2 * 8);
}

TEST_F(RecorderTest, SaysWhatItIs) {
  uint32_t slots = 0;
  uint32_t cells = 0;
  ASSERT_TRUE(RecorderView::Read(memory.data(), &slots, &cells));
  EXPECT_EQ(slots, 3u);
  EXPECT_EQ(cells, 5u);
  for (const size_t at : {size_t{0}, size_t{4}, size_t{11}, size_t{15}}) {
    const std::byte before = memory[at];
    memory[at] = std::byte{0xee};
    EXPECT_FALSE(RecorderView::Read(memory.data(), &slots, &cells)) << at;
    memory[at] = before;
  }
}

TEST_F(RecorderTest, GoesThroughItsStates) {
  EXPECT_FALSE(view.Begin(1, 7)) << "nobody has offered it";
  view.Offer(1, 7);
  EXPECT_EQ(view.Find(1, 7), SlotState::kOffered);
  EXPECT_FALSE(view.Begin(1, 8));
  EXPECT_FALSE(view.Begin(0, 7));
  EXPECT_TRUE(view.Begin(1, 7));
  EXPECT_FALSE(view.Begin(1, 7)) << "twice";
  EXPECT_FALSE(view.Revoke(1, 7)) << "it has begun";
  EXPECT_EQ(view.Find(1, 7), SlotState::kBegun);
  view.Answer(1, 7);
  EXPECT_EQ(view.Find(1, 7), SlotState::kAnswered);
  view.Free(1, 8);
  EXPECT_EQ(view.Find(1, 7), SlotState::kAnswered) << "that was another one";
  view.Offer(1, 9);
  view.Answer(1, 7);
  EXPECT_FALSE(view.Begin(1, 7)) << "the slot is another one's now";
  EXPECT_EQ(view.Find(1, 9), SlotState::kOffered);
  view.Free(1, 9);
  EXPECT_FALSE(view.Begin(1, 9)) << "it was given back";
}

TEST_F(RecorderTest, RevokesWhatHasNotBegun) {
  view.Offer(2, 7);
  EXPECT_TRUE(view.Revoke(2, 7));
  EXPECT_FALSE(view.Revoke(2, 7));
  EXPECT_FALSE(view.Begin(2, 7));
  view.Answer(2, 7);
  EXPECT_EQ(view.Find(2, 7), SlotState::kRevoked);
}

TEST_F(RecorderTest, TakesNonsenseForBegun) {
  view.Offer(0, 7);
  EXPECT_EQ(view.Find(0, 8), SlotState::kBegun) << "the slot is another one's";
  memory[128 + 7] = std::byte{5};
  EXPECT_EQ(view.Find(0, 7), SlotState::kBegun) << "no such state";
  memory[128 + 7] = std::byte{0};
  EXPECT_EQ(view.Find(0, 7), SlotState::kBegun) << "free, and yet somebody's";
  view.Free(99, 7);
}

}  // namespace
}  // namespace spikard::protocol
