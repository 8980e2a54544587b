// A few threads for what would block the loop: it must work on values that nobody changes meanwhile. The loop never
// waits for them, not even for a lock: who holds it may wait for a processor, behind everybody.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/task.hpp"

namespace spikard::base {

class Pool {
  class Job;
  template <typename Work>
  class Posted;
  template <typename Work>
  class Running;

 public:
  // Throws std::system_error if there can be no descriptor.
  Pool(Loop& loop, size_t threads);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  // Waits for all that was begun, and drops who waits for it: before the loop ends that it would come back to. What is
  // begun afterwards is done at once.
  void Join();

  // Calls `work()` on one of the threads, which start with the first call; nobody waits for it. Throws
  // std::system_error if there can be no thread at all.
  // REQUIRES: on the loop, as for Run. `work` refers to nothing that may end before.
  template <typename Work>
  void Post(Work work) {
    if (joined_) return work();
    Start();
    // It owns itself while it lies in the list.
    Add(*std::make_unique<Posted<Work>>(std::move(work)).release());
  }

  // The same, to be awaited at once; goes on on the loop when it is done. What it throws is thrown there.
  // REQUIRES: what `work` refers to outlives the wait.
  template <typename Work>
  auto Run(Work work) {
    if (!joined_) Start();
    return Running<Work>(*this, std::move(work));
  }

 private:
  // One in a list at a time: of those to do, or of those that are done.
  class Job {
   public:
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    // Returns whether somebody waits for it; else it is gone.
    virtual bool Do() noexcept = 0;
    // Who waits.
    virtual Continuation Take() { return {}; }
    Job* next = nullptr;

   protected:
    ~Job() = default;
  };

  template <typename Work>
  class Posted final : public Job {
   public:
    explicit Posted(Work work) : work_(std::move(work)) {}
    bool Do() noexcept override {
      const std::unique_ptr<Posted> self(this);
      work_();
      return false;
    }

   private:
    Work work_;
  };

  template <typename Work>
  class Running final : public Job {
   public:
    Running(Pool& pool, Work work) : pool_(pool), work_(std::move(work)) {}
    bool await_ready() noexcept { return pool_.joined_ && Do(); }
    template <std::derived_from<Promise> P>
    void await_suspend(std::coroutine_handle<P> waiter) noexcept {
      waiter_ = Continuation(waiter.promise());
      pool_.Await(*this);
    }
    void await_resume() const {
      if (failure_) std::rethrow_exception(failure_);
    }

    bool Do() noexcept override {
      try {
        work_();
      } catch (...) {
        failure_ = std::current_exception();
      }
      return true;
    }
    Continuation Take() override { return std::move(waiter_); }

   private:
    Pool& pool_;
    Work work_;
    Continuation waiter_;
    std::exception_ptr failure_;
  };

  // Whoever takes one takes all.
  class Stack {
   public:
    // Returns whether it was empty.
    bool Push(Job& job);
    // A list of them, in the order in which they were pushed.
    Job* Take();

   private:
    std::atomic<Job*> last_ = nullptr;
  };

  void Start();
  void Add(Job& job);
  void Await(Job& job);
  // The threads.
  void Work();
  Job* Next();
  void End(Job& job);
  // The loop, which is told that something is done.
  void Listen();
  void GoOn();

  const size_t wanted_;
  std::vector<std::thread> threads_;
  bool joined_ = false;
  sem_t calls_;  // one for each job, and at the end for each thread
  Stack added_;
  std::mutex mutex_;  // of the threads: the first of these is done next
  Job* due_ = nullptr;
  Stack done_;
  std::optional<boost::asio::posix::basic_stream_descriptor<Executor>> told_;  // until Join: the loop's
  uint64_t count_ = 0;  // what is read from it, and means nothing
  size_t awaited_ = 0;
  bool listening_ = false;
};

}  // namespace spikard::base
