#include "ipc/zmq_link.hpp"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "base/log.hpp"

namespace spikard::ipc {

using dispatch::SendResult;

namespace {
// Batches taken in one turn of the loop, so that clients get their share of it.
constexpr int kBatchesPerTurn = 16;
// A safety net only: exchanges in flight are bounded by slots.
constexpr int kHighWaterMark = 100'000;
// Milliseconds for what was sent to leave. Not 0: libzmq 4.3.5 ends the process if a connection breaks in the middle of
// a message whose socket was closed without patience (its issue 3442).
constexpr int kLinger = 100;
constexpr int64_t kMaxMessage = 256 * 1024 * 1024;

// Gives up the frame's owner once ZeroMQ has sent the bytes, on its own thread: owners are counted atomically.
void ReleaseOwner(void*, void* hint) { delete static_cast<std::shared_ptr<const void>*>(hint); }
}  // namespace

ZmqLink::ZmqLink(base::Loop& loop, dispatch::BatchHandler on_batch)
    : loop_(loop), on_batch_(std::move(on_batch)), context_(1), descriptor_(loop) {}

ZmqLink::~ZmqLink() { Close(); }

std::string ZmqLink::Open(const std::string& endpoint) {
  try {
    socket_ = zmq::socket_t(context_, zmq::socket_type::router);
    socket_.set(zmq::sockopt::linger, kLinger);
    socket_.set(zmq::sockopt::router_mandatory, true);
    socket_.set(zmq::sockopt::sndhwm, kHighWaterMark);
    socket_.set(zmq::sockopt::rcvhwm, kHighWaterMark);
    socket_.set(zmq::sockopt::maxmsgsize, kMaxMessage);
    socket_.bind(endpoint);
    descriptor_.assign(socket_.get(zmq::sockopt::fd));
  } catch (const zmq::error_t& error) {
    return "cannot open the channel at " + endpoint + ": " + error.what();
  }
  closed_ = false;
  DrainSoon();
  return {};
}

void ZmqLink::Close() {
  if (std::exchange(closed_, true)) return;
  // The descriptor is ZeroMQ's to close.
  base::ErrorCode ignored;
  descriptor_.cancel(ignored);
  descriptor_.release();
  socket_.close();
}

SendResult ZmqLink::Send(const dispatch::PeerAddress& peer, std::vector<protocol::Frame> frames) {
  if (closed_) return SendResult::kUnreachable;
  // Also where it fails: it may have taken notice of a batch that has come, and the descriptor tells of each only once.
  DrainSoon();
  try {
    if (!socket_.send(zmq::buffer(peer), zmq::send_flags::sndmore | zmq::send_flags::dontwait))
      return SendResult::kFull;
    for (size_t i = 0; i < frames.size(); ++i) {
      auto owner = std::make_unique<std::shared_ptr<const void>>(std::move(frames[i].owner));
      const std::string_view bytes = frames[i].bytes;
      // ZeroMQ takes a mutable pointer and does not write through it.
      zmq::message_t message(const_cast<char*>(bytes.data()), bytes.size(), ReleaseOwner, owner.release());
      const bool more = i + 1 < frames.size();
      socket_.send(std::move(message), more ? zmq::send_flags::sndmore : zmq::send_flags::dontwait);
    }
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return SendResult::kUnreachable;
    spdlog::error("channel: {}", error.what());
    return SendResult::kUnreachable;
  }
  return SendResult::kSent;
}

void ZmqLink::DrainSoon() {
  if (std::exchange(due_, true)) return;
  boost::asio::post(loop_, [this] {
    due_ = false;
    Drain();
  });
}

void ZmqLink::Drain() {
  if (closed_) return;
  for (int taken = 0; ReceiveOne(); ++taken) {
    if (closed_) return;
    if (taken + 1 == kBatchesPerTurn) return DrainSoon();
  }
  if (!closed_) Arm();
}

void ZmqLink::Arm() {
  if (std::exchange(armed_, true)) return;
  descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](base::ErrorCode cancelled) {
    // Cancelled by Close, after which the link may be gone.
    if (cancelled) return;
    armed_ = false;
    Drain();
  });
}

bool ZmqLink::ReceiveOne() {
  try {
    zmq::message_t from;
    if (!socket_.recv(from, zmq::recv_flags::dontwait)) return false;
    std::vector<protocol::Frame> frames;
    while (socket_.get(zmq::sockopt::rcvmore)) {
      auto part = std::make_shared<zmq::message_t>();
      if (!socket_.recv(*part, zmq::recv_flags::dontwait)) break;  // the parts of a message come together
      frames.push_back({{part->data<char>(), part->size()}, part});
    }
    on_batch_(dispatch::PeerAddress(from.data<char>(), from.size()), std::move(frames));
    return true;
  } catch (const zmq::error_t& error) {
    spdlog::error("channel: {}", error.what());
    return false;
  }
}

}  // namespace spikard::ipc
