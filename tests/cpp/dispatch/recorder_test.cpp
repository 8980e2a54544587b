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
  const uint32_t slots = 5;
  ASSERT_EQ(::pwrite(lying.descriptor.get(), &slots, sizeof slots, 8), 4);
  EXPECT_FALSE(Recorder::Open(lying.descriptor, 5)) << "not so large";
}

}  // namespace
}  // namespace spikard::dispatch
