#include "stage/probes.hpp"

#include <gtest/gtest.h>

#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;

// The status, or 0 if the probe lets the request pass.
int Probe(const std::string& method, const std::string& target, bool ready, const route::Table* table = nullptr) {
  Call call(method, target);
  const Verdict verdict = AnswerProbe(call.x, table, {[ready] { return ready; }, {}});
  if (verdict == Verdict::kGoOn) return 0;
  EXPECT_EQ(call.Field("cache-control"), "no-store");
  EXPECT_EQ(call.Text(), call.x.response.status == 200 ? "ok\n" : "no worker is ready\n");
  return call.x.response.status;
}

TEST(Probes, AnswerBeforeAnyManifestAndWithoutAWorker) {
  EXPECT_EQ(Probe("GET", "/livez", false), 200);
  EXPECT_EQ(Probe("GET", "/startupz", false), 200);
  EXPECT_EQ(Probe("GET", "/readyz", false), 503);
}

TEST(Probes, ReadinessNeedsAWorker) {
  const auto table = fake::TableOf({});
  EXPECT_EQ(Probe("GET", "/readyz", true, table.get()), 200);
  EXPECT_EQ(Probe("GET", "/readyz", false, table.get()), 503);
  EXPECT_EQ(Probe("GET", "/livez", false, table.get()), 200) << "also while it stops";
}

TEST(Probes, AreAskedByGetOrHead) {
  EXPECT_EQ(Probe("HEAD", "/livez", true), 200);
  EXPECT_EQ(Probe("GET", "/livez?verbose", true), 200);
  EXPECT_EQ(Probe("POST", "/livez", true), 0);
}

TEST(Probes, LetAllOtherPathsPass) {
  for (const char* target : {"/", "/livez/", "/Livez", "/livezz", "/a/livez", "*"})
    EXPECT_EQ(Probe("GET", target, true), 0);
}

TEST(Probes, AnOwnRouteWins) {
  protocol::Manifest manifest;
  manifest.routes = {fake::RouteOf("GET", "/livez"), fake::RouteOf("POST", "/startupz")};
  const auto table = fake::TableOf(manifest);
  EXPECT_EQ(Probe("GET", "/livez", true, table.get()), 0);
  EXPECT_EQ(Probe("HEAD", "/livez", true, table.get()), 0);
  EXPECT_EQ(Probe("GET", "/readyz", true, table.get()), 200);
  EXPECT_EQ(Probe("GET", "/startupz", true, table.get()), 200) << "of another method";
}

TEST(Probes, ARouteForEverythingIsNoOwnRoute) {
  for (const char* path : {"/{rest:path}", "/{name}", "/{id:int}"}) {
    protocol::Manifest manifest;
    manifest.routes = {fake::RouteOf("GET", path)};
    const auto table = fake::TableOf(manifest);
    EXPECT_EQ(Probe("GET", "/livez", true, table.get()), 200) << path;
  }
}

}  // namespace
}  // namespace spikard::stage
