// What workers are told.
#include <boost/asio/post.hpp>

#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

struct ChannelRequests : ChannelTest {};

TEST_F(ChannelRequests, ARequestIsToldWhole) {
  auto worker = MakeReady("a");
  Call& call = *calls.emplace_back(std::make_unique<Call>("POST", "/x/%20?q=1"));
  call.x.table = active.Get();
  call.x.route = 1;
  call.x.request.fields.Add("Host", "h");
  call.x.request.fields.Add("x", "\xff");
  call.x.path_parameters = {"a b", "7"};
  call.x.arguments = R"({"q":1})";
  call.source.bytes = "body";
  *call.x.body = "body";
  call.Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
  const Told told = Only(*worker);
  EXPECT_EQ(told.texts, (Texts{"POST", "/x/%20?q=1", R"({"q":1})", "body"}));
  EXPECT_EQ(told.headers, (Texts{"host: h", "x: \xff"}));
  EXPECT_EQ(told.path_parameters, (Texts{"a b", "7"}));
  EXPECT_EQ(told.request.generation, active.Get()->Generation());
  EXPECT_EQ(told.request.route, 1u);
  EXPECT_EQ(told.request.attempt, 0);
  EXPECT_EQ(told.request.body_kind, protocol::BodyKind::kWhole);
  EXPECT_EQ(told.request.client_port, 4711);
  EXPECT_FALSE(call.done);
}

TEST_F(ChannelRequests, OneBatchTakesAllThatATurnMakesReady) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  Turn();
  link.batches.clear();
  for (int i = 0; i < 6; ++i) {
    Call& call = *calls.emplace_back(std::make_unique<Call>());
    call.x.table = active.Get();
    base::Spawn(channel.HandOver(call.x));
  }
  EXPECT_TRUE(link.batches.empty());
  Turn();
  ASSERT_EQ(link.batches.size(), 2u);
  EXPECT_EQ(link.batches[0].messages.size(), 3u);
  EXPECT_EQ(link.batches[1].messages.size(), 3u);
}

TEST_F(ChannelRequests, ABatchGrowsWhileTheLoopBringsMore) {
  auto worker = MakeReady("a");
  const auto ask = [this] {
    Call& call = *calls.emplace_back(std::make_unique<Call>());
    call.x.table = active.Get();
    base::Spawn(channel.HandOver(call.x));
  };
  ask();
  Turn();
  link.batches.clear();
  boost::asio::post(loop, [&] {
    ask();
    boost::asio::post(loop, [&] {
      ask();
      boost::asio::post(loop, ask);
    });
  });
  Turn();
  ASSERT_EQ(link.batches.size(), 1u);
  EXPECT_EQ(link.batches[0].messages.size(), 3u);
}

TEST_F(ChannelRequests, ALargeBodyTravelsAsItLies) {
  auto worker = MakeReady("a");
  const Call* call = Post(std::string(100'000, 'x'));
  Turn();
  ASSERT_EQ(link.batches.size(), 1u);
  ASSERT_EQ(link.batches[0].raw.size(), 1u);
  EXPECT_EQ(link.batches[0].raw[0], call->x.body->data());
  EXPECT_EQ(Only(*worker).texts[3].size(), 100'000u);
}

TEST_F(ChannelRequests, NoBatchIsLargerThanItsWorkerTakes) {
  auto worker = MakeNew("a");
  worker->max_batch = 50'000;
  worker->slots = 100;
  worker->Say(worker->Hello(hash));
  worker->Say(protocol::ManifestOffer{encoded});
  worker->Say(protocol::Ready{});
  Turn();
  link.batches.clear();
  for (size_t size = 1'000; size <= 49'000; size += 3'000) {
    Call& call = *calls.emplace_back(std::make_unique<Call>("POST", "/"));
    call.x.table = active.Get();
    call.source.bytes = call.x.body->assign(size, 'x');
    base::Spawn(channel.HandOver(call.x));
  }
  Turn();
  size_t told = 0;
  for (const auto& batch : link.batches) {
    EXPECT_LE(batch.bytes, 50'000u);
    told += batch.messages.size();
  }
  EXPECT_EQ(told, calls.size());
}

TEST_F(ChannelRequests, AHeadThatNoBatchCanHoldIsRefused) {
  auto worker = MakeNew("a");
  worker->max_batch = 50'000;
  worker->Say(worker->Hello(hash));
  worker->Say(protocol::ManifestOffer{encoded});
  worker->Say(protocol::Ready{});
  Call* call = calls.emplace_back(std::make_unique<Call>("GET", "/")).get();
  call->x.table = active.Get();
  call->x.arguments.assign(50'000, 'x');
  call->Start(loop, [this](http::Exchange& x) { return channel.HandOver(x); });
  Turn();
  EXPECT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 413);
  auto next = Ask();
  Turn();
  EXPECT_FALSE(next->done) << "the slot is free, the worker is there";
}

TEST_F(ChannelRequests, WhatNobodyTakesIsAnsweredInTime) {
  auto worker = MakeReady("a");
  worker->Say(protocol::Goodbye{});
  auto call = Ask();
  EXPECT_FALSE(call->done);
  ASSERT_TRUE(Until([&] { return call->done; }));
  EXPECT_EQ(call->x.response.status, 503);
  EXPECT_EQ(call->Field("retry-after"), "1");
}

TEST_F(ChannelRequests, MoreThanTheQueueHoldsIsRefused) {
  auto worker = MakeReady("a");
  worker->Say(protocol::Goodbye{});
  for (int i = 0; i < 11; ++i) Ask();
  Turn();
  EXPECT_FALSE(calls[9]->done);
  ASSERT_TRUE(calls[10]->done);
  EXPECT_EQ(calls[10]->x.response.status, 503);
  EXPECT_EQ(calls[10]->Field("retry-after"), "1");
  auto other = MakeReady("b");
  Turn();
  EXPECT_EQ(link.Take("b").size(), 4u) << "as many as it has slots";
}

TEST_F(ChannelRequests, AnUnreachableWorkerLosesItsPlace) {
  auto worker = MakeReady("a");
  Turn();
  link.Take("a");
  link.result = dispatch::SendResult::kUnreachable;
  auto post = Ask("POST", 1);
  Turn();
  EXPECT_EQ(distrusted, Texts{worker->token});
  ASSERT_TRUE(post->done);
  EXPECT_EQ(post->x.response.status, 502);
  link.result = dispatch::SendResult::kSent;
  auto get = Ask("GET");
  EXPECT_FALSE(get->done);
  auto other = MakeReady("b");
  EXPECT_EQ(Only(*other).texts[0], "GET");
}

TEST_F(ChannelRequests, AbandonAnswersAll) {
  auto worker = MakeReady("a");
  auto begun = Ask();
  worker->Say(protocol::Leaving{});
  auto waiting = Ask();
  channel.Abandon();
  Turn();
  EXPECT_EQ(begun->x.response.status, 502);
  EXPECT_EQ(waiting->x.response.status, 503);
  bool drained = false;
  channel.Drain([&] { drained = true; });
  EXPECT_TRUE(drained);
}

}  // namespace
}  // namespace spikard::fake
