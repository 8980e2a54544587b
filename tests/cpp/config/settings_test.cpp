#include "config/settings.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <vector>

namespace spikard::config {
namespace {

using std::chrono::milliseconds;

// The variables of one test, gone at its end.
class Variables {
 public:
  void Set(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    names_.push_back(name);
  }
  ~Variables() {
    for (const std::string& name : names_) ::unsetenv(name.c_str());
  }

 private:
  std::vector<std::string> names_;
};

struct Outcome {
  std::optional<Settings> settings;
  int status = 0;
  std::string out;
  std::string err;
};

Outcome Parse(std::vector<std::string> flags, bool endpoint = true) {
  std::vector<const char*> argv = {"spikard-server"};
  if (endpoint) flags.insert(flags.begin(), "--endpoint=/run/x");
  for (const std::string& flag : flags) argv.push_back(flag.c_str());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  auto parsed = ParseSettings(static_cast<int>(argv.size()), argv.data());
  Outcome outcome;
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  if (const int* status = std::get_if<int>(&parsed)) {
    outcome.status = *status;
  } else {
    outcome.settings = std::get<Settings>(std::move(parsed));
  }
  return outcome;
}

TEST(Settings, HaveDefaults) {
  const auto settings = Parse({}).settings;
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->host, "127.0.0.1");
  EXPECT_EQ(settings->port, 8000);
  EXPECT_EQ(settings->endpoint, "/run/x");
  EXPECT_EQ(settings->header_timeout, milliseconds(10'000));
  EXPECT_EQ(settings->body_timeout, milliseconds(30'000));
  EXPECT_EQ(settings->keep_alive, milliseconds(75'000));
  EXPECT_EQ(settings->max_connections, 10'000u);
  EXPECT_EQ(settings->lameduck, milliseconds(0));
  EXPECT_EQ(settings->hold_timeout, milliseconds(10'000));
  EXPECT_EQ(settings->max_held, 1'000u);
  EXPECT_EQ(settings->max_attempts, 3u);
  EXPECT_EQ(settings->ready_fd, -1);
  EXPECT_EQ(settings->parent_pid, 0);
}

// Every setting: flag, variable, a value, another one, how to read it.
struct Row {
  const char* flag;
  const char* variable;
  const char* value;
  const char* other;
  std::string (*read)(const Settings&);
};

std::string Text(milliseconds value) { return std::to_string(value.count()); }

const Row kRows[] = {
    {"--host", "SPIKARD_HOST", "0.0.0.0", "::1", [](const Settings& s) { return s.host; }},
    {"--port", "SPIKARD_PORT", "0", "65535", [](const Settings& s) { return std::to_string(s.port); }},
    {"--max-uri-length", "SPIKARD_MAX_URI_LENGTH", "1", "1000000",
     [](const Settings& s) { return std::to_string(s.max_uri_length); }},
    {"--max-header-size", "SPIKARD_MAX_HEADER_SIZE", "1", "4096",
     [](const Settings& s) { return std::to_string(s.max_header_size); }},
    {"--max-header-count", "SPIKARD_MAX_HEADER_COUNT", "1", "7",
     [](const Settings& s) { return std::to_string(s.max_header_count); }},
    {"--max-connections", "SPIKARD_MAX_CONNECTIONS", "1", "7",
     [](const Settings& s) { return std::to_string(s.max_connections); }},
    {"--max-held", "SPIKARD_MAX_HELD", "1", "7", [](const Settings& s) { return std::to_string(s.max_held); }},
    {"--max-held-bytes", "SPIKARD_MAX_HELD_BYTES", "1", "5000000000",
     [](const Settings& s) { return std::to_string(s.max_held_bytes); }},
    {"--max-attempts", "SPIKARD_MAX_ATTEMPTS", "1", "100",
     [](const Settings& s) { return std::to_string(s.max_attempts); }},
    {"--log-level", "SPIKARD_LOG_LEVEL", "debug", "off", [](const Settings& s) { return s.log_level; }},
};

const Row kTimes[] = {
    {"--header-timeout", "SPIKARD_HEADER_TIMEOUT", {}, {}, [](const Settings& s) { return Text(s.header_timeout); }},
    {"--body-timeout", "SPIKARD_BODY_TIMEOUT", {}, {}, [](const Settings& s) { return Text(s.body_timeout); }},
    {"--keep-alive", "SPIKARD_KEEP_ALIVE", {}, {}, [](const Settings& s) { return Text(s.keep_alive); }},
    {"--write-timeout", "SPIKARD_WRITE_TIMEOUT", {}, {}, [](const Settings& s) { return Text(s.write_timeout); }},
    {"--shutdown-timeout",
     "SPIKARD_SHUTDOWN_TIMEOUT",
     {},
     {},
     [](const Settings& s) { return Text(s.shutdown_timeout); }},
    {"--lameduck", "SPIKARD_LAMEDUCK", {}, {}, [](const Settings& s) { return Text(s.lameduck); }},
    {"--hold-timeout", "SPIKARD_HOLD_TIMEOUT", {}, {}, [](const Settings& s) { return Text(s.hold_timeout); }},
};

void ExpectPrecedence(const Row& row, const std::string& value, const std::string& other, const std::string& read_value,
                      const std::string& read_other) {
  Variables variables;
  const auto by_flag = Parse({std::string(row.flag) + "=" + value}).settings;
  ASSERT_TRUE(by_flag) << row.flag;
  EXPECT_EQ(row.read(*by_flag), read_value) << row.flag;
  variables.Set(row.variable, other);
  const auto by_variable = Parse({}).settings;
  ASSERT_TRUE(by_variable) << row.variable;
  EXPECT_EQ(row.read(*by_variable), read_other) << row.variable;
  const auto by_both = Parse({row.flag, value}).settings;
  ASSERT_TRUE(by_both) << row.flag;
  EXPECT_EQ(row.read(*by_both), read_value) << row.flag << " comes before the variable";
}

TEST(Settings, ComeByFlagBeforeVariable) {
  for (const Row& row : kRows) ExpectPrecedence(row, row.value, row.other, row.value, row.other);
}

TEST(Settings, ReadTimesInSeconds) {
  for (const Row& row : kTimes) ExpectPrecedence(row, "0.25", "86400", "250", "86400000");
}

TEST(Settings, RefuseBadValuesInOneLineAndByBothWays) {
  const std::pair<const char*, const char*> bad[] = {
      {"port", "65536"},
      {"port", "-1"},
      {"port", "http"},
      {"header-timeout", "0"},
      {"header-timeout", "x"},
      {"body-timeout", "-1"},
      {"keep-alive", "nan"},
      {"write-timeout", "1000000001"},
      {"hold-timeout", "inf"},
      {"max-held", "0"},
      {"max-held", "-5"},
      {"max-connections", "2000000"},
      {"max-uri-length", "x"},
      {"max-held-bytes", "x"},
      {"shutdown-timeout", "1 s"},
      {"max-header-count", "1.5"},
  };
  for (const auto& [name, value] : bad) {
    const Outcome by_flag = Parse({std::string("--") + name + "=" + value});
    EXPECT_FALSE(by_flag.settings) << name << "=" << value;
    EXPECT_NE(by_flag.status, 0) << name;
    EXPECT_NE(by_flag.err.find(name), std::string::npos) << by_flag.err;

    std::string variable = std::string("SPIKARD_") + name;
    for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    Variables variables;
    variables.Set(variable, value);
    const Outcome by_variable = Parse({});
    EXPECT_FALSE(by_variable.settings) << variable << "=" << value;
    EXPECT_NE(by_variable.status, 0) << variable;
    EXPECT_NE(by_variable.err.find(value), std::string::npos) << variable << ": " << by_variable.err;
  }
}

TEST(Settings, LetSomeTimesBeZero) {
  EXPECT_EQ(Parse({"--keep-alive=0"}).settings->keep_alive, milliseconds(0));
  EXPECT_EQ(Parse({"--shutdown-timeout=0"}).settings->shutdown_timeout, milliseconds(0));
}

TEST(Settings, RoundTimesToMilliseconds) {
  EXPECT_EQ(Parse({"--keep-alive=0.29"}).settings->keep_alive, milliseconds(290));
  EXPECT_EQ(Parse({"--keep-alive=1e3"}).settings->keep_alive, milliseconds(1'000'000));
}

TEST(Settings, TakeTheEndpointWithOrWithoutItsScheme) {
  EXPECT_EQ(Parse({"--endpoint", "ipc:///run/a"}, false).settings->endpoint, "/run/a");
  EXPECT_EQ(Parse({"--endpoint", "/run/a"}, false).settings->endpoint, "/run/a");
  Variables variables;
  variables.Set("SPIKARD_ENDPOINT", "ipc:///run/b");
  const auto by_variable = Parse({}, false).settings;
  ASSERT_TRUE(by_variable);
  EXPECT_EQ(by_variable->endpoint, "/run/b");
}

TEST(Settings, RefuseABadEndpoint) {
  const std::string longest = "/" + std::string(93, 'a');
  EXPECT_TRUE(Parse({"--endpoint=" + longest}, false).settings);
  const std::string bad[] = {"tcp://127.0.0.1:1", "run/a", "ipc://run/a", longest + "a"};
  for (const std::string& endpoint : bad) {
    const Outcome by_flag = Parse({"--endpoint=" + endpoint}, false);
    EXPECT_FALSE(by_flag.settings) << endpoint;
    EXPECT_NE(by_flag.err.find("must be a"), std::string::npos) << by_flag.err;
    Variables variables;
    variables.Set("SPIKARD_ENDPOINT", endpoint);
    EXPECT_FALSE(Parse({}, false).settings) << endpoint;
  }
  const Outcome missing = Parse({}, false);
  EXPECT_NE(missing.err.find("--endpoint is required"), std::string::npos) << missing.err;
}

TEST(Settings, RefuseWhatTheyDoNotKnow) {
  EXPECT_FALSE(Parse({"--hots=x"}).settings);
  EXPECT_FALSE(Parse({"extra"}).settings);
}

TEST(Settings, TellWhatIsWrongInOneLine) {
  Variables variables;
  variables.Set("SPIKARD_BODY_TIMEOUT", "soon");
  const std::string expected =
      "--body-timeout (SPIKARD_BODY_TIMEOUT): soon is not a number of seconds from 0.001 to 1000000000\n";
  const Outcome alone = Parse({});
  EXPECT_NE(alone.status, 0);
  EXPECT_EQ(alone.err, "spikard-server: " + expected);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Outcome of_a_parent = Parse({"--ready-fd=" + std::to_string(ends[1])});
  EXPECT_EQ(of_a_parent.err, "");
  std::string told(200, '\0');
  told.resize(static_cast<size_t>(::read(ends[0], told.data(), told.size())));
  EXPECT_EQ(told, expected);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Settings, ReadWhatTheParentSays) {
  const auto settings = Parse({"--ready-fd=5", "--parent-pid=77"}).settings;
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->ready_fd, 5);
  EXPECT_EQ(settings->parent_pid, 77);
}

TEST(Settings, TellHelpAndVersion) {
  const Outcome help = Parse({"--help"}, false);
  EXPECT_FALSE(help.settings);
  EXPECT_EQ(help.status, 0);
  for (const Row& row : kRows) {
    EXPECT_NE(help.out.find(row.flag), std::string::npos) << row.flag;
    EXPECT_NE(help.out.find(row.variable), std::string::npos) << row.variable;
  }
  const Outcome version = Parse({"--version"}, false);
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out, SPIKARD_VERSION "\n");
}

}  // namespace
}  // namespace spikard::config
