#include "dispatch/recorder.hpp"

#include <gtest/gtest.h>

#include "shared_memory.hpp"

namespace spikard::dispatch {
namespace {

using fake::SharedMemory;

TEST(Recorder, IsTheSameMemory) {
  SharedMemory worker(3);
  auto recorder = Recorder::Open(worker.descriptor, 3);
  ASSERT_TRUE(recorder);
  worker.descriptor = base::Descriptor();
  (*recorder)->Offer(2, 7);
  EXPECT_TRUE(worker.view.Begin(2, 7));
  EXPECT_FALSE((*recorder)->Revoke(2, 7));
  EXPECT_TRUE(recorder->Current().empty());
  worker.view.Cell(3) = 7;
  worker.view.Cell(0) = 8;
  EXPECT_EQ(recorder->Current(), (std::vector<uint64_t>{8, 7}));
}

TEST(Recorder, HasTheTextBehindTheSlots) {
  const SharedMemory worker(3);
  const auto recorder = Recorder::Open(worker.descriptor, 3);
  ASSERT_TRUE(recorder);
  EXPECT_EQ(recorder->Text(), "");
  const auto at = static_cast<off_t>(protocol::RecorderView::Size(3, 4));
  ASSERT_EQ(::pwrite(worker.descriptor.get(), "here", 4, at), 4);
  EXPECT_EQ(recorder->Text(), "here");
  const std::string full(SharedMemory::kText, 'x');
  ASSERT_EQ(::pwrite(worker.descriptor.get(), full.data(), full.size(), at), static_cast<ssize_t>(full.size()));
  EXPECT_EQ(recorder->Text(), full);
}

TEST(Recorder, IsRefusedIfItIsNone) {
  const SharedMemory right(3);
  EXPECT_FALSE(Recorder::Open(right.descriptor, 4)) << "another number of slots";
  const SharedMemory unsealed(3, 4, 0);
  EXPECT_FALSE(Recorder::Open(unsealed.descriptor, 3)) << "it could be cut while it is read";
  const base::Descriptor file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_FALSE(Recorder::Open(file, 3));
  const base::Descriptor empty(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ::fcntl(empty.get(), F_ADD_SEALS, F_SEAL_SHRINK);
  EXPECT_FALSE(Recorder::Open(empty, 3));
  const SharedMemory lying(3);
  const uint32_t slots = 300;
  ASSERT_EQ(::pwrite(lying.descriptor.get(), &slots, sizeof slots, 8), 4);
  EXPECT_FALSE(Recorder::Open(lying.descriptor, 300)) << "not so large";
}

}  // namespace
}  // namespace spikard::dispatch
