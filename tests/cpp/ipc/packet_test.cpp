#include "ipc/packet.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "scratch.hpp"

namespace spikard::ipc {
namespace {

using Status = Packet::Status;

struct PacketTest : testing::Test {
  PacketTest() {
    int fds[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) std::abort();
    a = base::Descriptor(fds[0]);
    b = base::Descriptor(fds[1]);
  }
  base::Descriptor a;
  base::Descriptor b;
};

TEST_F(PacketTest, KeepsPacketsApart) {
  EXPECT_EQ(ReceivePacket(b.get()).status, Status::kNothing);
  EXPECT_TRUE(SendPacket(a.get(), "one"));
  EXPECT_TRUE(SendPacket(a.get(), std::string(kMaxPacket, 'x')));
  const Packet one = ReceivePacket(b.get());
  EXPECT_EQ(one.status, Status::kReceived);
  EXPECT_EQ(one.bytes, "one");
  EXPECT_EQ(ReceivePacket(b.get()).bytes.size(), kMaxPacket);
  EXPECT_EQ(ReceivePacket(b.get()).status, Status::kNothing);
}

TEST_F(PacketTest, TellsTheEnd) {
  a = base::Descriptor();
  EXPECT_EQ(ReceivePacket(b.get()).status, Status::kEnd);
  EXPECT_FALSE(SendPacket(b.get(), "x")) << "and raises no signal";
}

TEST_F(PacketTest, TellsWhatIsCut) {
  EXPECT_TRUE(SendPacket(a.get(), std::string(kMaxPacket + 1, 'x')));
  EXPECT_EQ(ReceivePacket(b.get()).status, Status::kBroken);
  EXPECT_EQ(ReceivePacket(-1).status, Status::kBroken);
}

TEST_F(PacketTest, CarriesDescriptors) {
  const size_t before = OpenDescriptors();
  {
    EXPECT_TRUE(SendPacket(a.get(), "x", {a.get(), b.get()}));
    const Packet packet = ReceivePacket(b.get());
    ASSERT_EQ(packet.descriptors.size(), 2u);
    for (const auto& descriptor : packet.descriptors) {
      EXPECT_NE(::fcntl(descriptor.get(), F_GETFD) & FD_CLOEXEC, 0) << "it must not reach other programs";
    }
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(PacketTest, TooManyDescriptorsAreBrokenAndClosed) {
  const size_t before = OpenDescriptors();
  iovec part{const_cast<char*>("x"), 1};
  constexpr size_t kMany = 20;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMany * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(kMany * sizeof(int));
  std::array<int, kMany> fds{};
  fds.fill(a.get());
  std::memcpy(CMSG_DATA(c), fds.data(), sizeof fds);
  ASSERT_EQ(::sendmsg(a.get(), &message, 0), 1);
  EXPECT_EQ(ReceivePacket(b.get()).status, Status::kBroken);
  EXPECT_EQ(OpenDescriptors(), before);
}

}  // namespace
}  // namespace spikard::ipc
