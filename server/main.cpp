#include <cstdio>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "server.hpp"

int main(int argc, char** argv) {
  auto parsed = spikard::config::ParseSettings(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  auto& settings = std::get<spikard::config::Settings>(parsed);
  if (!spikard::base::SetUpLog(settings.log_level)) {
    std::fprintf(stderr, "--log-level: unknown level %s\n", settings.log_level.c_str());
    return 2;
  }
  return spikard::Server(std::move(settings)).Run();
}
