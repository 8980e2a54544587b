#include "server.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdio>
#include <limits>
#include <utility>

#include "base/log.hpp"
#include "base/ready.hpp"

namespace spikard {

namespace asio = boost::asio;
using base::ErrorCode;

namespace {

constexpr int kCannotStart = 3;
constexpr std::chrono::milliseconds kOrphanTime{5'000};
// Descriptors that clients never get, or half of what there is: workers attach and the log is written while all others
// are taken.
constexpr rlim_t kReservedDescriptors = 128;

// Raises the soft limit to the hard one. Returns how many descriptors that leaves to clients.
size_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kReservedDescriptors;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t left = limit.rlim_cur - std::min(kReservedDescriptors, limit.rlim_cur / 2);
  return std::min<size_t>(left, std::numeric_limits<int>::max());
}

dispatch::DispatchLimits LimitsOf(const config::Settings& s) {
  dispatch::DispatchLimits limits{s.hold_timeout, s.max_held, s.max_held_bytes};
  limits.max_losses = static_cast<uint8_t>(s.max_attempts);
  if (s.max_attempts == 1) limits.max_offers = 1;
  return limits;
}

http::SessionConfig SessionConfigOf(const config::Settings& s) {
  return {{s.max_uri_length, s.max_header_size, s.max_header_count},
          s.header_timeout,
          s.body_timeout,
          s.keep_alive,
          s.write_timeout};
}

}  // namespace

Server::Server(config::Settings settings)
    : settings_(std::move(settings)),
      active_(settings_.max_held),
      max_descriptors_(RaiseDescriptorLimit()),
      spools_(std::make_shared<base::Spools>(
          loop_, base::Spools::Limits{settings_.max_body_memory, settings_.max_bodies_memory,
                                      static_cast<int>(max_descriptors_)})),
      channel_(loop_, active_, LimitsOf(settings_)),
      link_(loop_, [this](const auto& from, auto frames) { channel_.OnBatch(from, std::move(frames)); }),
      attach_(loop_, channel_),
      pipeline_(loop_, active_, settings_.hold_timeout, spools_,
                {[this] { return channel_.Ready() && !lameduck_.Begun(); }, [this] { return LoadNow(); }},
                [this](http::Exchange& x) { return channel_.HandOver(x); }),
      sessions_(loop_, SessionConfigOf(settings_),
                {[this](http::Exchange& x) { return pipeline_.Answer(x); },
                 [this](http::Exchange& x, http::Fault fault) { pipeline_.Refuse(x, fault); }}),
      lameduck_(loop_, settings_.lameduck, [this](bool close) { sessions_.CloseAfterAnswers(close); }),
      listener_(loop_),
      signals_(loop_),
      parent_(loop_),
      patience_(loop_) {
  channel_.Connect(link_);
  // Only until this front end is told to stop itself: then the workers go when the clients have gone.
  channel_.OnOutlook({.last_leaves =
                          [this] {
                            if (!stopping_) lameduck_.Begin([this] { channel_.LetLeave(); });
                          },
                      .ready =
                          [this] {
                            if (stopping_ || !lameduck_.Begun()) return;
                            lameduck_.End();
                            channel_.LetLeave();
                          }});
}

int Server::Run() {
  // Before there is a directory to leave behind.
  WatchSignals();
  if (const std::string refusal = Open(); !refusal.empty()) {
    if (settings_.ready_fd < 0) std::fprintf(stderr, "spikard-server: %s\n", refusal.c_str());
    Announce(refusal);
    return kCannotStart;
  }
  WatchParent();
  base::Spawn(
      listener_.Accept([this](net::Socket socket) { sessions_.Start(std::move(socket)); }, [this] { return Full(); }));
  spdlog::debug("listening on {}:{}", listener_.Host(), listener_.Port());
  Announce("listening " + listener_.Host() + " " + std::to_string(listener_.Port()));
  spare_memory_.Watch();
  loop_.run();
  // What is still being written would come back to a loop that is no more.
  spools_->disk().Join();
  return 0;
}

std::string Server::Open() {
  // The address first: a port in use must leave nothing behind.
  const bool activated = settings_.listen_fd >= 0;
  std::string refusal =
      activated ? listener_.Adopt(settings_.listen_fd) : listener_.Open(settings_.host, settings_.port);
  if (!refusal.empty()) return refusal;
  if (refusal = endpoint_.Open(settings_.endpoint, settings_.parent_pid != 0); !refusal.empty()) return refusal;
  const std::string data = "ipc://" + endpoint_.DataPath();
  if (refusal = link_.Open(data); !refusal.empty()) return refusal;
  return attach_.Open(endpoint_.AttachPath(), data);
}

void Server::Announce(std::string line) {
  if (settings_.ready_fd < 0) return;
  line += '\n';
  if (::write(settings_.ready_fd, line.data(), line.size()) < 0) spdlog::warn("nobody reads the ready descriptor");
  ::close(settings_.ready_fd);
}

bool Server::Full() const {
  const size_t connections = sessions_.Count();
  return connections >= settings_.max_connections || connections + spools_->Count() >= max_descriptors_;
}

stage::Load Server::LoadNow() const {
  stage::Load load = channel_.Load();
  load.connections = sessions_.Count();
  return load;
}

void Server::WatchSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on the size of files is an error of the write.
  std::signal(SIGXFSZ, SIG_IGN);
  signals_.add(SIGTERM);
  // A terminal sends Ctrl+C to all processes, and tells all that it is closed. The parent turns the one into an orderly
  // end; of the other it dies, and then there is something to remove.
  if (settings_.parent_pid != 0) {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
  } else {
    signals_.add(SIGINT);
  }
  signals_.async_wait([this](ErrorCode cancelled, int) {
    if (!cancelled) Stop();
  });
}

