#include "dispatch/incident.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace spikard::dispatch {
namespace {

TEST(Incident, IsOneLineOfJson) {
  Incident incident;
  incident.event = "worker_lost";
  incident.id = "0123";
  incident.cause = "its process has \"ended\"";
  incident.pid = 42;
  incident.generation = 7;
  EXPECT_EQ(incident.Json(),
            R"({"event":"worker_lost","incident":"0123","cause":"its process has \"ended\"","pid":42,"generation":7,)"
            R"("exchanges":[]})");
  incident.end = {true, 11, -1};
  incident.memory = 4096;
  incident.exchanges.push_back({"begun", true, "r1", "GET", "/a/{b}", std::chrono::milliseconds(5), "repeated"});
  incident.exchanges.push_back({"offered", false, "r2", "POST", "/", std::chrono::milliseconds(6), "held"});
  EXPECT_EQ(
      incident.Json(),
      R"({"event":"worker_lost","incident":"0123","cause":"its process has \"ended\"","pid":42,"generation":7,)"
      R"("signal":11,"memory":4096,"exchanges":[)"
      R"({"request_id":"r1","method":"GET","route":"/a/{b}","state":"begun","running":true,"age_ms":5,"outcome":"repeated"},)"
      R"({"request_id":"r2","method":"POST","route":"/","state":"offered","age_ms":6,"outcome":"held"}]})");
}

TEST(Incident, TellsTheStackLineByLine) {
  Incident incident;
  incident.event = "worker_silent";
  incident.exchanges.push_back({"", true, "r1", "GET", "/", std::chrono::milliseconds(5), ""});
  incident.stack =
      "Stack (most recent call first):\n  File \"/a/server.py\", line 21 in handle\n\n  File \"cut\", li\n\xff\n";
  EXPECT_EQ(incident.Json(),
            R"({"event":"worker_silent","cause":"","pid":0,"generation":0,)"
            R"("exchanges":[{"request_id":"r1","method":"GET","route":"/","running":true,"age_ms":5}],)"
            R"("stack":["Stack (most recent call first):","/a/server.py:21 in handle","  File \"cut\", li","?"]})");
  incident.stack = std::string(10'000, 'x') + '\n';
  for (int i = 0; i < 1'000; ++i) incident.stack += "line\n";
  EXPECT_LT(incident.Json().size(), 200 + Incident::kMaxStackLine + 10 * Incident::kMaxStackLines);
}

TEST(Incident, ListsOnlySoMany) {
  Incident incident;
  incident.exchanges.resize(Incident::kMaxListed + 7);
  EXPECT_NE(incident.Json().find("],\"more\":7}"), std::string::npos);
}

TEST(Incident, KnowsWhoDiesOfItself) {
  EXPECT_TRUE((ProcessEnd{true, SIGSEGV, -1}.ByItself()));
  EXPECT_TRUE((ProcessEnd{true, 0, 0}.ByItself()));
  EXPECT_FALSE((ProcessEnd{true, SIGKILL, -1}.ByItself()));
  EXPECT_FALSE((ProcessEnd{true, SIGTERM, -1}.ByItself()));
  EXPECT_FALSE((ProcessEnd{true, 0, -1}.ByItself())) << "nothing is known";
}

}  // namespace
}  // namespace spikard::dispatch
