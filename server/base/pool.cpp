#include "base/pool.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <system_error>

#include "base/log.hpp"

namespace spikard::base {
namespace {

int MakeEvent() {
  const int event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) throw std::system_error(errno, std::system_category(), "no descriptor for a pool");
  return event;
}

}  // namespace

Pool::Pool(Loop& loop, size_t threads) : wanted_(threads), told_(std::in_place, loop, MakeEvent()) {
  ::sem_init(&calls_, 0, 0);
}

Pool::~Pool() {
  Join();
  ::sem_destroy(&calls_);
}

void Pool::Join() {
  joined_ = true;
  for (size_t i = 0; i < threads_.size(); ++i) ::sem_post(&calls_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (Job* job = done_.Take(); job != nullptr;) {
    Job* next = job->next;
    // It lies in the coroutine that ends here.
    const Continuation dropped = job->Take();
    job = next;
  }
  told_.reset();
}

// With fewer threads than wanted, rather than not at all.
void Pool::Start() {
  if (!threads_.empty()) return;
  threads_.reserve(wanted_);
  try {
    while (threads_.size() < wanted_) threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error& error) {
    if (threads_.empty()) throw;
    spdlog::warn("{} of {} threads can be made: {}", threads_.size(), wanted_, error.what());
  }
}

void Pool::Add(Job& job) {
  added_.Push(job);
  ::sem_post(&calls_);
}

void Pool::Await(Job& job) {
  ++awaited_;
  Listen();
  Add(job);
}

void Pool::Work() {
  for (;;) {
    while (::sem_wait(&calls_) != 0) {
    }
    Job* job = Next();
    if (job == nullptr) return;
    if (job->Do()) End(*job);
  }
}

Pool::Job* Pool::Next() {
  const std::lock_guard lock(mutex_);
  if (due_ == nullptr) due_ = added_.Take();
  Job* job = due_;
  if (job != nullptr) due_ = job->next;
  return job;
}

void Pool::End(Job& job) {
  // Behind this it may be gone.
  const bool told = !done_.Push(job);
  if (told) return;
  constexpr uint64_t kOne = 1;
  while (::write(told_->native_handle(), &kOne, sizeof kOne) < 0 && errno == EINTR) {
  }
}

void Pool::Listen() {
  if (std::exchange(listening_, true)) return;
  told_->async_read_some(boost::asio::buffer(&count_, sizeof count_), [this](ErrorCode closed, size_t) {
    // Then the pool may be gone.
    if (closed) return;
    listening_ = false;
    GoOn();
  });
}

void Pool::GoOn() {
  for (Job* job = done_.Take(); job != nullptr;) {
    --awaited_;
    Job* next = job->next;
    Continuation waiter = job->Take();
    waiter();
    job = next;
  }
  // Not for ever: a loop ends that waits for nothing.
  if (awaited_ > 0) Listen();
}

bool Pool::Stack::Push(Job& job) {
  Job* last = last_.load(std::memory_order_relaxed);
  do {
    job.next = last;
  } while (!last_.compare_exchange_weak(last, &job, std::memory_order_release, std::memory_order_relaxed));
  return last == nullptr;
}

Pool::Job* Pool::Stack::Take() {
  Job* rest = last_.exchange(nullptr, std::memory_order_acquire);
  Job* first = nullptr;
  while (rest != nullptr) {
    Job* next = std::exchange(rest->next, first);
    first = rest;
    rest = next;
  }
  return first;
}

}  // namespace spikard::base
