#include "stage/body.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;

struct BodyTest : testing::Test {
  void Read(Call& of, uint64_t limit, uint64_t own_limit = 0) {
    protocol::Manifest manifest;
    manifest.max_body_size = limit;
    manifest.routes = {fake::RouteOf("POST", "/")};
    manifest.routes[0].max_body_size = own_limit;
    of.x.table = fake::TableOf(manifest);
    of.Start(loop, [this](http::Exchange& x) -> base::Task<void> {
      Collector collector(*spools);
      const Verdict verdict = co_await ReadBody(x, Media(), collector);
      went_on = verdict == Verdict::kGoOn;
    });
    ASSERT_TRUE(of.done);
  }

  Call call{"POST"};
  base::Loop loop{1};
  std::shared_ptr<base::Spools> spools = std::make_shared<base::Spools>(loop, base::Spools::Limits());
  bool went_on = false;
};

TEST_F(BodyTest, WithoutABodyNothingIsRead) {
  Read(call, 5);
  EXPECT_TRUE(went_on);
  EXPECT_FALSE(call.source.asked);
}

TEST_F(BodyTest, IsReadWithinTheManifestsLimit) {
  call.source.bytes = "12345";
  Read(call, 5);
  EXPECT_TRUE(went_on);
  EXPECT_EQ(*call.x.body, "12345");
  EXPECT_EQ(call.source.asked, 5u);
}

TEST_F(BodyTest, TheRoutesLimitComesFirst) {
  call.source.bytes = "12345";
  Read(call, 5, 4);
  EXPECT_FALSE(went_on);
  EXPECT_EQ(call.x.response.status, 413);
  EXPECT_TRUE(call.x.response.close) << "the rest of the body is still to come";
}

TEST_F(BodyTest, NoLimitIsNone) {
  call.source.bytes = "12345";
  Read(call, 0);
  EXPECT_EQ(call.source.asked, std::numeric_limits<uint64_t>::max());
}

TEST_F(BodyTest, WhatGoesWrongIsAnswered) {
  const std::pair<http::Fault, int> faults[] = {{http::Fault::kRequestTimeout, 408}, {http::Fault::kMalformed, 400}};
  for (const auto& [fault, status] : faults) {
    Call broken{"POST"};
    broken.source.bytes = "";
    broken.source.fault = fault;
    Read(broken, 5);
    EXPECT_FALSE(went_on);
    EXPECT_EQ(broken.x.response.status, status);
    EXPECT_TRUE(broken.x.response.close);
  }
}

}  // namespace
}  // namespace spikard::stage
