#include "protocol/manifest.hpp"

#include <gtest/gtest.h>

#include "render.hpp"
#include "samples.hpp"

namespace spikard::protocol {
namespace {

TEST(Manifest, IsReadAsItWasWritten) {
  Manifest manifest = SampleManifest();  // what was there before is gone
  manifest.routes.resize(9);
  manifest.routes[0].body_schema = "true";
  ASSERT_EQ(DecodeManifest(EncodeManifest(SampleManifest()), &manifest), Errc::kOk);
  EXPECT_EQ(Render(manifest), Render(SampleManifest()));
}

TEST(Manifest, EqualOnesHaveEqualBytes) {
  Manifest again;
  ASSERT_EQ(DecodeManifest(EncodeManifest(SampleManifest()), &again), Errc::kOk);
  EXPECT_EQ(EncodeManifest(again), EncodeManifest(SampleManifest()));
}

TEST(Manifest, EveryDifferenceChangesTheBytes) {
  const std::string bytes = EncodeManifest(SampleManifest());
  Manifest other = SampleManifest();
  other.routes[1].parameters[0].required = false;
  EXPECT_NE(EncodeManifest(other), bytes);
  other = SampleManifest();
  std::swap(other.routes[0], other.routes[2]);
  EXPECT_NE(EncodeManifest(other), bytes);
}

TEST(Manifest, MayLieAnywhere) {
  const std::string bytes = "x" + EncodeManifest(SampleManifest());
  Manifest manifest;
  ASSERT_EQ(DecodeManifest(std::string_view(bytes).substr(1), &manifest), Errc::kOk);
  EXPECT_EQ(Render(manifest), Render(SampleManifest()));
}

// Nothing here but reads within bounds, which the sanitizers watch, and copies bounded by the manifest's own
// size.
TEST(Manifest, EveryFlipIsRefusedOrReadWithinBounds) {
  std::string bytes = EncodeManifest(SampleManifest());
  size_t refused = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    Manifest manifest;
    if (DecodeManifest(bytes, &manifest) != Errc::kOk) ++refused;
    size_t copied = 0;
    for (const Route& route : manifest.routes) {
      copied += route.method.size() + route.path.size() + route.body_schema.size() + route.response_schema.size();
    }
    EXPECT_LE(copied, bytes.size());
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
  EXPECT_GT(refused, bytes.size());
}

TEST(Manifest, EveryCutIsRefusedOrHarmless) {
  const std::string bytes = EncodeManifest(SampleManifest());
  for (size_t size = 0; size < bytes.size(); ++size) {
    Manifest manifest;
    if (DecodeManifest(std::string_view(bytes).substr(0, size), &manifest) != Errc::kOk) continue;
    EXPECT_EQ(Render(manifest), Render(SampleManifest())) << size;
  }
}

}  // namespace
}  // namespace spikard::protocol
