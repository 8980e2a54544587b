// Deadlines of many connections at the cost of one timer: each holds a time, a sweep looks at all of them.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>

#include "base/task.hpp"
#include "net/clock.hpp"

namespace spikard::net {

class Deadlines;

// Something with one deadline at a time. It is late by up to one sweep and what the clock is coarse, never early.
class Deadline : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Deadline() = default;

  void Expire(TimePoint at) { at_ = at; }
  void Never() { at_ = TimePoint::max(); }

 protected:
  // Called once per deadline, from the loop. It must destroy no other Deadline.
  virtual void OnDeadline() = 0;

 private:
  friend class Deadlines;
  TimePoint at_ = TimePoint::max();
};

class Deadlines {
 public:
  explicit Deadlines(base::Loop& loop);

  void Add(Deadline& deadline) { list_.push_back(deadline); }

  void Start();
  void Stop();

 private:
  void Sweep();

  static constexpr auto kInterval = std::chrono::milliseconds(100);

  base::Timer timer_;
  boost::intrusive::list<Deadline, boost::intrusive::constant_time_size<false>> list_;
};

}  // namespace spikard::net
