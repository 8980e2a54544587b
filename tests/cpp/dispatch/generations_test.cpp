#include "dispatch/generations.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

namespace spikard::dispatch {
namespace {

std::string Sha256(const std::string& bytes) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return digest;
}

std::string ManifestWith(const std::string& path) {
  protocol::Manifest manifest;
  protocol::Route route;
  route.method = "GET";
  route.path = path;
  manifest.routes = {route};
  return protocol::EncodeManifest(manifest);
}

TEST(Generations, KnowWhatWasAdded) {
  Generations generations;
  const std::string a = ManifestWith("/a");
  const std::string b = ManifestWith("/b");
  EXPECT_EQ(generations.Find(Sha256(a)), nullptr);
  EXPECT_EQ(generations.Add(Sha256(a), a), "");
  EXPECT_EQ(generations.Add(Sha256(b), b), "");
  ASSERT_NE(generations.Find(Sha256(a)), nullptr);
  EXPECT_LT(generations.Find(Sha256(a))->Generation(), generations.Find(Sha256(b))->Generation());
  EXPECT_TRUE(generations.Find(Sha256(b))->Match({"b"}, "GET").route);
}

TEST(Generations, TwoWorkersMayBringTheSameManifest) {
  Generations generations;
  const std::string a = ManifestWith("/a");
  EXPECT_EQ(generations.Add(Sha256(a), a), "");
  const auto first = generations.Find(Sha256(a));
  EXPECT_EQ(generations.Add(Sha256(a), a), "");
  EXPECT_EQ(generations.Find(Sha256(a)), first);
}

TEST(Generations, RefuseWhatCannotBeServed) {
  Generations generations;
  const std::string a = ManifestWith("/a");
  EXPECT_EQ(generations.Add(Sha256("b"), a), "the manifest is not the one that Hello announced");
  EXPECT_NE(generations.Add(Sha256("rubbish"), "rubbish").find("malformed"), std::string::npos);
  const std::string bad = ManifestWith("no slash");
  EXPECT_NE(generations.Add(Sha256(bad), bad).find("GET no slash"), std::string::npos);
  EXPECT_EQ(generations.Find(Sha256(bad)), nullptr);
  EXPECT_EQ(generations.Find(Sha256("b")), nullptr);
}

}  // namespace
}  // namespace spikard::dispatch
