// Responses in parts, and exchanges that nobody waits for any more.
#include "fake_worker.hpp"

namespace spikard::fake {
namespace {

using http::BodyStream;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

struct ChannelStreams : ChannelTest {
  static protocol::Response HeadOf(std::string_view body, protocol::Fields headers = {}) {
    return {200, headers, {body}, false};
  }
  // An exchange whose response has begun.
  Call* Begin(Worker& worker, std::string_view body = {}) {
    Call* call = Ask("GET");
    told = Only(worker);
    worker.Say(HeadOf(body), told.exchange, told.slot);
    Turn();
    return call;
  }
  static std::string Drink(BodyStream& stream) {
    std::string all;
    while (!stream.Empty()) {
      const auto part = stream.Take();
      all += part.Bytes();
      stream.Taken(part.Bytes().size());
    }
    return all;
  }

  Told told;
};

TEST_F(ChannelStreams, PartsReachTheClientInOrder) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker, "one ");
  ASSERT_TRUE(call->done);
  ASSERT_TRUE(call->x.response.stream);
  BodyStream& stream = *call->x.response.stream;
  const std::string large(50'000, 'x');
  worker->Add(protocol::Chunk{{"two "}, false, {}}, told.exchange, told.slot);
  worker->Add(protocol::Chunk{{large}, false, {}}, told.exchange, told.slot);
  worker->Add(protocol::Chunk{{" three"}, true, {}}, told.exchange, told.slot);
  worker->Flush();
  EXPECT_EQ(stream.state(), BodyStream::State::kWhole);
  EXPECT_EQ(Drink(stream), "one two " + large + " three");
  EXPECT_EQ(Types(*worker), Texts{}) << "no window for what is whole";
}

TEST_F(ChannelStreams, AWindowIsGrantedAsBytesLeave) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  BodyStream& stream = *call->x.response.stream;
  const std::string quarter(dispatch::Channel::kWindow / 4, 'x');
  for (int i = 0; i < 4; ++i) worker->Say(protocol::Chunk{{quarter}, false, {}}, told.exchange, told.slot);
  EXPECT_EQ(Types(*worker), Texts{});
  stream.Taken(stream.Take().Bytes().size());
  EXPECT_EQ(Types(*worker), Texts{}) << "not for so little";
  stream.Taken(stream.Take().Bytes().size());
  Turn();
  const auto grants = link.Take("a");
  ASSERT_EQ(grants.size(), 1u);
  EXPECT_EQ(grants[0].type, "Window");
  EXPECT_EQ(grants[0].exchange, told.exchange);
  EXPECT_EQ(grants[0].window, 2 * quarter.size());
  Drink(stream);
  EXPECT_EQ(Types(*worker), Texts{"Window"}) << "the other half";
  worker->Say(protocol::Chunk{{"little"}, false, {}}, told.exchange, told.slot);
  Drink(stream);
  EXPECT_EQ(Types(*worker), Texts{}) << "though nothing is unread";
  EXPECT_TRUE(distrusted.empty());
}

TEST_F(ChannelStreams, MoreThanTheWindowIsAViolation) {
  auto worker = MakeReady("a");
  Call* call = Begin(*worker);
  const std::string whole(dispatch::Channel::kWindow, 'x');
  worker->Say(protocol::Chunk{{whole}, false, {}}, told.exchange, told.slot);
  EXPECT_TRUE(distrusted.empty());
  worker->Say(protocol::Chunk{{"y"}, false, {}}, told.exchange, told.slot);
  EXPECT_EQ(distrusted, Texts{worker->token});
  EXPECT_EQ(call->x.response.stream->state(), BodyStream::State::kBroken);
  worker = MakeReady("b");
  call = Begin(*worker);
  worker->Say(protocol::Chunk{{whole + "y"}, true, {}}, told.exchange, told.slot);
  EXPECT_EQ(distrusted.size(), 2u);
  EXPECT_EQ(call->x.response.stream->state(), BodyStream::State::kBroken) << "though it was the last one";
}

