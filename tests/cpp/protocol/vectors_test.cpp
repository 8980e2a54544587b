// The golden vectors say the same as this build's codec: values and bytes, in both directions.
#include "vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "render.hpp"

namespace spikard::protocol {
namespace {

std::string ReadFile(const std::string& name) {
  std::ifstream file(std::filesystem::path(SPIKARD_VECTORS) / name, std::ios::binary);
  EXPECT_TRUE(file) << name << " is missing: run protocol_vectors";
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Vectors, FilesAreThoseOfTheTable) {
  std::set<std::string> expected;
  for (const Vector& vector : Vectors()) {
    EXPECT_TRUE(expected.insert(vector.name + ".bin").second) << vector.name;
    expected.insert(vector.name + ".json");
  }
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(SPIKARD_VECTORS)) {
    if (entry.is_regular_file()) found.insert(entry.path().filename().string());
  }
  EXPECT_EQ(found, expected);
}

TEST(Vectors, EncodingGivesTheStoredBytes) {
  for (const Vector& vector : Vectors()) {
    EXPECT_EQ(Pack(vector.frames), ReadFile(vector.name + ".bin")) << vector.name;
  }
}

TEST(Vectors, DecodingGivesTheStoredValues) {
  for (Vector vector : Vectors()) {
    vector.frames = Unpack(ReadFile(vector.name + ".bin"));
    EXPECT_EQ(Describe(vector), ReadFile(vector.name + ".json")) << vector.name;
  }
}

TEST(Vectors, WhatWasDecodedEncodesToTheSameBytes) {
  for (Vector vector : Vectors()) {
    if (vector.error != Errc::kOk) continue;
    vector.frames = Unpack(ReadFile(vector.name + ".bin"));
    EXPECT_EQ(EncodeAgain(vector), vector.frames) << vector.name;
  }
}

// Another language lays out the same values in other bytes.
TEST(Vectors, BytesOfPythonGiveTheSameValues) {
  size_t count = 0;
  for (Vector vector : Vectors()) {
    const std::string name = "python/" + vector.name + ".bin";
    if (!std::filesystem::exists(std::filesystem::path(SPIKARD_VECTORS) / name)) continue;
    const std::vector<std::string> own = std::move(vector.frames);
    vector.frames = Unpack(ReadFile(name));
    EXPECT_NE(vector.frames, own) << name;
    EXPECT_EQ(Describe(vector), ReadFile(vector.name + ".json")) << name;
    ++count;
  }
  EXPECT_GT(count, 0u);
}

TEST(Vectors, InvalidOnesNameTheirError) {
  for (const Vector& vector : InvalidVectors()) {
    EXPECT_THAT(ReadFile(vector.name + ".json"),
                testing::HasSubstr("\"error\": \"" + std::string(Name(vector.error)) + "\""))
        << vector.name;
  }
}

}  // namespace
}  // namespace spikard::protocol
