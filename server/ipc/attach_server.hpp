// The attach socket: where local workers come, and where their death is told at once.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/descriptor.hpp"
#include "base/task.hpp"
#include "dispatch/channel.hpp"

namespace spikard::ipc {

class AttachServer {
 public:
  AttachServer(base::Loop& loop, dispatch::Channel& channel);
  ~AttachServer();

  // Listens at `path`; those who attach are sent to `data_endpoint`. Returns an empty string, or in one line why not.
  std::string Open(const std::string& path, const std::string& data_endpoint);
  void Close();

 private:
  using Watched = boost::asio::posix::basic_stream_descriptor<base::Executor>;

  // One attached worker. The connection is watched for its end, the pidfd for the process's: a forked child may keep
  // the connection open, and a worker in another pid namespace has no pidfd that could be polled.
  struct Guest {
    explicit Guest(base::Loop& loop, int fd) : connection(loop, fd), process(loop), patience(loop) {}

    Watched connection;
    Watched process;
    base::Timer patience;
    std::string token;   // empty before Attach
    bool ended = false;  // its process
  };

  void Accept();
  void Listen(const std::shared_ptr<Guest>& guest);
  // Returns an empty string, or why the guest has to go; `ended`: because its connection is at its end.
  std::string_view OnPacket(const std::shared_ptr<Guest>& guest, bool* ended);
  void WatchProcess(const std::shared_ptr<Guest>& guest, base::Descriptor pidfd);
  // Its connection has ended, or its process.
  void DismissSoon(const std::shared_ptr<Guest>& guest, std::chrono::milliseconds patience, std::string_view cause);
  void Dismiss(const std::shared_ptr<Guest>& guest, std::string_view cause);
  // Null if nobody of that token is attached.
  std::shared_ptr<Guest> Find(const std::string& token) const;

  base::Loop& loop_;
  dispatch::Channel& channel_;
  Watched listener_;
  std::string data_endpoint_;
  std::unordered_map<Guest*, std::shared_ptr<Guest>> guests_;
};

}  // namespace spikard::ipc
