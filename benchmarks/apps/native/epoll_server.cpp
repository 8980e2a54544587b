// What the kernel alone costs: one thread, one epoll loop, no parser; a request ends at its empty line, the answer is
// fixed.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 19\r\n\r\n{\"message\":\"Hello\"}";
constexpr std::string_view kEnd = "\r\n\r\n";
constexpr int kEvents = 64;
constexpr std::size_t kBuffer = 4096;

int Listen(unsigned short port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::exit(1);
  if (listen(listener, SOMAXCONN) != 0) std::exit(1);
  return listener;
}

void Watch(int poll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

// A client here sends one small request and waits: it comes whole, and the answer goes whole.
void Answer(int client) {
  std::array<char, kBuffer> buffer;
  const ssize_t length = recv(client, buffer.data(), buffer.size(), 0);
  const bool whole = length > 0 && std::string_view(buffer.data(), static_cast<std::size_t>(length)).ends_with(kEnd);
  if (!whole || send(client, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) < 0) close(client);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int listener = Listen(static_cast<unsigned short>(std::atoi(argv[1])));
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  Watch(poll, listener);
  std::array<epoll_event, kEvents> events;
  while (true) {
    const int ready = epoll_wait(poll, events.data(), kEvents, -1);
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor != listener) {
        Answer(descriptor);
        continue;
      }
      const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      const int yes = 1;
      setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      if (client >= 0) Watch(poll, client);
    }
  }
}
