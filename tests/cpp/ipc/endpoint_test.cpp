#include "ipc/endpoint.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "scratch.hpp"

namespace spikard::ipc {
namespace {

namespace fs = std::filesystem;

TEST(Endpoint, MakesAPrivateDirectoryAndRemovesIt) {
  const Scratch scratch;
  const std::string path = scratch / "endpoint";
  {
    EndpointDirectory endpoint;
    EXPECT_EQ(endpoint.Open(path, false), "");
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    EXPECT_EQ(endpoint.AttachPath(), path + "/attach.sock");
    EXPECT_EQ(endpoint.DataPath(), path + "/data.sock");
    std::ofstream(endpoint.AttachPath()) << "x";
    std::ofstream(endpoint.DataPath()) << "x";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Endpoint, LeavesADirectoryOfOthers) {
  const Scratch scratch;
  const std::string path = scratch / "endpoint";
  fs::create_directory(path);
  {
    EndpointDirectory endpoint;
    EXPECT_EQ(endpoint.Open(path, false), "");
    std::ofstream(endpoint.DataPath()) << "x";
    std::ofstream(path + "/theirs") << "x";
  }
  EXPECT_TRUE(fs::exists(path + "/theirs"));
  EXPECT_FALSE(fs::exists(path + "/data.sock"));
  fs::remove(path + "/theirs");
  {
    EXPECT_EQ(EndpointDirectory().Open(path, true), "");
  }
  EXPECT_FALSE(fs::exists(path)) << "it was said to be our own";
}

TEST(Endpoint, RefusesWhatAnotherFrontEndHas) {
  const Scratch scratch;
  const std::string path = scratch / "endpoint";
  {
    EndpointDirectory endpoint;
    EXPECT_EQ(endpoint.Open(path, false), "");
    std::ofstream(endpoint.DataPath()) << "x";
    EXPECT_EQ(EndpointDirectory().Open(path, false), "cannot use the directory " + path + ": another front end has it");
    EXPECT_TRUE(fs::exists(path + "/data.sock"));
  }
  EXPECT_EQ(EndpointDirectory().Open(path, false), "");
}

TEST(Endpoint, RefusesWhatIsNoPrivateDirectory) {
  const Scratch scratch;
  std::ofstream(scratch / "file") << "x";
  EXPECT_NE(EndpointDirectory().Open(scratch / "file", false).find("no directory"), std::string::npos);
  fs::create_directory(scratch / "open");
  fs::permissions(scratch / "open", fs::perms::all);
  EXPECT_NE(EndpointDirectory().Open(scratch / "open", false).find("everybody"), std::string::npos);
  fs::create_directory(scratch / "real");
  fs::create_directory_symlink(scratch / "real", scratch / "link");
  EXPECT_NE(EndpointDirectory().Open(scratch / "link", false), "");
  EXPECT_NE(EndpointDirectory().Open(scratch / "no/such", false).find("No such file"), std::string::npos);
  EXPECT_TRUE(fs::exists(scratch / "open")) << "what was refused is left alone";
}

}  // namespace
}  // namespace spikard::ipc
