// Request bodies that are handed on while they come.
#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using dispatch::Channel;
using http::Upload;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

struct ChannelUploads : ChannelTest {
  void Put(std::string bytes) { upload->Put(std::make_shared<const std::string>(std::move(bytes))); }
  // What `worker` has got of the body since the last call.
  std::string Got(const Worker& worker, bool* last = nullptr) {
    Turn();
    std::string all;
    for (const Told& chunk : link.Take(worker.address)) {
      EXPECT_EQ(chunk.type, "Chunk");
      EXPECT_EQ(chunk.exchange, told.exchange);
      EXPECT_EQ(chunk.slot, told.slot);
      if (chunk.type == "Chunk") all += chunk.texts[0];
      if (last != nullptr) *last = chunk.last;
    }
    return all;
  }
  // An exchange that the worker has.
  Call* Begin(Worker& worker) {
    Call* call = Stream(upload);
    told = Only(worker);
    return call;
  }
  void Answer(Worker& worker) { worker.Say(protocol::Response{200, {}, {"done"}, true}, told.exchange, told.slot); }

  std::shared_ptr<Upload> upload = std::make_shared<Upload>(false, nullptr);
  Told told;
};

TEST_F(ChannelUploads, ABodyFollowsItsHead) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  EXPECT_EQ(told.request.body_kind, protocol::BodyKind::kStream);
  EXPECT_EQ(told.texts[3], "");
  bool last = true;
  Put("one ");
  EXPECT_EQ(Got(*worker, &last), "one ");
  EXPECT_FALSE(last);
  Put("two");
  upload->End(http::Fault::kNone);
  EXPECT_EQ(Got(*worker, &last), "two");
  EXPECT_TRUE(last);
  EXPECT_FALSE(call->done);
  Answer(*worker);
  Turn();
  EXPECT_EQ(call->Text(), "done");
}

TEST_F(ChannelUploads, WhatHasComeMeanwhileIsSentWithIt) {
  Call* call = nullptr;
  MakeReady("a")->Say(protocol::Goodbye{});  // its table stays
  call = Stream(upload);
  Put("early");
  EXPECT_FALSE(upload->Wanted()) << "nobody takes it yet";
  auto worker = MakeReady("b");
  Turn();
  const auto all = link.Take("b");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].texts, Texts{"early"});
  EXPECT_TRUE(upload->Wanted());
  EXPECT_FALSE(call->done);
}

TEST_F(ChannelUploads, NoMoreThanTheWindow) {
  auto worker = MakeReady("a");
  Begin(*worker);
  EXPECT_TRUE(upload->Wanted());
  Put(std::string(Channel::kWindow - 1, 'x'));
  EXPECT_TRUE(upload->Wanted());
  Put("yyy");
  EXPECT_FALSE(upload->Wanted());
  EXPECT_EQ(Got(*worker), std::string(Channel::kWindow - 1, 'x') + "y");
  worker->Say(protocol::Window{1}, told.exchange, told.slot);
  EXPECT_FALSE(upload->Wanted());
  EXPECT_EQ(Got(*worker), "y");
  worker->Say(protocol::Window{100}, told.exchange, told.slot);
  EXPECT_TRUE(upload->Wanted());
  EXPECT_EQ(Got(*worker), "y");
  upload->End(http::Fault::kNone);
  bool last = false;
  EXPECT_EQ(Got(*worker, &last), "");
  EXPECT_TRUE(last);
  worker->Say(protocol::Window{100}, told.exchange, told.slot);
  EXPECT_TRUE(distrusted.empty()) << "it has crossed the last chunk";
}

TEST_F(ChannelUploads, WhoIsAwaitedIsAskedFirst) {
  upload = std::make_shared<Upload>(true, nullptr);
  auto worker = MakeReady("a");
  Begin(*worker);
  EXPECT_EQ(told.request.body_kind, protocol::BodyKind::kAwaited);
  EXPECT_FALSE(upload->Wanted());
  worker->Say(protocol::Window{100}, told.exchange, told.slot);
  EXPECT_TRUE(upload->Wanted());
}

TEST_F(ChannelUploads, WindowsThatAreNotDueAreViolations) {
  auto worker = MakeReady("a");
  Ask("POST", 1);
  told = Only(*worker);
  worker->Say(protocol::Window{1}, told.exchange, told.slot);
  EXPECT_EQ(distrusted, Texts{worker->token}) << "no stream";
  worker = MakeReady("b");
  Begin(*worker);
  worker->Say(protocol::Window{0x7fffffff}, told.exchange, told.slot);
  EXPECT_EQ(distrusted.size(), 2u) << "the sum is too much";
  worker = MakeReady("c");
  worker->Say(protocol::Window{1}, 77, 0);
  EXPECT_EQ(distrusted.size(), 3u);
}

