#include "base/descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace spikard::base {
namespace {

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
int OpenOne() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

TEST(Descriptor, ClosesAtItsEnd) {
  int fd = -1;
  {
    const Descriptor descriptor(OpenOne());
    fd = descriptor.get();
    EXPECT_TRUE(descriptor);
    EXPECT_TRUE(IsOpen(fd));
  }
  EXPECT_FALSE(IsOpen(fd));
}

TEST(Descriptor, IsEmptyUntilItGetsOne) {
  const Descriptor descriptor;
  EXPECT_FALSE(descriptor);
  EXPECT_EQ(descriptor.get(), -1);
}

TEST(Descriptor, MovesItsOwnership) {
  Descriptor a(OpenOne());
  const int fd = a.get();
  Descriptor b(std::move(a));
  EXPECT_FALSE(a);
  EXPECT_EQ(b.get(), fd);
  EXPECT_TRUE(IsOpen(fd));
}

TEST(Descriptor, ClosesWhatItHadWhenAssigned) {
  Descriptor a(OpenOne());
  Descriptor b(OpenOne());
  const int old = a.get();
  const int other = b.get();
  a = std::move(b);
  EXPECT_FALSE(IsOpen(old));
  EXPECT_EQ(a.get(), other);
  EXPECT_TRUE(IsOpen(other));
}

TEST(Descriptor, SurvivesAssignmentToItself) {
  Descriptor a(OpenOne());
  Descriptor& same = a;
  a = std::move(same);
  EXPECT_TRUE(IsOpen(a.get()));
}

TEST(Descriptor, GivesUpWhatIsReleased) {
  int fd = -1;
  {
    Descriptor descriptor(OpenOne());
    fd = descriptor.Release();
    EXPECT_FALSE(descriptor);
  }
  EXPECT_TRUE(IsOpen(fd));
  ::close(fd);
}

}  // namespace
}  // namespace spikard::base
