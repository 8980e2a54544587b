// A load that does not wait: requests fall due by a clock (exponential gaps, a fixed seed), go out on a connection that
// is idle, and are timed from when they were due, also where they had to wait for one. One thread.
//
//   open_loop PORT PATH CONNECTIONS RATE SECONDS
//
// Prints: answers, errors, nanoseconds it took, and the 50th, 99th and 99.9th percentile in microseconds.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

constexpr int kEvents = 64;
constexpr auto kPatience = std::chrono::seconds(2);
constexpr unsigned kSeed = 1;

struct Connection {
  int descriptor = -1;
  bool busy = false;
  Time due;
  std::string received;
};

int Connect(unsigned short port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::exit(1);
  const int yes = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return descriptor;
}

// The whole length of the answer that `text` begins with; 0: its head is not whole.
std::size_t Length(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  std::string head(text.substr(0, end));
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::size_t field = head.find("\r\ncontent-length:");
  const std::size_t body = field == std::string::npos ? 0 : std::strtoul(head.c_str() + field + 17, nullptr, 10);
  return end + 4 + body;
}

class OpenLoop {
 public:
  OpenLoop(unsigned short port, std::string_view path, std::size_t connections, double rate)
      : port_(port),
        request_("GET " + std::string(path) + " HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        gap_(rate),
        connections_(connections) {
    for (Connection& connection : connections_) Open(connection);
  }

  void Run(std::chrono::seconds seconds) {
    const Time start = Clock::now();
    const Time end = start + seconds;
    Time next = start;
    while (true) {
      const Time now = Clock::now();
      for (; next <= now && next < end; next += Gap()) due_.push_back(next);
      while (!due_.empty() && !idle_.empty()) Send();
      const bool over = next >= end;
      const bool done = due_.empty() && idle_.size() == connections_.size();
      if (over && (done || now > end + kPatience)) break;
      Wait(over ? end + kPatience : next);
    }
    errors_ += due_.size() + connections_.size() - idle_.size();
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(seconds);
    std::cout << times_.size() << ' ' << errors_ << ' ' << took.count();
    std::sort(times_.begin(), times_.end());
    for (const double part : {0.5, 0.99, 0.999}) {
      const auto place = static_cast<std::size_t>(part * static_cast<double>(times_.size()));
      std::cout << ' ' << (times_.empty() ? 0 : times_[std::min(place, times_.size() - 1)]);
    }
    std::cout << '\n';
  }

 private:
  Clock::duration Gap() {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(gap_(random_)));
  }

  void Send() {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    connection.busy = true;
    connection.due = due_.front();
    due_.pop_front();
    connection.received.clear();
    if (send(connection.descriptor, request_.data(), request_.size(), MSG_NOSIGNAL) < 0) Lose(connection);
  }

  void Open(Connection& connection) {
    connection.descriptor = Connect(port_);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.descriptor, &event);
    Rest(connection);
  }

  void Rest(Connection& connection) {
    connection.busy = false;
    idle_.push_back(&connection);
  }

  // Ended by the server: what was asked on it is lost, another takes its place.
  void Lose(Connection& connection) {
    close(connection.descriptor);
    ++errors_;
    if (!connection.busy) std::erase(idle_, &connection);
    Open(connection);
  }

  void Wait(Time until) {
    const auto left = std::max(Clock::duration::zero(), until - Clock::now());
    const timespec timeout{std::chrono::duration_cast<std::chrono::seconds>(left).count(),
                           (left % std::chrono::seconds(1)).count()};
    std::array<epoll_event, kEvents> events;
    const int ready = epoll_pwait2(poll_, events.data(), kEvents, &timeout, nullptr);
    for (int i = 0; i < ready; ++i) {
      Receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
  }

  void Receive(Connection& connection) {
    std::array<char, 4096> buffer;
    const ssize_t length = recv(connection.descriptor, buffer.data(), buffer.size(), 0);
    if (length <= 0) return Lose(connection);
    connection.received.append(buffer.data(), static_cast<std::size_t>(length));
    const std::size_t whole = Length(connection.received);
    if (whole == 0 || connection.received.size() < whole) return;
    if (!connection.received.starts_with("HTTP/1.1 200 ")) ++errors_;
    times_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - connection.due).count());
    Rest(connection);
  }

  const unsigned short port_;
  const std::string request_;
  std::mt19937 random_{kSeed};
  std::exponential_distribution<double> gap_;
  const int poll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::deque<Time> due_;
  std::vector<long> times_;
  std::size_t errors_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  OpenLoop load(static_cast<unsigned short>(std::atoi(argv[1])), argv[2], static_cast<std::size_t>(std::atoi(argv[3])),
                std::atof(argv[4]));
  load.Run(std::chrono::seconds(std::atoi(argv[5])));
}
