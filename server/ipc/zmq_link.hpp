// The data channel over ZeroMQ: a ROUTER on the loop. The only file, with its .cpp, that knows ZeroMQ.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "base/task.hpp"
#include "dispatch/link.hpp"

namespace spikard::ipc {

class ZmqLink final : public dispatch::Link {
 public:
  ZmqLink(base::Loop& loop, dispatch::BatchHandler on_batch);
  ~ZmqLink() override;

  // Binds, as in "ipc:///run/spikard/data.sock". Returns an empty string, or in one line why not.
  std::string Open(const std::string& endpoint);
  void Close();

  dispatch::SendResult Send(const dispatch::PeerAddress& peer, std::vector<protocol::Frame> frames) override;

 private:
  void Arm();
  // Takes what has come, up to a cap per turn; then waits for more. ZeroMQ's descriptor is edge-triggered and tells of
  // sends too, so after every operation the events have to be looked at again.
  void Drain();
  void DrainSoon();
  bool ReceiveOne();

  base::Loop& loop_;
  const dispatch::BatchHandler on_batch_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  boost::asio::posix::basic_stream_descriptor<base::Executor> descriptor_;
  bool armed_ = false;
  bool due_ = false;
  bool closed_ = true;
};

}  // namespace spikard::ipc