void Server::WatchParent() {
  if (settings_.parent_pid == 0) return;
  const auto orphaned = [this] {
    spdlog::error("the parent process is gone");
    stopping_ = true;
    CutOffAfter(kOrphanTime);
    Drain();
    // Behind it, so that what is answered now closes its connection.
    channel_.Abandon();
  };
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, settings_.parent_pid, 0));
  // Gone before it could be watched.
  if (fd < 0 || ::getppid() != settings_.parent_pid) return asio::post(loop_, orphaned);
  parent_.assign(fd);
  base::WhenReadable(parent_, orphaned);
}

void Server::Stop() {
  if (std::exchange(stopping_, true)) return;
  CutOffAfter(settings_.lameduck + settings_.shutdown_timeout);
  lameduck_.Begin([this] { Drain(); });
}

void Server::CutOffAfter(std::chrono::milliseconds limit) {
  patience_.expires_after(limit);
  patience_.async_wait([this](ErrorCode cancelled) {
    if (!cancelled) CutOff();
  });
}

void Server::Drain() {
  if (std::exchange(draining_, true)) return;
  listener_.Close();
  const auto drain_workers = [this] { channel_.Drain([this] { Leave(); }); };
  sessions_.Drain();
  if (sessions_.Count() == 0) return drain_workers();
  sessions_.OnEmpty(drain_workers);
}

void Server::CutOff() {
  if (const size_t left = sessions_.Count(); left > 0) {
    spdlog::warn("{} connections have not come to an end in time, and are cut off", left);
  }
  // No coroutine may be left when the rooms go: all are woken, and find their connection closed.
  sessions_.OnEmpty([this] { Leave(); });
  sessions_.Abort();
  channel_.Abandon();
  active_.Set(active_.Get());
  if (sessions_.Count() == 0) Leave();
}

void Server::Leave() {
  // From the loop, not from inside whatever has noticed the end.
  asio::post(loop_, [this] {
    attach_.Close();
    link_.Close();
    loop_.stop();
  });
}

}  // namespace spikard
