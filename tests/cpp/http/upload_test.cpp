#include "http/upload.hpp"

#include <gtest/gtest.h>

namespace spikard::http {
namespace {

struct UploadTest : testing::Test {
  void Put(std::string bytes) { upload.Put(std::make_shared<const std::string>(std::move(bytes))); }
  std::string Drink(size_t most = SIZE_MAX) {
    std::string all;
    for (;;) {
      const auto part = upload.Take(most);
      if (part.bytes.empty()) return all;
      all += part.bytes;
    }
  }

  int wanted = 0;
  int changes = 0;
  Upload upload{false, [this] { ++wanted; }};
};

TEST_F(UploadTest, GivesWhatWasPutInInPieces) {
  Put("abcde");
  Put("fgh");
  EXPECT_EQ(upload.Unread(), 8u);
  EXPECT_EQ(upload.Take(2).bytes, "ab");
  EXPECT_EQ(upload.Take(9).bytes, "cde");
  EXPECT_EQ(upload.Take(9).bytes, "fgh");
  EXPECT_TRUE(upload.Take(9).bytes.empty());
  EXPECT_EQ(upload.Unread(), 0u);
}

TEST_F(UploadTest, APartKeepsItsBytes) {
  Put("abc");
  const auto part = upload.Take(3);
  upload.Close();
  EXPECT_EQ(part.bytes, "abc");
}

TEST_F(UploadTest, NoMoreIsWantedThanWillBeTaken) {
  EXPECT_FALSE(upload.Wanted());
  upload.Want(4);
  EXPECT_EQ(wanted, 1);
  Put("abc");
  EXPECT_TRUE(upload.Wanted());
  Put("de");
  EXPECT_FALSE(upload.Wanted());
  upload.Take(5);
  EXPECT_TRUE(upload.Wanted());
  upload.Want(0);
  EXPECT_FALSE(upload.Wanted());
  EXPECT_EQ(wanted, 1);
  upload.Want(1);
  upload.End(Fault::kNone);
  EXPECT_FALSE(upload.Wanted()) << "there is no more";
}

TEST_F(UploadTest, TellsOfWhatComesAndOfTheEnd) {
  upload.OnChange([this] { ++changes; });
  Put("");
  EXPECT_EQ(changes, 0);
  Put("a");
  upload.End(Fault::kNone);
  upload.End(Fault::kIncomplete);
  EXPECT_EQ(changes, 2);
  EXPECT_EQ(upload.state(), Upload::State::kWhole);
  EXPECT_EQ(Drink(), "a");
}

TEST_F(UploadTest, MayBreak) {
  upload.End(Fault::kIncomplete);
  Put("late");
  EXPECT_EQ(upload.state(), Upload::State::kBroken);
  EXPECT_EQ(upload.fault(), Fault::kIncomplete);
  EXPECT_EQ(upload.Unread(), 0u);
}

TEST_F(UploadTest, LittleCanBeTakenAgain) {
  Put("abc");
  Put("de");
  Drink(2);
  upload.Rewind();
  EXPECT_EQ(upload.Unread(), 5u);
  Put("f");
  EXPECT_EQ(Drink(), "abcdef");
}

TEST_F(UploadTest, MuchIsGivenAwayForGood) {
  const std::string quarter(Upload::kMaxKept / 4, 'x');
  for (int i = 0; i < 4; ++i) Put(quarter);
  Drink();
  EXPECT_FALSE(upload.Spent());
  upload.Rewind();
  Put("y");
  EXPECT_EQ(Drink().size(), 4 * quarter.size() + 1);
  EXPECT_TRUE(upload.Spent());
  Put("z");
  EXPECT_EQ(Drink(), "z") << "and goes on";
}

TEST_F(UploadTest, AllTogetherKeepNoMoreThanTheirBound) {
  const auto kept = std::make_shared<Kept>();
  kept->bytes = Kept::kMax - 3;
  Upload first(false, nullptr, kept);
  first.Put(std::make_shared<const std::string>("abc"));
  first.Take(3);
  EXPECT_EQ(kept->bytes, Kept::kMax);
  EXPECT_FALSE(first.Spent());
  first.Rewind();
  first.Take(3);
  EXPECT_EQ(kept->bytes, Kept::kMax) << "counted once";
  {
    Upload second(false, nullptr, kept);
    second.Put(std::make_shared<const std::string>("d"));
    second.Take(1);
    EXPECT_TRUE(second.Spent());
  }
  first.Close();
  EXPECT_EQ(kept->bytes, Kept::kMax - 3);
}

TEST_F(UploadTest, WhatWillNotBeTakenAgainIsNotKept) {
  const auto block = std::make_shared<const std::string>("abc");
  upload.Put(block);
  Drink();
  EXPECT_EQ(block.use_count(), 2);
  upload.Forget();
  EXPECT_EQ(block.use_count(), 1);
  upload.Put(block);
  Drink();
  EXPECT_EQ(block.use_count(), 1);
}

TEST_F(UploadTest, ClosedItWantsAndTellsNothing) {
  upload.OnChange([this] { ++changes; });
  upload.Want(1);
  upload.Close();
  Put("a");
  upload.End(Fault::kNone);
  EXPECT_EQ(changes, 0);
  EXPECT_FALSE(upload.open());
  EXPECT_FALSE(upload.Wanted());
  EXPECT_TRUE(upload.Take(1).bytes.empty());
}

TEST_F(UploadTest, IsAwaitedUntilSomethingComes) {
  EXPECT_FALSE(upload.Awaited());
  Upload awaited(true, nullptr);
  EXPECT_TRUE(awaited.Awaited());
  awaited.Want(1);
  awaited.Put(std::make_shared<const std::string>("a"));
  EXPECT_FALSE(awaited.Awaited());
}

}  // namespace
}  // namespace spikard::http
