// The order of the stages, seen by which of two wrongs is answered.
#include "stage/pipeline.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;
using std::chrono::milliseconds;

struct PipelineTest : testing::Test {
  PipelineTest() {
    manifest.max_body_size = 3;
    manifest.routes = {fake::RouteOf("POST", "/a")};
    manifest.routes[0].parameters = {
        {"n", "n", protocol::ParameterSource::kQuery, protocol::ValueType::kInteger, false, true, {}}};
  }
  void Answer(Call& call) {
    call.Start(loop, [this](http::Exchange& x) { return pipeline.Answer(x); });
  }
  int Status(const std::string& method, const std::string& target, std::optional<std::string> body = std::nullopt) {
    Call call(method, target);
    call.source.bytes = std::move(body);
    Answer(call);
    EXPECT_TRUE(call.done);
    EXPECT_NE(call.Field("x-request-id"), "") << "on every response";
    return call.x.response.status;
  }

  protocol::Manifest manifest;
  base::Loop loop{1};
  route::Active active{1};
  int handed_over = 0;
  route::Active::Handle takes_over;  // while a worker is looked for
  std::string text;                  // of the last answer
  Pipeline pipeline{loop,
                    active,
                    milliseconds(30),
                    std::make_shared<base::Spools>(loop, base::Spools::Limits()),
                    {[] { return false; }, [] { return Load{}; }},
                    [this](http::Exchange& x) -> base::Task<void> {
                      ++handed_over;
                      if (takes_over) {
                        active.Set(std::exchange(takes_over, nullptr));
                        x.rematch = true;
                        co_return;
                      }
                      x.response.status = 299;
                      co_return;
                    }};
};

TEST_F(PipelineTest, OnlyWhatIsRightReachesAWorker) {
  active.Set(fake::TableOf(manifest));
  EXPECT_EQ(Status("GET", "/b", "too long"), 404) << "the route is looked for first";
  EXPECT_EQ(Status("GET", "/a?n=x", "too long"), 405);
  EXPECT_EQ(Status("POST", "/a?n=x", "too long"), 422) << "parameters come before the body";
  EXPECT_EQ(Status("POST", "/a?n=1", "too long"), 413);
  EXPECT_EQ(handed_over, 0);
  EXPECT_EQ(Status("POST", "/a?n=1", "abc"), 299);
  EXPECT_EQ(handed_over, 1);
}

TEST_F(PipelineTest, WhatIsDeclaredOfABodyIsCheckedInOrder) {
  manifest.max_body_size = 12;
  manifest.routes[0].body_media = protocol::kJsonMedia;
  manifest.routes[0].body_required = true;
  manifest.routes[0].body_schema = R"({"type":"object"})";
  active.Set(fake::TableOf(manifest));
  const auto status = [&](const std::string& target, const std::string& type, const std::string& body) {
    Call call("POST", target);
    call.x.request.fields.Add("content-type", type);
    call.source.bytes = body;
    Answer(call);
    EXPECT_TRUE(call.done);
    text = call.Text();
    return call.x.response.status;
  };
  EXPECT_EQ(status("/a?n=x", "text/plain", "[[[[[[[[[[[[[["), 415) << "type before size";
  EXPECT_EQ(status("/a?n=x", "application/json", "[[[[[[[[[[[[[["), 413) << "size before syntax";
  EXPECT_EQ(status("/a?n=x", "application/json", "[1,"), 400) << "syntax before schema";
  EXPECT_EQ(status("/a?n=x", "application/json", "[1]"), 422);
  EXPECT_NE(text.find("2 validation errors"), std::string::npos) << text << "parameters and body together";
  EXPECT_EQ(status("/a?n=1", "application/json", ""), 422);
  EXPECT_NE(text.find(R"({"type":"missing","loc":["body"])"), std::string::npos) << text;
  EXPECT_EQ(handed_over, 0) << "no worker has seen any of it";
  EXPECT_EQ(status("/a?n=1", "application/json", "{}"), 299);
}

TEST_F(PipelineTest, MatchesAgainWhatItsGenerationHasLeft) {
  manifest.max_body_size = 1'000;
  manifest.routes[0].body_media = protocol::kJsonMedia;
  manifest.routes[0].body_schema = R"({"type":"array"})";
  active.Set(fake::TableOf(manifest));
  // Another place, another name, a smaller limit.
  protocol::Manifest next = manifest;
  next.routes.insert(next.routes.begin(), fake::RouteOf("GET", "/b"));
  next.routes[1].parameters[0].name = "m";
  next.max_body_size = 20;
  const auto ask = [&](const std::string& body) {
    active.Set(fake::TableOf(manifest));
    takes_over = fake::TableOf(next);
    Call call("POST", "/a?n=7");
    call.x.request.fields.Add("content-type", "application/json");
    call.x.request.fields.Add("content-encoding", "deflate");
    call.source.bytes = body;
    Answer(call);
    EXPECT_TRUE(call.done);
    EXPECT_EQ(call.source.reads, 1) << "there is no second body";
    text = *call.x.body + " " + call.x.arguments + " " + std::to_string(call.x.route);
    return call.x.response.status;
  };
  // zlib's of "[1]" and of 22 bytes: [1,1,1,1,1,1,1,1,1,1 ]
  EXPECT_EQ(ask(std::string("\x78\x9c\x8b\x36\x8c\x05\x00\x01\xd3\x00\xea", 11)), 299);
  EXPECT_EQ(text, R"([1] {"m":7} 1)");
  EXPECT_EQ(handed_over, 2);
  EXPECT_EQ(ask(std::string("\x78\x9c\x8b\x36\xd4\xc1\x80\x0a\xb1\x00\x32\x0d\x04\x4f", 14)), 413);
}

TEST_F(PipelineTest, ProbesWaitForNothing) {
  EXPECT_EQ(Status("GET", "/livez"), 200);
  EXPECT_EQ(Status("GET", "/readyz"), 503);
}

TEST_F(PipelineTest, AllElseWaitsForTheFirstManifest) {
  Call call("GET", "/nothing");
  Answer(call);
  EXPECT_FALSE(call.done) << "nobody knows yet what there is";
  EXPECT_EQ(Status("GET", "/nothing"), 503) << "one may wait";
  active.Set(fake::TableOf(manifest));
  Call::Turn(loop);
  ASSERT_TRUE(call.done);
  EXPECT_EQ(call.x.response.status, 404);
}

TEST_F(PipelineTest, WhoWaitedForTheManifestHasNoIdIfThereAreNone) {
  Call call("GET", "/nothing");
  Answer(call);
  manifest.request_ids = false;
  active.Set(fake::TableOf(manifest));
  Call::Turn(loop);
  ASSERT_TRUE(call.done);
  EXPECT_EQ(call.Field("x-request-id"), "");
}

TEST_F(PipelineTest, WhatCouldNotBeReadIsRefusedWithAnId) {
  Call call;
  pipeline.Refuse(call.x, http::Fault::kMalformed);
  EXPECT_EQ(call.x.response.status, 400);
  EXPECT_NE(call.Field("x-request-id"), "");
  EXPECT_NE(call.Text().find("\"instance\":\"" + call.Field("x-request-id")), std::string::npos);
}

}  // namespace
}  // namespace spikard::stage
