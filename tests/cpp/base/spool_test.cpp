#include "base/spool.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace spikard::base {
namespace {

namespace fs = std::filesystem;

size_t OpenDescriptors() {
  const fs::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

struct SpoolTest : testing::Test {
  SpoolTest() {
    std::string name = "/tmp/spool-test-XXXXXX";
    folder = ::mkdtemp(name.data());
    ::setenv("TMPDIR", folder.c_str(), 1);
  }
  ~SpoolTest() override {
    ::unsetenv("TMPDIR");
    fs::remove_all(folder);
  }
  std::shared_ptr<Spools> Make(Spools::Limits limits = {}) { return std::make_shared<Spools>(loop, limits); }

  fs::path folder;
  Loop loop{1};
  ErrorCode error;
};

TEST_F(SpoolTest, GivesBackWhatItGot) {
  const auto spools = Make();
  const auto file = spools->Open(error);
  ASSERT_TRUE(file);
  EXPECT_TRUE(fs::is_empty(folder)) << "it has no name";
  EXPECT_FALSE(file->Append("hello "));
  EXPECT_FALSE(file->Append("world"));
  EXPECT_EQ(file->Size(), 11u);
  std::string text(7, '\0');
  EXPECT_FALSE(file->Bytes().Read(4, text.data(), text.size()));
  EXPECT_EQ(text, "o world");
  EXPECT_TRUE(file->Bytes().Read(5, text.data(), text.size())) << "that is more than there is";
}

TEST_F(SpoolTest, LeavesNothing) {
  Make();  // the loop gets descriptors of its own with its first
  const size_t before = OpenDescriptors();
  {
    const auto spools = Make();
    const size_t without = OpenDescriptors();
    auto file = spools->Open(error);
    EXPECT_EQ(spools->Count(), 1u);
    EXPECT_EQ(OpenDescriptors(), without + 1);
    file.reset();
    EXPECT_EQ(spools->Count(), 0u);
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(SpoolTest, WithoutAFolderThereIsNone) {
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  const auto spools = Make();
  EXPECT_EQ(spools->Open(error), nullptr);
  EXPECT_EQ(error, boost::system::errc::no_such_file_or_directory);
  EXPECT_EQ(spools->Count(), 0u);
}

TEST_F(SpoolTest, DescriptorsAreKeptForOthers) {
  const auto spools = Make({.descriptors = 3});
  const size_t before = OpenDescriptors();
  EXPECT_EQ(spools->Open(error), nullptr);
  EXPECT_EQ(error, boost::system::errc::too_many_files_open);
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(SpoolTest, MemoryIsSharedByAll) {
  const auto spools = Make({.one = 10, .all = 15});
  Share first(*spools);
  EXPECT_TRUE(first.Grow(10));
  EXPECT_FALSE(first.Grow(11)) << "too much of one";
  {
    Share second(*spools);
    EXPECT_TRUE(second.Grow(5));
    EXPECT_FALSE(second.Grow(6)) << "too much of all";
  }
  Share third(*spools);
  EXPECT_TRUE(third.Grow(5)) << "what ends gives back";
  first.Release();
  EXPECT_TRUE(third.Grow(10));
}

}  // namespace
}  // namespace spikard::base
