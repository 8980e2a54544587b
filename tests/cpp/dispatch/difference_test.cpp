#include "dispatch/difference.hpp"

#include <gtest/gtest.h>

namespace spikard::dispatch {
namespace {

using protocol::Manifest;

struct DifferenceTest : testing::Test {
  DifferenceTest() {
    before.routes.resize(2);
    before.routes[0].method = "GET";
    before.routes[0].path = "/a";
    before.routes[0].name = "show";
    before.routes[0].parameters.resize(1);
    before.routes[0].parameters[0].name = "limit";
    before.routes[1].method = "POST";
    before.routes[1].path = "/b";
    now = before;
  }
  std::string Told() const { return FirstDifference(before, now); }

  Manifest before;
  Manifest now;
};

TEST_F(DifferenceTest, IsNoneBetweenEquals) { EXPECT_EQ(Told(), ""); }

TEST_F(DifferenceTest, NamesTheRoute) {
  now.routes[1].path = "/c";
  EXPECT_EQ(Told(), "route POST /c is in the place of POST /b");
  now.routes.pop_back();
  EXPECT_EQ(Told(), "route POST /b is missing");
  now.routes = before.routes;
  now.routes.push_back(before.routes[0]);
  now.routes[2].path = "/new";
  EXPECT_EQ(Told(), "route GET /new is new");
}

TEST_F(DifferenceTest, NamesWhatOfTheRoute) {
  protocol::Route& route = now.routes[0];
  route.cookies_closed = true;
  EXPECT_EQ(Told(), "route GET /a has other options");
  route.response_schema = "{}";
  EXPECT_EQ(Told(), "route GET /a has another response_schema");
  route.body_schema = "{}";
  EXPECT_EQ(Told(), "route GET /a has another body_schema");
  route.parameters.push_back(route.parameters[0]);
  route.parameters[1].name = "offset";
  EXPECT_EQ(Told(), "route GET /a has one more parameter, offset");
  route.parameters[0].required = true;
  EXPECT_EQ(Told(), "route GET /a has another parameter limit");
  route.parameters[0].name = "count";
  EXPECT_EQ(Told(), "route GET /a has the parameter count, not limit");
  route.parameters.clear();
  EXPECT_EQ(Told(), "route GET /a has no parameter limit");
  route.name = "list";
  EXPECT_EQ(Told(), "route GET /a is named list, not show");
}

TEST_F(DifferenceTest, IsSomewhereElse) {
  now.max_body_size = 1;
  EXPECT_EQ(Told(), "the application's settings are others");
}

}  // namespace
}  // namespace spikard::dispatch
