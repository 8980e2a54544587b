#include "dispatch/repeat.hpp"

#include <gtest/gtest.h>

namespace spikard::dispatch {
namespace {

bool Repeatable(std::string_view method, protocol::Idempotence idempotence, bool key = false) {
  protocol::Route route;
  route.idempotence = idempotence;
  http::Fields fields;
  fields.Add("accept", "*/*");
  if (key) fields.Add("Idempotency-Key", "x");
  return IsRepeatable(method, route, fields);
}

TEST(Repeat, ByMethod) {
  for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
    EXPECT_TRUE(Repeatable(method, protocol::Idempotence::kByMethod)) << method;
  }
  for (const char* method : {"POST", "PATCH", "PROPFIND", "get", ""}) {
    EXPECT_FALSE(Repeatable(method, protocol::Idempotence::kByMethod, true)) << method;
  }
}

TEST(Repeat, AsTheRouteSays) {
  EXPECT_FALSE(Repeatable("GET", protocol::Idempotence::kNever, true));
  EXPECT_TRUE(Repeatable("POST", protocol::Idempotence::kAlways));
}

TEST(Repeat, ByKey) {
  EXPECT_TRUE(Repeatable("POST", protocol::Idempotence::kByKey, true));
  EXPECT_FALSE(Repeatable("POST", protocol::Idempotence::kByKey));
}

}  // namespace
}  // namespace spikard::dispatch
