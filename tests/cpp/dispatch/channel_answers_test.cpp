// What workers answer, and what becomes of it.
#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

struct ChannelAnswers : ChannelTest {
  static protocol::Response ResponseOf(std::string_view body, protocol::Fields headers = {}) {
    return {201, headers, {body}, true};
  }
};

TEST_F(ChannelAnswers, AnAnswerReachesItsExchange) {
  auto worker = MakeReady("a");
  auto first = Ask();
  const Told one = Only(*worker);
  auto second = Ask();
  const Told two = Only(*worker);
  EXPECT_NE(one.exchange, two.exchange);
  EXPECT_NE(one.slot, two.slot);
  const protocol::Field headers[] = {{"content-type", "text/plain"}, {"x", "1"}, {"x", "2"}};
  worker->Say(ResponseOf("second", headers), two.exchange, two.slot);
  Turn();
  EXPECT_FALSE(first->done);
  ASSERT_TRUE(second->done);
  EXPECT_EQ(second->x.response.status, 201);
  EXPECT_EQ(second->Text(), "second");
  EXPECT_EQ(second->Field("content-type"), "text/plain");
  EXPECT_EQ(second->x.response.fields.Count("x"), 2u);
  worker->Say(ResponseOf("first"), one.exchange, one.slot);
  Turn();
  ASSERT_TRUE(first->done);
  EXPECT_EQ(first->Text(), "first");
}