TEST_F(ChannelUploads, AnotherWorkerBeginsAgain) {
  auto a = MakeReady("a");
  Call* call = Begin(*a);
  Put("one ");
  Put("two ");
  EXPECT_EQ(Got(*a), "one two ");
  auto b = MakeReady("b");
  a->Say(protocol::Returned{}, told.exchange, told.slot);
  Turn();
  auto all = link.Take("b");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].request.attempt, 1);
  EXPECT_EQ(all[1].texts[0] + all[2].texts[0], "one two ");
  told = all[0];
  Put("three");
  EXPECT_EQ(Types(*a), Texts{});
  EXPECT_EQ(Got(*b), "three");
  // PUT runs again, also after it was begun.
  ++b->sequence;
  b->Say(protocol::Pong{1});
  Turn();
  all = link.Take("a");
  ASSERT_EQ(all.size(), 4u);
  EXPECT_FALSE(call->done);
}

TEST_F(ChannelUploads, NobodyBeginsAgainWithoutTheBeginning) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  Call* call = Begin(*a);
  for (int i = 0; i < 5; ++i) {
    Put(std::string(Channel::kWindow, 'x'));
    EXPECT_EQ(Got(*a).size(), Channel::kWindow);
    a->Say(protocol::Window{Channel::kWindow}, told.exchange, told.slot);
  }
  a->Say(protocol::Returned{}, told.exchange, told.slot);
  Turn();
  ASSERT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 502);
  EXPECT_EQ(Types(*b), Texts{});
}

TEST_F(ChannelUploads, WhoHasReturnedItGetsNoMoreOfIt) {
  auto worker = MakeReady("a");
  worker->slots = 1;
  Begin(*worker);
  worker->Say(protocol::Leaving{});
  EXPECT_EQ(Types(*worker), Texts{"Drain"});
  worker->Say(protocol::Returned{}, told.exchange, told.slot);
  Put("late");
  EXPECT_EQ(Types(*worker), Texts{});
  EXPECT_FALSE(upload->Wanted());
}

TEST_F(ChannelUploads, ABrokenBodyEndsTheExchange) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  upload->End(http::Fault::kRequestTimeout);
  Turn();
  ASSERT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 408);
  EXPECT_TRUE(call->x.response.close);
  EXPECT_EQ(Types(*worker), Texts{"Cancel"});
}

TEST_F(ChannelUploads, ABrokenBodyBreaksAResponseThatHasBegun) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  worker->Say(protocol::Response{200, {}, {"half"}, false}, told.exchange, told.slot);
  Turn();
  ASSERT_TRUE(call->done);
  Put("more");
  EXPECT_EQ(Got(*worker), "more") << "the request goes on";
  upload->End(http::Fault::kMalformed);
  EXPECT_EQ(Types(*worker), Texts{"Cancel"});
  EXPECT_EQ(call->x.response.stream->state(), http::BodyStream::State::kBroken);
  EXPECT_EQ(call->x.response.status, 200);
}

TEST_F(ChannelUploads, OnceAnsweredNothingIsWanted) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  Answer(*worker);
  Put("late");
  Turn();
  EXPECT_TRUE(call->done);
  EXPECT_FALSE(upload->open());
  EXPECT_EQ(Types(*worker), Texts{});
}

TEST_F(ChannelUploads, WhileTheClientSendsItsDeadlinesCount) {
  manifest.routes[1].timeout_ms = 50;
  Bring(manifest);
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  RunFor(milliseconds(400));
  EXPECT_FALSE(call->done);
  upload->End(http::Fault::kNone);
  ASSERT_TRUE(Until([&] { return call->done; }));
  EXPECT_EQ(call->x.response.status, 504);
}

TEST_F(ChannelUploads, WhoNeverReadsHasADeadline) {
  manifest.routes[1].timeout_ms = 50;
  Bring(manifest);
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  Put(std::string(Channel::kWindow, 'x'));
  ASSERT_TRUE(Until([&] { return call->done; }));
  EXPECT_EQ(call->x.response.status, 504);
}

TEST_F(ChannelUploads, ABodyThatDoesNotFitIsStreamedWhateverTheRouteSays) {
  auto small = MakeNew("a");
  small->max_batch = 10'000;
  small->Say(small->Hello(hash));
  small->Say(protocol::ManifestOffer{encoded});
  small->Say(protocol::Ready{});
  Types(*small);
  const std::string body(9'900, 'x');
  Call* call = Post(body);
  Turn();
  auto all = link.Take("a");
  ASSERT_GE(all.size(), 3u);
  EXPECT_EQ(all[0].request.body_kind, protocol::BodyKind::kStream);
  std::string got;
  for (size_t i = 1; i < all.size(); ++i) got += all[i].texts[0];
  EXPECT_EQ(got, body);
  EXPECT_TRUE(all.back().last);
  small->Say(protocol::Returned{}, all[0].exchange, all[0].slot);
  Turn();
  all = link.Take("a");
  ASSERT_GE(all.size(), 3u) << "all of it again";
  EXPECT_FALSE(call->done);
}

}  // namespace
}  // namespace spikard::fake
