#include "dispatch/lameduck.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spikard::dispatch {
namespace {

using std::chrono::milliseconds;

struct LameduckTest : testing::Test {
  void Make(milliseconds length) {
    lameduck.emplace(loop, length, [this](bool close) { story += close ? "close " : "keep "; });
  }
  void Begin(const std::string& over) {
    lameduck->Begin([this, over] { story += over; });
  }
  void Run() {
    loop.restart();
    loop.run();
  }

  base::Loop loop{1};
  std::optional<Lameduck> lameduck;
  std::string story;
};

TEST_F(LameduckTest, OfNoLengthIsOverAtOnce) {
  Make(milliseconds(0));
  EXPECT_FALSE(lameduck->Begun());
  Begin("over ");
  EXPECT_EQ(story, "close over ");
  EXPECT_TRUE(lameduck->Begun());
}

TEST_F(LameduckTest, ClosesConnectionsBeforeItIsOver) {
  Make(milliseconds(40));
  Begin("over ");
  EXPECT_TRUE(lameduck->Begun());
  EXPECT_EQ(story, "") << "first only the readiness is denied";
  loop.run_one();
  EXPECT_EQ(story, "close ");
  Run();
  EXPECT_EQ(story, "close over ");
}

TEST_F(LameduckTest, BegunAgainHasAnotherEndAndNoLongerTime) {
  Make(milliseconds(40));
  Begin("worker ");
  Begin("front end ");
  Run();
  EXPECT_EQ(story, "close front end ");
  Begin("again ");
  EXPECT_EQ(story, "close front end again ");
}

TEST_F(LameduckTest, EndsWhenSomebodyServesAfterAll) {
  Make(milliseconds(40));
  lameduck->End();
  EXPECT_EQ(story, "");
  Begin("over ");
  lameduck->End();
  EXPECT_FALSE(lameduck->Begun());
  Run();
  EXPECT_EQ(story, "keep ");
  Begin("over");
  Run();
  EXPECT_EQ(story, "keep close over");
}

}  // namespace
}  // namespace spikard::dispatch
