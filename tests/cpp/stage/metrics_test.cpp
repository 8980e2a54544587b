#include "stage/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;
using testing::HasSubstr;

struct MetricsTest : testing::Test {
  Verdict Answer(const route::Table* table = nullptr) { return metrics.Answer(call.x, table); }

  Call call{"GET", "/metrics"};
  Load load;
  Metrics metrics{[this] { return load; }};
};

TEST_F(MetricsTest, TellTheLoadOfNow) {
  load = {.queued = 3, .in_flight = 5, .ready = 2, .connections = 9, .repeated = 4, .lost = 1};
  ASSERT_EQ(Answer(), Verdict::kAnswered);
  EXPECT_EQ(call.x.response.status, 200);
  EXPECT_EQ(call.Field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"\nspikard_queue_depth 3\n", "\nspikard_workers_ready 2\n", "\nspikard_exchanges_in_flight 5\n",
        "\nspikard_connections 9\n", "\nspikard_exchanges_repeated_total 4\n", "\nspikard_exchanges_lost_total 1\n"}) {
    EXPECT_THAT(call.Text(), HasSubstr(line));
  }
}

TEST_F(MetricsTest, CountByClassOfStatus) {
  for (const int status : {200, 204, 304, 404, 599, 700, 42}) metrics.Count(static_cast<uint16_t>(status));
  ASSERT_EQ(Answer(), Verdict::kAnswered);
  for (const char* line : {"{status=\"1xx\"} 1\n", "{status=\"2xx\"} 2\n", "{status=\"3xx\"} 1\n",
                           "{status=\"4xx\"} 1\n", "{status=\"5xx\"} 2\n"}) {
    EXPECT_THAT(call.Text(), HasSubstr(line)) << "what no class has is counted by the nearest";
  }
}

TEST_F(MetricsTest, EverySampleHasTypeAndHelp) {
  ASSERT_EQ(Answer(), Verdict::kAnswered);
  std::string family;
  std::istringstream lines(call.Text());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(line.starts_with("# TYPE " + family + " ")) << line;
    } else {
      EXPECT_EQ(line.substr(0, line.find_first_of(" {")), family);
    }
  }
  EXPECT_EQ(call.Text().back(), '\n');
}

TEST_F(MetricsTest, LetAllElsePass) {
  for (const auto& [method, target] : {std::pair{"POST", "/metrics"}, {"GET", "/metrics/"}, {"GET", "/a"}}) {
    Call other(method, target);
    EXPECT_EQ(metrics.Answer(other.x, nullptr), Verdict::kGoOn) << method << " " << target;
  }
}

TEST_F(MetricsTest, AnOwnRouteWins) {
  protocol::Manifest manifest;
  manifest.routes = {fake::RouteOf("GET", "/metrics")};
  EXPECT_EQ(Answer(fake::TableOf(manifest).get()), Verdict::kGoOn);
  manifest.routes = {fake::RouteOf("GET", "/{rest:path}")};
  EXPECT_EQ(Answer(fake::TableOf(manifest).get()), Verdict::kAnswered) << "a route for everything is none";
}

}  // namespace
}  // namespace spikard::stage