TEST_F(ChannelStreams, ABegunResponseIsBrokenWithItsWorker) {
  auto a = MakeReady("a");
  auto b = MakeReady("b");
  Call* call = Begin(*a, "half");
  ++a->sequence;
  a->Say(protocol::Pong{1});
  EXPECT_EQ(call->x.response.stream->state(), BodyStream::State::kBroken);
  EXPECT_EQ(Types(*b), Texts{}) << "GET, but its client has seen the beginning";
  call = Begin(*b, "half");
  b->Say(protocol::Problem{500, {}, {}, {}, {}}, told.exchange, told.slot);
  EXPECT_EQ(call->x.response.stream->state(), BodyStream::State::kBroken);
  EXPECT_EQ(distrusted.size(), 1u);
}

TEST_F(ChannelStreams, AClosedStreamCancelsItsHandler) {
  auto worker = MakeReady("a");
  worker->slots = 1;
  Call* call = Begin(*worker, "half");
  call->x.response.stream->Close();
  Turn();
  const auto told_then = link.Take("a");
  ASSERT_EQ(told_then.size(), 1u);
  EXPECT_EQ(told_then[0].type, "Cancel");
  EXPECT_EQ(told_then[0].slot, told.slot);
  EXPECT_EQ(told_then[0].cancel, protocol::CancelReason::kClientGone);
  worker->Say(protocol::Chunk{{"more"}, false, {}}, told.exchange, told.slot);
  worker->Say(protocol::Returned{}, told.exchange, told.slot);
  EXPECT_TRUE(distrusted.empty());
}

TEST_F(ChannelStreams, AFieldThatHttpDoesNotAllowEndsIt) {
  auto worker = MakeReady("a");
  Call* call = Ask("GET");
  told = Only(*worker);
  const protocol::Field headers[] = {{"x", "a\nb"}};
  worker->Say(HeadOf("", headers), told.exchange, told.slot);
  EXPECT_EQ(Types(*worker), Texts{"Cancel"});
  ASSERT_TRUE(call->done);
  EXPECT_EQ(call->x.response.status, 500);
  EXPECT_FALSE(call->x.response.stream);
}

TEST_F(ChannelStreams, AClientThatGoesCancels) {
  auto worker = MakeReady("a");
  Call* call = Ask("POST", 1);
  told = Only(*worker);
  call->x.gone = true;
  call->x.on_gone();
  EXPECT_EQ(Types(*worker), Texts{"Cancel"});
  EXPECT_TRUE(call->done);
  worker->Say(protocol::Response{200, {}, {"late"}, true}, told.exchange, told.slot);
  EXPECT_TRUE(distrusted.empty()) << "it has crossed the Cancel";
  EXPECT_EQ(call->Text(), "");
}

TEST_F(ChannelStreams, WhoeverWaitsInTheQueueMayGo) {
  // The table of a worker that has left.
  MakeReady("a")->Say(protocol::Goodbye{});
  Call* call = Ask("GET");
  call->x.gone = true;
  call->x.on_gone();
  Turn();
  EXPECT_TRUE(call->done);
  auto b = MakeReady("b");
  EXPECT_EQ(Types(*b), Texts{});
}

TEST_F(ChannelStreams, PastItsDeadlineAnExchangeIsAnswered) {
  manifest.routes[1].timeout_ms = 50;
  Bring(manifest);
  auto worker = MakeReady("a");
  Call* slow = Ask("POST", 1);
  told = Only(*worker);
  Call* patient = Ask("GET", 0);
  Only(*worker);
  ASSERT_TRUE(Until([&] { return slow->done; }));
  EXPECT_EQ(slow->x.response.status, 504);
  EXPECT_NE(slow->Text().find("errors/deadline-exceeded"), std::string::npos);
  EXPECT_FALSE(patient->done);
  Turn();
  const auto then = link.Take("a");
  ASSERT_EQ(then.size(), 1u);
  EXPECT_EQ(then[0].type, "Cancel");
  EXPECT_EQ(then[0].exchange, told.exchange);
  EXPECT_EQ(then[0].cancel, protocol::CancelReason::kDeadline);
}

TEST_F(ChannelStreams, AResponseThatHasBegunHasNoDeadline) {
  manifest.routes[0].timeout_ms = 50;
  Bring(manifest);
  auto worker = MakeReady("a");
  Call* call = Begin(*worker, "half");
  RunFor(milliseconds(400));
  EXPECT_EQ(call->x.response.stream->state(), BodyStream::State::kOpen);
  EXPECT_EQ(call->x.response.status, 200);
}

}  // namespace
}  // namespace spikard::fake
