#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace spikard::base {
namespace {

std::string Text(const std::array<char, 36>& uuid) { return {uuid.data(), uuid.size()}; }

TEST(Random, GivesAsManyBytesAsAskedFor) {
  for (const size_t count : {0u, 1u, 16u, 1'000u}) EXPECT_EQ(SecureBytes(count).size(), count);
  EXPECT_NE(SecureBytes(16), SecureBytes(16));
  EXPECT_NE(SecureNumber(), SecureNumber());
}

TEST(Uuid, HasTheShapeOfVersion7) {
  UuidSource source;
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = Text(source.Next(0x0123456789ab));
    ASSERT_EQ(text.substr(0, 14), "01234567-89ab-");
    for (size_t at = 0; at < text.size(); ++at) {
      const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
      ASSERT_EQ(text[at] == '-', dash) << text;
      ASSERT_TRUE(dash || std::string_view("0123456789abcdef").find(text[at]) != std::string_view::npos) << text;
    }
    ASSERT_EQ(text[14], '7') << text;
    ASSERT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos) << text;
  }
}

TEST(Uuid, IsSortedByTime) {
  UuidSource source;
  std::string last;
  for (uint64_t now = 1'700'000'000'000; now < 1'700'000'001'000; ++now) {
    const std::string text = Text(source.Next(now));
    ASSERT_LT(last, text);
    last = text;
  }
}

TEST(Uuid, IsUniqueWithinAMillisecondAndAmongSources) {
  UuidSource a;
  UuidSource b;
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    seen.insert(Text(a.Next(1)));
    seen.insert(Text(b.Next(1)));
  }
  EXPECT_EQ(seen.size(), 40'000u);
}

TEST(Uuid, UsesEveryRandomBit) {
  UuidSource source;
  std::array<std::set<char>, 36> seen;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = Text(source.Next(0));
    for (size_t at = 15; at < text.size(); ++at) seen[at].insert(text[at]);
  }
  for (size_t at = 15; at < 36; ++at) {
    const bool dash = at == 18 || at == 23;
    EXPECT_EQ(seen[at].size(), dash ? 1u : at == 19 ? 4u : 16u) << at;
  }
}

}  // namespace
}  // namespace spikard::base
