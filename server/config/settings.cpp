#include "config/settings.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace spikard::config {
namespace {

constexpr std::string_view kIpcScheme = "ipc://";
// sockaddr_un holds 108 bytes; "/attach.sock" and the terminator must fit behind the directory.
constexpr size_t kMaxEndpointPath = 94;

std::string CheckEndpoint(std::string& endpoint) {
  if (endpoint.starts_with(kIpcScheme)) endpoint.erase(0, kIpcScheme.size());
  if (!endpoint.starts_with('/')) return "must be a directory's absolute path, as in ipc:///run/spikard";
  if (endpoint.size() > kMaxEndpointPath) return "must be a path of at most 94 characters";
  return {};
}

template <typename Duration>
auto Seconds(Duration& target) {
  return [&target](double seconds) { target = Duration(std::llround(seconds * 1000)); };
}

// CLI::Range lets NaN through: it is neither below nor above.
CLI::Validator SecondsFrom(double least) {
  constexpr double kLongest = 1e9;
  return CLI::Validator(
      [least](std::string& text) -> std::string {
        double seconds = 0;
        const bool number = CLI::detail::lexical_cast(text, seconds);
        if (number && seconds >= least && seconds <= kLongest) return {};
        return text + " is not a number of seconds from " + (least > 0 ? "0.001" : "0") + " to 1000000000";
      },
      "SECONDS");
}

// sd_listen_fds(3): the first descriptor after stderr, if it was meant for this process.
int SocketOfActivation() {
  constexpr int kFirst = 3;
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  const bool meant = pid != nullptr && count != nullptr && pid == std::to_string(::getpid());
  return meant && std::atoi(count) > 0 ? kFirst : -1;
}

// Tells in one line what is wrong: to the parent, if there is one, which tells the user. Gives the exit status.
int Refuse(const CLI::App& app, const CLI::ParseError& error) {
  std::string line = error.what();
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    // Whoever starts the program may not know the flag.
    if (!option->get_envname().empty() && line.starts_with(name + ':')) {
      line.insert(name.size(), " (" + option->get_envname() + ")");
    }
  }
  line += '\n';
  const CLI::Option* ready = app.get_option("--ready-fd");
  if (ready->count() == 0 || ::write(ready->as<int>(), line.data(), line.size()) < 0) {
    std::fprintf(stderr, "spikard-server: %s", line.c_str());
  }
  return error.get_exit_code();
}

}  // namespace

SettingsOrExit ParseSettings(int argc, const char* const* argv) {
  Settings s;
  CLI::App app{"Spikard's front end: owns the sockets, speaks HTTP, hands valid requests to Python workers."};
  app.set_version_flag("--version", SPIKARD_VERSION);

  const CLI::Validator positive = SecondsFrom(0.001);
  const CLI::Validator from_zero = SecondsFrom(0);
  const CLI::Range count(1u, 1'000'000u);
  // One line per setting: flag, variable, check and description have no other home.
  app.add_option("--host", s.host, "Address to listen on")->envname("SPIKARD_HOST");
  app.add_option("--port", s.port, "Port to listen on; 0 picks a free one")->envname("SPIKARD_PORT");
  app.add_option("--endpoint", s.endpoint, "Directory of the sockets that workers attach to")
      ->envname("SPIKARD_ENDPOINT")
      ->required()
      ->transform(CLI::Validator(CheckEndpoint, "ipc:///DIR"));
  app.add_option_function<double>("--header-timeout", Seconds(s.header_timeout), "Seconds to send a request's header")
      ->envname("SPIKARD_HEADER_TIMEOUT")
      ->check(positive);
  app.add_option_function<double>("--body-timeout", Seconds(s.body_timeout), "Seconds a body may stand still")
      ->envname("SPIKARD_BODY_TIMEOUT")
      ->check(positive);
  app.add_option_function<double>("--keep-alive", Seconds(s.keep_alive), "Seconds an idle connection is kept")
      ->envname("SPIKARD_KEEP_ALIVE")
      ->check(from_zero);
  app.add_option_function<double>("--write-timeout", Seconds(s.write_timeout), "Seconds a client may read nothing")
      ->envname("SPIKARD_WRITE_TIMEOUT")
      ->check(positive);
  app.add_option_function<double>("--shutdown-timeout", Seconds(s.shutdown_timeout), "Seconds to finish at the end")
      ->envname("SPIKARD_SHUTDOWN_TIMEOUT")
      ->check(from_zero);
  app.add_option_function<double>("--lameduck", Seconds(s.lameduck), "Seconds to go on serving before the end, unready")
      ->envname("SPIKARD_LAMEDUCK")
      ->check(from_zero);
  app.add_option("--max-uri-length", s.max_uri_length, "Bytes of a request line")
      ->envname("SPIKARD_MAX_URI_LENGTH")
      ->check(count);
  app.add_option("--max-header-size", s.max_header_size, "Bytes of a request's header section")
      ->envname("SPIKARD_MAX_HEADER_SIZE")
      ->check(count);
  app.add_option("--max-header-count", s.max_header_count, "Fields of a request's header section")
      ->envname("SPIKARD_MAX_HEADER_COUNT")
      ->check(count);
  app.add_option("--max-connections", s.max_connections, "Connections held at once")
      ->envname("SPIKARD_MAX_CONNECTIONS")
      ->check(count);
  app.add_option_function<double>("--hold-timeout", Seconds(s.hold_timeout), "Seconds a request waits for a worker")
      ->envname("SPIKARD_HOLD_TIMEOUT")
      ->check(positive);
  app.add_option("--max-held", s.max_held, "Requests that wait for a worker at once")
      ->envname("SPIKARD_MAX_HELD")
      ->check(count);
  app.add_option("--max-held-bytes", s.max_held_bytes, "Bytes of the requests that wait for a worker")
      ->envname("SPIKARD_MAX_HELD_BYTES");
  app.add_option("--max-attempts", s.max_attempts, "Workers that may die of a request; 1: it is never handed out again")
      ->envname("SPIKARD_MAX_ATTEMPTS")
      ->check(CLI::Range(1u, 100u));
  app.add_option("--max-body-memory", s.max_body_memory, "Bytes of a body that is whole; a larger one lies in TMPDIR")
      ->envname("SPIKARD_MAX_BODY_MEMORY");
  app.add_option("--max-bodies-memory", s.max_bodies_memory, "Bytes of all bodies in memory while they come")
      ->envname("SPIKARD_MAX_BODIES_MEMORY");
  app.add_option("--log-level", s.log_level, "trace, debug, info, warning, error, critical or off")
      ->envname("SPIKARD_LOG_LEVEL");
  app.add_option("--listen-fd", s.listen_fd, "Descriptor of a socket that listens, instead of host and port");
  app.add_option("--ready-fd", s.ready_fd,
                 "Descriptor that is told in one line where the front end listens, or why not");
  app.add_option("--parent-pid", s.parent_pid, "Process whose end is the front end's end");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : Refuse(app, error);
  }
  if (s.listen_fd < 0) s.listen_fd = SocketOfActivation();
  return s;
}

}  // namespace spikard::config
