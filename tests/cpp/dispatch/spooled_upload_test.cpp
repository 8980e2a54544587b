// Bodies that lie in files.
#include "dispatch/spooled_upload.hpp"

#include <fcntl.h>

#include <deque>

#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using dispatch::Channel;

struct ChannelSpooled : ChannelTest {
  ~ChannelSpooled() override {
    channel.Abandon();
    spools->disk().Join();
    Turn();
  }
  std::shared_ptr<base::Spool> FileOf(const std::string& bytes) {
    base::ErrorCode error;
    auto file = spools->Open(error);
    EXPECT_FALSE(error);
    EXPECT_FALSE(file->Append(bytes));
    return file;
  }
  Call* Send(std::shared_ptr<base::Spool> file, const std::string& method = "PUT") {
    Call* call = calls.emplace_back(std::make_unique<Call>(method, "/")).get();
    call->x.table = active.Get();
    call->x.route = 1;
    call->x.spooled = std::move(file);
    call->Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
    return call;
  }
  // What `worker` is told next. The disk answers when it likes, so that it may have been told more already.
  Told Next(Worker& worker) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (unread.empty() && std::chrono::steady_clock::now() < end) {
      RunFor(std::chrono::milliseconds(1));
      for (Told& one : link.Take(worker.address)) unread.push_back(std::move(one));
    }
    if (unread.empty()) return {};
    Told next = std::move(unread.front());
    unread.pop_front();
    return next;
  }
  // What `worker` gets of the body until it is so much.
  std::string Got(Worker& worker, size_t size) {
    std::string all;
    do {
      const Told chunk = Next(worker);
      EXPECT_EQ(chunk.type, "Chunk");
      if (chunk.type != "Chunk") break;
      all += chunk.texts[0];
      last = chunk.last;
    } while (all.size() < size);
    return all;
  }
  void Grant(Worker& worker) { worker.Say(protocol::Window{Channel::kWindow}, told.exchange, told.slot); }
  // All that there is.
  std::string Read(Worker& worker, size_t size) {
    std::string all;
    while (all.size() < size) {
      const std::string more = Got(worker, std::min<size_t>(Channel::kWindow, size - all.size()));
      EXPECT_LE(more.size(), Channel::kWindow);
      if (more.empty()) break;
      all += more;
      if (all.size() < size) Grant(worker);
    }
    return all;
  }

  std::shared_ptr<base::Spools> spools = std::make_shared<base::Spools>(loop, base::Spools::Limits());
  std::deque<Told> unread;
  Told told;
  bool last = false;
};

std::string Numbers(size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + " ";
  text.resize(size);
  return text;
}

TEST_F(ChannelSpooled, AWorkerReadsThemInWindows) {
  auto worker = MakeReady("a");
  const std::string body = Numbers(1'000'000);
  Call* call = Send(FileOf(body));
  told = Next(*worker);
  EXPECT_EQ(told.request.body_kind, protocol::BodyKind::kStream);
  EXPECT_TRUE(Got(*worker, Channel::kWindow) == body.substr(0, Channel::kWindow));
  RunFor(std::chrono::milliseconds(20));
  EXPECT_EQ(Types(*worker), std::vector<std::string>{}) << "no more than the window";
  Grant(*worker);
  EXPECT_TRUE(Read(*worker, body.size() - Channel::kWindow) == body.substr(Channel::kWindow));
  EXPECT_TRUE(last || Next(*worker).last);
  worker->Say(protocol::Response{200, {}, {"done"}, true}, told.exchange, told.slot);
  Turn();
  EXPECT_EQ(call->Text(), "done");
}

TEST_F(ChannelSpooled, AnotherWorkerBeginsAgain) {
  auto a = MakeReady("a");
  const std::string body = Numbers(3'000'000);
  Call* call = Send(FileOf(body));
  told = Next(*a);
  EXPECT_TRUE(body.starts_with(Read(*a, 2'000'000)));
  unread.clear();
  auto b = MakeReady("b");
  a->Say(protocol::Returned{}, told.exchange, told.slot);
  a->Say(protocol::Goodbye{});
  told = Next(*b);
  EXPECT_EQ(told.request.body_kind, protocol::BodyKind::kStream);
  EXPECT_TRUE(Read(*b, body.size()) == body);
  EXPECT_FALSE(call->done);
}

TEST_F(ChannelSpooled, WhoHasGoneReadsNothing) {
  auto worker = MakeReady("a");
  Call* call = Send(FileOf(Numbers(1'000'000)));
  told = Next(*worker);
  Got(*worker, Channel::kWindow);
  call->x.gone = true;
  std::exchange(call->x.on_gone, nullptr)();
  EXPECT_EQ(Next(*worker).type, "Cancel");
  call->x.Clear();
  EXPECT_TRUE(Until([&] { return spools->Count() == 0; }));
}

TEST_F(ChannelSpooled, WhatCannotBeReadIs503) {
  auto worker = MakeReady("a");
  auto file = std::make_shared<base::Spool>(spools, base::Descriptor(::open("/dev/null", O_RDWR)));
  ASSERT_FALSE(file->Append(std::string(1'000'000, 'x')));
  Call* call = Send(std::move(file));
  EXPECT_EQ(Next(*worker).type, "Request");
  ASSERT_TRUE(Until([&] { return call->done; }));
  EXPECT_EQ(call->x.response.status, 503);
  EXPECT_EQ(call->Field("retry-after"), "1");
  EXPECT_FALSE(call->x.response.close);
  EXPECT_EQ(Next(*worker).type, "Cancel");
}

}  // namespace
}  // namespace spikard::fake
