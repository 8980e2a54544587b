// The composition root: builds the rooms in order, starts them, and ends them.
#pragma once

#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "base/spare_memory.hpp"
#include "base/task.hpp"
#include "config/settings.hpp"
#include "dispatch/channel.hpp"
#include "dispatch/lameduck.hpp"
#include "http/sessions.hpp"
#include "ipc/attach_server.hpp"
#include "ipc/endpoint.hpp"
#include "ipc/zmq_link.hpp"
#include "net/listener.hpp"
#include "route/active.hpp"
#include "stage/pipeline.hpp"

namespace spikard {

class Server {
 public:
  explicit Server(config::Settings settings);

  // Serves until it is told to stop. Returns the process's exit status.
  int Run();

 private:
  // Returns an empty string, or in one line why the front end cannot start.
  std::string Open();
  // Tells whoever started the front end: "listening HOST PORT", or in one line why not.
  void Announce(std::string line);
  // No more connections now.
  bool Full() const;
  stage::Load LoadNow() const;
  void WatchSignals();
  void WatchParent();

  // The end, in this order: readiness is denied; for the time of the lameduck everything is answered; no new
  // connections; those that are there finish; workers finish; the loop ends.
  void Stop();
  // The same without a lameduck.
  void Drain();
  // Whatever is not finished by then is cut off.
  void CutOffAfter(std::chrono::milliseconds limit);
  void CutOff();
  void Leave();

  const config::Settings settings_;
  // Only this thread uses what waits on it; others may post.
  base::Loop loop_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  base::SpareMemory spare_memory_{loop_};
  ipc::EndpointDirectory endpoint_;
  route::Active active_;
  // What else clients may use up: descriptors of connections and bodies together.
  const size_t max_descriptors_;
  const std::shared_ptr<base::Spools> spools_;
  dispatch::Channel channel_;
  ipc::ZmqLink link_;
  ipc::AttachServer attach_;
  stage::Pipeline pipeline_;
  http::Sessions sessions_;
  dispatch::Lameduck lameduck_;
  net::Listener listener_;
  boost::asio::basic_signal_set<base::Executor> signals_;
  boost::asio::posix::basic_stream_descriptor<base::Executor> parent_;
  base::Timer patience_;
  bool stopping_ = false;
  bool draining_ = false;
};

}  // namespace spikard
