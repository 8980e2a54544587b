#include "base/log.hpp"

#include <gtest/gtest.h>

namespace spikard::base {
namespace {

TEST(Log, KnowsItsLevels) {
  for (const char* level : {"trace", "debug", "info", "warning", "error", "critical", "off"}) {
    EXPECT_TRUE(SetUpLog(level)) << level;
  }
  for (const char* level : {"", "verbose", "INFO", "1"}) EXPECT_FALSE(SetUpLog(level)) << level;
}

TEST(Log, GoesToStderrFromItsLevelOn) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  ASSERT_TRUE(SetUpLog("warning"));
  spdlog::info("not this");
  spdlog::error("but this");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("error   front-end but this\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("not this"), std::string::npos) << text;
  SetUpLog("off");
}

}  // namespace
}  // namespace spikard::base