TEST_F(ChannelAnswers, ManyInOneBatch) {
  auto worker = MakeReady("a");
  for (int i = 0; i < 4; ++i) Ask();
  Turn();
  const std::string large(100'000, 'y');
  for (const Told& told : link.Take("a")) worker->Add(ResponseOf(large), told.exchange, told.slot);
  worker->Flush();
  Turn();
  for (const auto& call : calls) {
    ASSERT_TRUE(call->done);
    EXPECT_EQ(call->Text(), large) << "kept by the frame, which was the batch's";
  }
}

TEST_F(ChannelAnswers, AProblemIsWordedForTheClient) {
  auto worker = MakeReady("a");
  auto call = Ask();
  const Told told = Only(*worker);
  const protocol::Field headers[] = {{"x-y", "1"}, {"bad name", "1"}, {"x-z", "a\nb"}};
  worker->Say(protocol::Problem{418, "teapot", "short and stout", headers, R"([{"a":1}])"}, told.exchange, told.slot);
  Turn();
  ASSERT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 418);
  EXPECT_EQ(call->Field("content-type"), "application/problem+json");
  EXPECT_EQ(call->Field("x-y"), "1");
  EXPECT_EQ(call->Field("x-z"), "");
  EXPECT_NE(call->Text().find(R"("type":"https://spikard.dev/errors/teapot")"), std::string::npos) << call->Text();
  EXPECT_NE(call->Text().find(R"("detail":"short and stout","instance":"id","errors":[{"a":1}])"), std::string::npos);
}

TEST_F(ChannelAnswers, AFieldThatHttpDoesNotAllowIsTheExchangesFault) {
  auto worker = MakeReady("a");
  const protocol::Field bad[] = {
      {"x", "a\r\nset-cookie: b"}, {"", "x"}, {"a b", "x"}, {"x", std::string_view("\0", 1)}};
  for (const protocol::Field& field : bad) {
    auto call = Ask();
    const Told told = Only(*worker);
    const protocol::Field headers[] = {{"fine", "1"}, field};
    worker->Say(ResponseOf("secret", headers), told.exchange, told.slot);
    Turn();
    ASSERT_TRUE(call->done);
    EXPECT_GE(call->x.response.status, 500);
    EXPECT_EQ(call->Field("fine"), "");
    EXPECT_EQ(call->Text().find("secret"), std::string::npos);
  }
  EXPECT_TRUE(distrusted.empty()) << "not the channel's";
}

TEST_F(ChannelAnswers, AReturnedExchangeGoesToAnotherWorker) {
  auto a = MakeReady("a");
  auto call = Ask("POST", 1);
  const Told told = Only(*a);
  auto b = MakeReady("b");
  a->Say(protocol::Returned{}, told.exchange, told.slot);
  const Told again = Only(*b);
  EXPECT_EQ(again.exchange, told.exchange);
  EXPECT_EQ(again.request.attempt, 1);
  b->Say(ResponseOf("done"), again.exchange, again.slot);
  Turn();
  EXPECT_TRUE(call->done);
}

TEST_F(ChannelAnswers, WhatDoesNotBelongTogetherIsAViolation) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  auto call = Ask();
  const Told told = Only(*a);
  b->Say(ResponseOf("stolen"), told.exchange, told.slot);
  Turn();
  EXPECT_EQ(distrusted, Texts{b->token});
  EXPECT_FALSE(call->done);
  a->Say(ResponseOf("mine"), told.exchange, told.slot);
  Turn();
  EXPECT_EQ(call->Text(), "mine");
  a->Say(ResponseOf("twice"), told.exchange, told.slot);
  EXPECT_EQ(distrusted, (Texts{b->token, a->token}));
}

TEST_F(ChannelAnswers, ALostWorkersExchangesGoByTheTable) {
  auto a = MakeReady("a");
  auto get = Ask("GET");
  auto post = Ask("POST", 1);
  auto b = MakeReady("b");
  ++a->sequence;
  a->Say(protocol::Pong{1});
  Turn();
  EXPECT_EQ(post->x.response.status, 502);
  EXPECT_EQ(Only(*b).texts[0], "GET");
  EXPECT_FALSE(get->done);
}

TEST_F(ChannelAnswers, GoodbyePromisesThatTheRestWasNotBegun) {
  auto a = MakeReady("a");
  auto post = Ask("POST", 1);
  auto b = MakeReady("b");
  a->Say(protocol::Goodbye{});
  EXPECT_EQ(Only(*b).texts[0], "POST");
  EXPECT_FALSE(post->done);
  EXPECT_EQ(distrusted, Texts{a->token}) << "its attach socket is closed for it";
}

// The sockets of a worker are not ordered: its end may be told before its last answers are read.
TEST_F(ChannelAnswers, AnswersOnTheirWayOutliveTheirWorker) {
  auto a = MakeReady("a");
  auto answered = Ask("POST", 1);
  const Told told = Only(*a);
  auto left = Ask("POST", 1);
  channel.OnDetached(a->token, "gone");
  auto later = Ask("GET");
  Turn();
  EXPECT_FALSE(answered->done);
  a->Say(ResponseOf("last words"), told.exchange, told.slot);
  Turn();
  EXPECT_EQ(answered->Text(), "last words");
  EXPECT_FALSE(left->done);
  ASSERT_TRUE(Until([&] { return left->done; }));
  EXPECT_EQ(left->x.response.status, 502);
  EXPECT_FALSE(later->done);
  auto b = MakeReady("b");
  EXPECT_EQ(Only(*b).texts[0], "GET");
}

TEST_F(ChannelAnswers, ADrainingWorkerMayFinish) {
  auto a = MakeReady("a");
  auto call = Ask();
  const Told told = Only(*a);
  bool drained = false;
  channel.Drain([&] { drained = true; });
  a->Say(ResponseOf("done"), told.exchange, told.slot);
  a->Say(protocol::Goodbye{});
  Turn();
  EXPECT_EQ(call->Text(), "done");
  EXPECT_TRUE(drained);
}

TEST_F(ChannelAnswers, NothingOfAnExchangeComesBeforeReady) {
  auto before = MakeReady("before");
  for (const protocol::Payload& payload :
       {protocol::Payload(ResponseOf("x")), protocol::Payload(protocol::Problem{500, {}, {}, {}, {}}),
        protocol::Payload(protocol::Returned{})}) {
    auto worker = MakeNew("w" + std::to_string(payload.index()));
    worker->Say(worker->Hello(hash));
    worker->Say(payload, 1, 0);
    EXPECT_EQ(distrusted.back(), worker->token);
    auto drained = MakeNew("d" + std::to_string(payload.index()));
    drained->Say(drained->Hello(hash));
    drained->Say(protocol::Leaving{});
    drained->Say(payload, 1, 0);
    EXPECT_EQ(distrusted.back(), drained->token) << "nor after a Drain";
  }
}

}  // namespace
}  // namespace spikard::fake
