// The process settings of the front end. What belongs to an application (routes, limits of its own) comes with the
// manifest instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace spikard::config {

struct Settings {
  std::string host = "127.0.0.1";
  uint16_t port = 8000;
  // Directory of the channel's sockets, as in ipc:///run/spikard.
  std::string endpoint;

  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds keep_alive{75'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds shutdown_timeout{30'000};
  std::chrono::milliseconds lameduck{0};
  uint32_t max_uri_length = 16 * 1024;
  uint32_t max_header_size = 64 * 1024;
  uint32_t max_header_count = 100;
  uint32_t max_connections = 10'000;

  std::chrono::milliseconds hold_timeout{10'000};
  uint32_t max_held = 1'000;
  uint64_t max_held_bytes = 256 * 1024 * 1024;
  uint32_t max_attempts = 3;
  uint64_t max_body_memory = 1024 * 1024;
  uint64_t max_bodies_memory = 64 * 1024 * 1024;

  std::string log_level = "info";
  // A socket that listens already, instead of host and port.
  int listen_fd = -1;
  // Set by whoever starts the front end: where one line tells that it listens, or why not, and whose end is its own.
  int ready_fd = -1;
  int parent_pid = 0;
};

// What ParseSettings found: settings, or the exit status after help, version or an error was printed.
using SettingsOrExit = std::variant<Settings, int>;

// Flag before SPIKARD_... variable before default.
SettingsOrExit ParseSettings(int argc, const char* const* argv);

}  // namespace spikard::config
