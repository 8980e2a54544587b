#include "stage/match.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;

struct MatchTest : testing::Test {
  MatchTest() {
    protocol::Manifest manifest;
    manifest.routes = {fake::RouteOf("GET", "/users/{id:int}"), fake::RouteOf("POST", "/users/{number:int}"),
                       fake::RouteOf("GET", "/files/{rest:path}"), fake::RouteOf("OPTIONS", "/own")};
    table = fake::TableOf(manifest);
  }
  std::unique_ptr<Call> Match(const std::string& method, const std::string& target, Verdict expected) const {
    auto call = std::make_unique<Call>(method, target);
    call->x.table = table;
    EXPECT_EQ(MatchRoute(call->x), expected) << target;
    return call;
  }

  std::shared_ptr<const route::Table> table;
};

TEST_F(MatchTest, FindsRouteAndParameters) {
  const auto call = Match("GET", "/files/a/b%20c?x=1", Verdict::kGoOn);
  EXPECT_EQ(call->x.route, 2u);
  EXPECT_EQ(call->x.path_parameters, std::vector<std::string>{"a/b c"});
  EXPECT_EQ(Match("POST", "/users/5", Verdict::kGoOn)->x.route, 1u);
  EXPECT_EQ(Match("HEAD", "/users/5", Verdict::kGoOn)->x.route, 0u);
  EXPECT_EQ(Match("OPTIONS", "/own", Verdict::kGoOn)->x.route, 3u);
}

TEST_F(MatchTest, TellsWhatTheFrontEndsOwnPathsTake) {
  for (const char* path : {"/livez", "/readyz", "/startupz", "/metrics"}) {
    const auto call = Match("POST", path, Verdict::kAnswered);
    EXPECT_EQ(call->x.response.status, 405) << path;
    EXPECT_EQ(call->Field("allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(Match("OPTIONS", path, Verdict::kAnswered)->x.response.status, 204);
  }
}

TEST_F(MatchTest, AnswersForWhatIsNotThere) {
  EXPECT_EQ(Match("GET", "/nothing", Verdict::kAnswered)->x.response.status, 404);
  const auto call = Match("PUT", "/users/5", Verdict::kAnswered);
  EXPECT_EQ(call->x.response.status, 405);
  EXPECT_EQ(call->Field("allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(call->Field("content-type"), "application/problem+json");
}

TEST_F(MatchTest, AnswersOptionsItself) {
  const auto call = Match("OPTIONS", "/users/5", Verdict::kAnswered);
  EXPECT_EQ(call->x.response.status, 204);
  EXPECT_EQ(call->Field("allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(Match("OPTIONS", "*", Verdict::kAnswered)->x.response.status, 204);
}

TEST_F(MatchTest, NamesTheSegmentThatOnlyItsTypeRefuses) {
  const auto call = Match("POST", "/users/f%22ve", Verdict::kGoOn);
  ASSERT_EQ(call->x.findings.size(), 1);
  EXPECT_EQ(call->x.findings[0].type, "int_parsing");
  EXPECT_EQ(call->x.findings[0].loc, (std::vector<std::string>{"path", "number"}));
  EXPECT_EQ(call->x.findings[0].input, R"("f\"ve")");
}

TEST_F(MatchTest, RefusesPathsThatMeanNothing) {
  for (const char* target : {"/a/../b", "/%2e%2e/b", "/%ff", "/%00"}) {
    EXPECT_EQ(Match("GET", target, Verdict::kAnswered)->x.response.status, 400) << target;
  }
}

}  // namespace
}  // namespace spikard::stage
