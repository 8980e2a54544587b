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

struct GenerationsTest : testing::Test {
  Generations::Handle Add(const std::string& manifest, const std::string& epoch = "") {
    refusal.clear();
    return generations.Add(epoch, Sha256(manifest), manifest, refusal);
  }
  Generations::Handle Find(const std::string& manifest, const std::string& epoch = "") {
    return generations.Find(epoch, Sha256(manifest));
  }

  const std::string a = ManifestWith("/a");
  const std::string b = ManifestWith("/b");
  Generations generations;
  std::string refusal;
};

TEST_F(GenerationsTest, KnowWhatWasAdded) {
  EXPECT_EQ(Find(a), nullptr);
  const auto first = Add(a);
  const auto second = Add(b);
  ASSERT_NE(first, nullptr);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(Find(a), first);
  EXPECT_LT(first->Generation(), second->Generation());
  EXPECT_TRUE(second->Match({"b"}, "GET").route);
}

TEST_F(GenerationsTest, TwoWorkersMayBringTheSameManifest) {
  const auto first = Add(a);
  EXPECT_EQ(Add(a), first);
}

TEST_F(GenerationsTest, RefuseWhatCannotBeServed) {
  EXPECT_EQ(generations.Add("", Sha256("b"), a, refusal), nullptr);
  EXPECT_EQ(refusal, "the manifest is not the one that Hello announced");
  EXPECT_EQ(Add("rubbish"), nullptr);
  EXPECT_NE(refusal.find("malformed"), std::string::npos);
  const std::string bad = ManifestWith("no slash");
  EXPECT_EQ(Add(bad), nullptr);
  EXPECT_NE(refusal.find("GET no slash"), std::string::npos);
  EXPECT_EQ(Find(bad), nullptr);
}

TEST_F(GenerationsTest, OneThatComesBackIsAsOldAsItWas) {
  const uint64_t old = Add(a)->Generation();
  const auto second = Add(b);
  EXPECT_EQ(Find(a), nullptr) << "nobody keeps it";
  EXPECT_EQ(Add(a)->Generation(), old);
  EXPECT_LT(old, second->Generation());
}

TEST_F(GenerationsTest, AnotherEpochIsAnotherGeneration) {
  const auto first = Add(a, "monday");
  const auto second = Add(a, "tuesday");
  ASSERT_NE(second, nullptr);
  EXPECT_LT(first->Generation(), second->Generation());
  EXPECT_EQ(Find(a, "monday"), first);
  EXPECT_EQ(Find(a), nullptr);
}

TEST_F(GenerationsTest, OneEpochHasOneManifest) {
  const auto first = Add(a, "monday");
  EXPECT_EQ(Find(b, "monday"), nullptr);
  EXPECT_EQ(Add(b, "monday"), nullptr);
  EXPECT_EQ(refusal, "other workers of the same epoch have another manifest: route GET /b is in the place of GET /a");
  EXPECT_EQ(Find(a, "monday"), first);
}

}  // namespace
}  // namespace spikard::dispatch
