#include <filesystem>
#include <fstream>
#include <iostream>

#include "vectors.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: protocol_vectors DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path directory = argv[1];
  std::filesystem::create_directories(directory);
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_regular_file()) std::filesystem::remove(entry);
  }
  for (const spikard::protocol::Vector& vector : spikard::protocol::Vectors()) {
    std::ofstream(directory / (vector.name + ".bin"), std::ios::binary) << spikard::protocol::Pack(vector.frames);
    std::ofstream(directory / (vector.name + ".json")) << spikard::protocol::Describe(vector);
  }
}
