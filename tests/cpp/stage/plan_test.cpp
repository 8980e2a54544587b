#include "stage/plan.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

// Why a manifest of one route is refused; empty if it is not.
std::string Refusal(const protocol::Route& route) {
  protocol::Manifest manifest;
  manifest.routes = {route};
  const auto built = route::Table::Build(std::move(manifest), 1, &Plans::Make);
  const auto* refusal = std::get_if<std::string>(&built);
  return refusal != nullptr ? *refusal : "";
}

TEST(Plan, NamesTheSchemaThatCannotBe) {
  protocol::Route route = fake::RouteOf("POST", "/a");
  route.body_media = protocol::kJsonMedia;
  route.body_schema = R"({"type":"nothing"})";
  EXPECT_EQ(Refusal(route).find("route POST /a: body: "), 0u) << Refusal(route);
  route.body_schema = "true";
  EXPECT_EQ(Refusal(route), "");
}

TEST(Plan, WhatIsDeclaredIsNotStreamed) {
  protocol::Route route = fake::RouteOf("POST", "/a");
  route.streams_body = true;
  EXPECT_EQ(Refusal(route), "");
  route.body_media = protocol::kJsonMedia;
  EXPECT_NE(Refusal(route).find("cannot be streamed"), std::string::npos) << Refusal(route);
}

}  // namespace
}  // namespace spikard::stage
