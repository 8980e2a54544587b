#include "net/listener.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "base/operation.hpp"

namespace spikard::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;

namespace {
constexpr int kBacklog = 4096;
// Between two looks at whether there is room for connections or descriptors again.
constexpr auto kPause = std::chrono::milliseconds(20);
// Bytes that the kernel takes before it sends them.
constexpr int kMaxUnsent = 256 * 1024;
using UnsentLimit = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
}  // namespace

Listener::Listener(base::Loop& loop) : loop_(loop), acceptor_(loop), pause_(loop) {}

std::string Listener::Open(const std::string& host, uint16_t port) {
  ErrorCode error;
  tcp::resolver resolver(loop_);
  const auto flags = tcp::resolver::passive | tcp::resolver::numeric_service;
  const auto found = resolver.resolve(host, std::to_string(port), flags, error);
  const std::string name = host + ":" + std::to_string(port);
  if (error || found.empty()) return "cannot listen on " + name + ": unknown host";
  const tcp::endpoint endpoint = *found.begin();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) return {};
  ErrorCode ignored;
  acceptor_.close(ignored);
  if (error == asio::error::address_in_use) return "cannot listen on " + name + ": the port is in use";
  if (error == asio::error::access_denied) return "cannot listen on " + name + ": permission denied";
  return "cannot listen on " + name + ": " + error.message();
}

std::string Listener::Adopt(int fd) {
  const auto failed = [fd](const char* why) {
    return "cannot listen on descriptor " + std::to_string(fd) + ": " + why;
  };
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  int listens = 0;
  socklen_t listens_size = sizeof listens;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_size) != 0) {
    return failed(std::strerror(errno));
  }
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return failed("it is no TCP socket");
  if (listens == 0) return failed("it does not listen");
  ErrorCode error;
  acceptor_.assign(address.ss_family == AF_INET ? tcp::v4() : tcp::v6(), fd, error);
  if (!error) acceptor_.non_blocking(true, error);
  return error ? failed(error.message().c_str()) : std::string();
}

std::string Listener::Host() const {
  ErrorCode ignored;
  return acceptor_.local_endpoint(ignored).address().to_string();
}

uint16_t Listener::Port() const {
  ErrorCode ignored;
  return acceptor_.local_endpoint(ignored).port();
}

base::Task<void> Listener::Accept(std::function<void(Socket)> session, std::function<bool()> full) {
  bool warned = false;
  while (!closed_) {
    if (full()) {
      pause_.expires_after(kPause);
      co_await pause_.async_wait(base::kUseTuple);
      continue;
    }
    auto [error, socket] = co_await acceptor_.async_accept(base::kUseTuple);
    if (error == asio::error::operation_aborted || closed_) break;
    if (error) {
      // Out of descriptors or memory, or the client is gone again: wait instead of spinning on it.
      if (!std::exchange(warned, true)) spdlog::warn("cannot accept connections: {}", error.message());
      pause_.expires_after(kPause);
      co_await pause_.async_wait(base::kUseTuple);
      continue;
    }
    warned = false;
    ErrorCode failed;
    socket.non_blocking(true, failed);
    if (!failed) socket.set_option(tcp::no_delay(true), failed);
    // Or the kernel would take megabytes for each client that reads slowly.
    ErrorCode ignored;
    socket.set_option(UnsentLimit(kMaxUnsent), ignored);
    if (failed) continue;
    try {
      session(std::move(socket));
    } catch (const std::exception& broken) {
      spdlog::error("a connection is given up: {}", broken.what());
    }
  }
}

void Listener::Close() {
  closed_ = true;
  ErrorCode ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace spikard::net
