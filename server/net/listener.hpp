// The listening socket.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>

#include "base/task.hpp"

namespace spikard::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, base::Executor>;

class Listener {
 public:
  explicit Listener(base::Loop& loop);

  // Binds and listens. Returns an empty string, or in one line why not. `host` is an address or a name; `port` 0 picks
  // a free one.
  std::string Open(const std::string& host, uint16_t port);
  // The same with a socket that somebody else has bound and that listens: it is taken over.
  std::string Adopt(int fd);
  std::string Host() const;
  uint16_t Port() const;

  // Hands every accepted socket (non-blocking, TCP_NODELAY) to `session`, which returns at once. While `full` says so,
  // nothing is accepted: clients wait in the kernel's backlog. Returns after Close.
  base::Task<void> Accept(std::function<void(Socket)> session, std::function<bool()> full);
  void Close();

 private:
  base::Loop& loop_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, base::Executor> acceptor_;
  base::Timer pause_;
  bool closed_ = false;
};

}  // namespace spikard::net
