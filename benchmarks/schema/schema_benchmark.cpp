// Prints the nanoseconds that one verdict takes, the parse excluded: schema_benchmark SCHEMA_FILE
// DOCUMENT_FILE

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>

#include "schema/parse.hpp"
#include "schema/validate.hpp"

namespace {

constexpr int kRepetitions = 9;
constexpr int kCalls = 200000;

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// CPU time, since others may share the cores.
double CpuNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <typename Call>
double BestNanoseconds(int calls, Call call) {
  double best = std::numeric_limits<double>::max();
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    const double start = CpuNanoseconds();
    for (int i = 0; i < calls; ++i) {
      if (!call()) return -1;
    }
    best = std::min(best, (CpuNanoseconds() - start) / calls);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: schema_benchmark SCHEMA_FILE DOCUMENT_FILE\n";
    return 2;
  }
  const auto compiled = spikard::schema::Compile(ReadFile(argv[1]));
  if (const auto* error = std::get_if<spikard::schema::CompileError>(&compiled)) {
    std::cerr << error->message << '\n';
    return 1;
  }
  const auto& program = *std::get<0>(compiled);
  const std::string text = ReadFile(argv[2]);
  spikard::schema::Document document;
  const double parse = BestNanoseconds(kCalls, [&] { return spikard::schema::Parse(text, document).ok(); });
  const double verdict = BestNanoseconds(kCalls, [&] { return spikard::schema::IsValid(program, document); });
  std::cout << "parse " << parse << " ns, verdict ns: " << verdict << '\n';
  return verdict < 0 ? 1 : 0;
}
