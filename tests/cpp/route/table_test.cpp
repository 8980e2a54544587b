#include "route/table.hpp"

#include <gtest/gtest.h>

namespace spikard::route {
namespace {

protocol::Route RouteOf(std::string method, std::string path) {
  protocol::Route route;
  route.method = std::move(method);
  route.path = std::move(path);
  return route;
}

std::string WhyNot(std::vector<protocol::Route> routes) {
  protocol::Manifest manifest;
  manifest.routes = std::move(routes);
  const auto built = Table::Build(std::move(manifest), 1);
  const auto* refusal = std::get_if<std::string>(&built);
  return refusal != nullptr ? *refusal : "";
}

TEST(Table, FindsRoutesAndWhatBelongsToThem) {
  protocol::Manifest manifest;
  manifest.max_body_size = 100;
  manifest.routes = {RouteOf("GET", "/"), RouteOf("POST", "/users/{id:int}/{rest:path}")};
  manifest.routes[1].max_body_size = 7;
  const auto built = Table::Build(std::move(manifest), 9);
  const auto& table = std::get<std::shared_ptr<const Table>>(built);
  EXPECT_EQ(table->Generation(), 9u);
  EXPECT_EQ(table->Match({""}, "GET").route, 0u);
  const PathMatch match = table->Match({"users", "5", "a", "b"}, "POST");
  ASSERT_EQ(match.route, 1u);
  EXPECT_EQ(table->At(1).path, "/users/{id:int}/{rest:path}");
  EXPECT_EQ(table->PathNames(0), std::vector<std::string>());
  EXPECT_EQ(table->PathNames(1), (std::vector<std::string>{"id", "rest"}));
  EXPECT_EQ(table->MaxBodySize(0), 100u);
  EXPECT_EQ(table->MaxBodySize(1), 7u);
}

TEST(Table, MayBeEmpty) { EXPECT_EQ(WhyNot({}), ""); }

TEST(Table, RefusesWhatCannotBeServedAndSaysWhich) {
  EXPECT_EQ(WhyNot({RouteOf("GET", "/a"), RouteOf("G T", "/b")}), "route G T /b: the method is no token");
  EXPECT_EQ(WhyNot({RouteOf("", "/b")}), "route  /b: the method is no token");
  EXPECT_EQ(WhyNot({RouteOf("GET", "b")}), "route GET b: the path pattern is malformed");
  EXPECT_EQ(WhyNot({RouteOf("GET", "/{x}"), RouteOf("GET", "/{y}")}), "route GET /{y} is defined twice");
  EXPECT_EQ(WhyNot({RouteOf("GET", "/{x}"), RouteOf("POST", "/{y}")}), "");
}

}  // namespace
}  // namespace spikard::route
