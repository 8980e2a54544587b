// The front end's process, seen from its parent: started, watched by a thread, started again when it dies.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"

namespace spikard::bindings {

class FrontEnd {
 public:
  // `command`: the binary and its arguments, without --port, --listen-fd, --ready-fd and --parent-pid. `listener`: a
  // socket that listens, from now on this object's, instead of host and port; -1 is none.
  FrontEnd(std::vector<std::string> command, std::string host, uint16_t port, int listener);
  // Kills the process if it still runs.
  ~FrontEnd();

  // Starts the process and waits until it listens. Throws std::runtime_error with the reason if it cannot.
  void Start();
  // After Start: where it listens.
  std::string host() const { return host_; }
  uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

  // Asks it to finish and leave; after that it is not started again.
  void Stop();
  void Kill();
  // Becomes readable when the process has ended for good.
  int Fileno() const { return ended_read_.get(); }
  // REQUIRES: Fileno is readable. The exit status, or minus the signal.
  int Status() const { return status_; }

 private:
  // Returns the line that the process writes once it listens or cannot; empty if it ended without one.
  std::string Spawn();
  // The watching thread: without the GIL, so that it works while Python does not.
  void Watch();
  int Reap();

  const std::vector<std::string> command_;
  const base::Descriptor listener_;
  std::string host_;
  uint16_t port_;

  std::mutex mutex_;  // pid_ and stopping_ change together: a signal must not hit a process that was reaped
  std::atomic<pid_t> pid_ = 0;
  bool stopping_ = false;

  base::Descriptor ended_read_;
  base::Descriptor ended_write_;
  std::atomic<int> status_ = 0;
  std::thread thread_;
};

}  // namespace spikard::bindings
