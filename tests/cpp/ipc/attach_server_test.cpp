#include "ipc/attach_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <csignal>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "dispatch/shared_memory.hpp"
#include "ipc/packet.hpp"
#include "scratch.hpp"

namespace spikard::ipc {
namespace {

using base::Descriptor;
using std::chrono::milliseconds;

struct Deaf final : dispatch::Link {
  dispatch::SendResult Send(const dispatch::PeerAddress&, std::vector<protocol::Frame> frames) override {
    batches += frames.empty() ? 0 : 1;
    return dispatch::SendResult::kSent;
  }
  int batches = 0;
};

Descriptor PidfdOf(pid_t pid) { return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

// A process that does nothing, and has ended when this is gone.
struct Child {
  Child() {
    if (pid != 0) return;
    ::pause();
    ::_exit(0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { Kill(); }
  // Ends it, and waits for that; afterwards it is nobody's.
  void Kill() {
    if (pid <= 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(std::exchange(pid, 0), nullptr, 0);
  }

  pid_t pid = ::fork();
  const Descriptor pidfd = PidfdOf(pid);
};

struct AttachServerTest : testing::Test {
  AttachServerTest() {
    base::SetUpLog("off");
    channel.Connect(link);
    EXPECT_EQ(server.Open(scratch / "attach.sock", "ipc:///data"), "");
  }
  ~AttachServerTest() override {
    server.Close();
    channel.Stop();
    Turn();
  }
  void Turn() {
    loop.restart();
    loop.poll();
  }
  // Runs the loop until `holds` does, long as that may take on a machine that has other things to do.
  template <typename Condition>
  bool Until(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop.restart();
      loop.run_for(milliseconds(10));
    }
    return true;
  }
  Descriptor Connect() {
    Descriptor fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = scratch / "attach.sock";
    path.copy(address.sun_path, path.size());
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    Turn();
    return fd;
  }
  // The token, or nothing if the front end has closed the connection.
  std::optional<std::string> Attach(const Descriptor& fd, const std::vector<int>& descriptors = {},
                                    uint32_t slots = 0) {
    EXPECT_TRUE(SendPacket(fd.get(), protocol::EncodeControl(protocol::Attach{42, slots}), descriptors));
    Turn();
    const Packet packet = ReceivePacket(fd.get());
    if (packet.status != Packet::Status::kReceived) return std::nullopt;
    std::string scratch_text;
    protocol::Payload payload;
    EXPECT_EQ(protocol::DecodeControl(packet.bytes, &scratch_text, &payload), protocol::Errc::kOk);
    const auto& attached = std::get<protocol::Attached>(payload);
    EXPECT_EQ(attached.endpoint, "ipc:///data");
    EXPECT_EQ(attached.incarnation, channel.Incarnation());
    return std::string(attached.token);
  }
  bool Closed(const Descriptor& fd) {
    Turn();
    return ReceivePacket(fd.get()).status == Packet::Status::kEnd;
  }
  // Makes somebody known to the channel, by its token.
  void Hello(const std::string& token, const std::string& address) {
    protocol::BatchWriter writer;
    protocol::Hello hello;
    hello.token = token;
    hello.slots = 1;
    hello.manifest_hash = hash;
    hello.max_batch = 1'000'000;
    writer.Add({0, 0, hello});
    channel.OnBatch(address, writer.Seal({channel.Incarnation(), 1}));
    Turn();
  }

  const std::string hash = std::string(32, 'h');
  Scratch scratch;
  base::Loop loop{1};
  route::Active active{1};
  Deaf link;
  dispatch::Channel channel{loop, active, {milliseconds(1'000), 10, 1'000}};
  AttachServer server{loop, channel};
};

TEST_F(AttachServerTest, GivesEachItsToken) {
  const Descriptor a = Connect();
  const Descriptor b = Connect();
  const auto first = Attach(a);
  const auto second = Attach(b);
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_GE(first->size(), 16u);
}

TEST_F(AttachServerTest, ClosesOnWhatIsOutOfTurn) {
  const Descriptor twice = Connect();
  ASSERT_TRUE(Attach(twice));
  EXPECT_FALSE(Attach(twice));
  const Descriptor rubbish = Connect();
  SendPacket(rubbish.get(), "rubbish");
  EXPECT_TRUE(Closed(rubbish));
  const Descriptor early = Connect();
  SendPacket(early.get(), protocol::EncodeControl(protocol::Leaving{}));
  EXPECT_TRUE(Closed(early));
  const Descriptor wrong = Connect();
  ASSERT_TRUE(Attach(wrong));
  SendPacket(wrong.get(), protocol::EncodeControl(protocol::Die{"no"}));
  EXPECT_TRUE(Closed(wrong));
}

TEST_F(AttachServerTest, TakesLeaving) {
  const Descriptor a = Connect();
  const auto token = Attach(a);
  ASSERT_TRUE(token);
  Hello(*token, "a");
  const int before = link.batches;
  SendPacket(a.get(), protocol::EncodeControl(protocol::Leaving{}));
  EXPECT_FALSE(Closed(a));
  EXPECT_EQ(link.batches, before + 1) << "Drain";
}

TEST_F(AttachServerTest, TakesStacksThoughNobodyAsked) {
  const Descriptor a = Connect();
  const auto token = Attach(a);
  ASSERT_TRUE(token);
  Hello(*token, "a");
  SendPacket(a.get(), protocol::EncodeControl(protocol::Stacks{1, "here"}));
  EXPECT_FALSE(Closed(a));
}

TEST_F(AttachServerTest, AsksASilentWorkerWhereItStands) {
  const fake::SharedMemory memory(1);
  const Descriptor process = PidfdOf(::getpid());
  const Descriptor a = Connect();
  const auto token = Attach(a, {process.get(), memory.descriptor.get()}, 1);
  ASSERT_TRUE(token);
  Hello(*token, "a");
  Packet packet;
  ASSERT_TRUE(Until([&] {
    packet = ReceivePacket(a.get());
    return packet.status == Packet::Status::kReceived;
  }));
  std::string scratch_text;
  protocol::Payload payload;
  ASSERT_EQ(protocol::DecodeControl(packet.bytes, &scratch_text, &payload), protocol::Errc::kOk);
  EXPECT_TRUE(std::holds_alternative<protocol::DumpStacks>(payload));
}

TEST_F(AttachServerTest, TellsOfTheEndOfAConnection) {
  Descriptor a = Connect();
  const auto token = Attach(a);
  ASSERT_TRUE(token);
  Hello(*token, "a");
  a = Descriptor();
  Turn();
  bool drained = false;
  channel.Drain([&] { drained = true; });
  EXPECT_TRUE(drained) << "nobody is left";
}

TEST_F(AttachServerTest, TellsOfTheDeathOfAProcessThoughItsConnectionIsKept) {
  Child child;
  ASSERT_TRUE(child.pidfd);
  const Descriptor a = Connect();
  const auto token = Attach(a, {child.pidfd.get()});
  ASSERT_TRUE(token);
  Hello(*token, "a");
  ::kill(child.pid, SIGKILL);
  EXPECT_TRUE(Until([&] { return Closed(a); }));
  bool drained = false;
  channel.Drain([&] { drained = true; });
  EXPECT_TRUE(drained);
}

// Asio hands what it keeps of a closed descriptor to the next one, with the news of the old one that it has not told
// yet.
TEST_F(AttachServerTest, TakesTheEndOfAnothersProcessForNobodyElses) {
  Child child;
  const Descriptor mine = PidfdOf(::getpid());
  ASSERT_TRUE(child.pidfd && mine);
  const Descriptor ending = Connect();
  ASSERT_TRUE(Attach(ending, {child.pidfd.get()}));
  const Descriptor living = Connect();
  // In this order: the one is closed, the other is watched, and the end of the first one's process is next.
  SendPacket(ending.get(), "rubbish");
  SendPacket(living.get(), protocol::EncodeControl(protocol::Attach{42, 0}), {mine.get()});
  child.Kill();
  loop.restart();
  loop.run_for(milliseconds(50));
  EXPECT_EQ(ReceivePacket(living.get()).status, Packet::Status::kReceived);
  EXPECT_FALSE(Closed(living));
}

TEST_F(AttachServerTest, ClosesTheConnectionOfWhoIsNotTrusted) {
  const Descriptor a = Connect();
  const auto token = Attach(a);
  ASSERT_TRUE(token);
  Hello(*token, "a");
  protocol::BatchWriter writer;
  writer.Add({0, 0, protocol::Ready{}});
  channel.OnBatch("a", writer.Seal({channel.Incarnation(), 2}));
  EXPECT_TRUE(Closed(a));
}

TEST_F(AttachServerTest, KeepsNoDescriptors) {
  const size_t before = OpenDescriptors();
  {
    const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const Descriptor a = Connect();
    EXPECT_TRUE(Attach(a, {file.get()})) << "what cannot be watched goes with its connection";
    const Descriptor b = Connect();
    EXPECT_FALSE(Attach(b, {file.get(), file.get()})) << "more than a pidfd";
    const Descriptor c = Connect();
    EXPECT_FALSE(Attach(c, {file.get()}, 4)) << "no flight recorder";
    const Descriptor d = Connect();
    EXPECT_FALSE(Attach(d, {file.get(), file.get()}, 4)) << "none either";
    const fake::SharedMemory memory(4);
    const Descriptor e = Connect();
    EXPECT_TRUE(Attach(e, {file.get(), memory.descriptor.get()}, 4));
  }
  EXPECT_TRUE(Until([&] { return OpenDescriptors() == before; }));
}

TEST_F(AttachServerTest, TakesThePlaceOfOneThatWasKilled) {
  AttachServer next(loop, channel);
  EXPECT_EQ(next.Open(scratch / "attach.sock", "ipc:///data"), "");
  EXPECT_NE(next.Open(scratch / std::string(120, 'x'), "").find("too long"), std::string::npos);
  EXPECT_NE(AttachServer(loop, channel).Open(scratch / "no/such", "").find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace spikard::ipc
