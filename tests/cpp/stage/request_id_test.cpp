#include "stage/request_id.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;

std::string Assigned(RequestId& ids, std::optional<std::string> sent, const route::Table* table = nullptr) {
  Call call;
  if (sent) call.x.request.fields.Add("X-Request-ID", *sent);
  ids.Assign(call.x, table);
  return call.x.request_id;
}

TEST(RequestId, KeepsASaneOne) {
  RequestId ids;
  const std::string longest(128, 'a');
  for (const std::string& sane : {std::string("abc-123"), std::string("!~"), longest})
    EXPECT_EQ(Assigned(ids, sane), sane);
}

TEST(RequestId, MakesOneWhereNoneOrNoSaneOneCame) {
  RequestId ids;
  EXPECT_EQ(Assigned(ids, std::nullopt).size(), 36u);
  EXPECT_NE(Assigned(ids, std::nullopt), Assigned(ids, std::nullopt));
  for (const std::string& bad : {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\"b"),
                                 std::string("a\\b"), std::string("a\x7f"), std::string("\xc3\xbc")}) {
    EXPECT_EQ(Assigned(ids, bad).size(), 36u) << bad;
  }
}

TEST(RequestId, AManifestMayTurnThemOff) {
  RequestId ids;
  protocol::Manifest manifest;
  manifest.request_ids = false;
  const auto off = fake::TableOf(manifest);
  EXPECT_EQ(Assigned(ids, "abc", off.get()), "");
  manifest.request_ids = true;
  EXPECT_EQ(Assigned(ids, "abc", fake::TableOf(manifest).get()), "abc");
}

TEST(RequestId, IsEchoedOnce) {
  RequestId ids;
  Call call;
  ids.Echo(call.x);
  EXPECT_EQ(call.Field("x-request-id"), "");
  call.x.request_id = "abc";
  ids.Echo(call.x);
  ids.Echo(call.x);
  EXPECT_EQ(call.Field("x-request-id"), "abc");
  EXPECT_EQ(call.x.response.fields.Count("x-request-id"), 1u);

  Call own;
  own.x.request_id = "abc";
  own.x.response.fields.Add("x-request-id", "the application's");
  ids.Echo(own.x);
  EXPECT_EQ(own.Field("x-request-id"), "the application's");
}

}  // namespace
}  // namespace spikard::stage
