#include "ipc/attach_server.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.hpp"
#include "base/ready.hpp"
#include "ipc/packet.hpp"
#include "ipc/process_end.hpp"
#include "protocol/codec.hpp"

namespace spikard::ipc {

namespace posix = boost::asio::posix;
using base::Descriptor;
using base::ErrorCode;

namespace {

using std::chrono::milliseconds;
// A process that ends closes its connections first: what its pidfd tells says more than their end.
constexpr milliseconds kProcessEnds{500};
// The process may be the parent as well, which is told by another descriptor, and changes what clients are answered.
constexpr milliseconds kParentEnds{5};

// The directory keeps others out only if it was made for this front end.
bool IsOfThisUser(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == ::geteuid() || peer.uid == 0);
}

}  // namespace

AttachServer::AttachServer(base::Loop& loop, dispatch::Channel& channel)
    : loop_(loop), channel_(channel), listener_(loop) {
  channel_.OnDistrust([this](const std::string& token) {
    if (const auto guest = Find(token)) Dismiss(guest, "it is not trusted");
  });
  channel_.OnOrder([this](const std::string& token, const protocol::Payload& order) {
    // One that does not get it will not be asked again before it is silent once more.
    if (const auto guest = Find(token)) SendPacket(guest->connection.native_handle(), protocol::EncodeControl(order));
  });
}

AttachServer::~AttachServer() { Close(); }

std::string AttachServer::Open(const std::string& path, const std::string& data_endpoint) {
  const auto failed = [&] { return "cannot listen at " + path + ": " + std::strerror(errno); };
  data_endpoint_ = data_endpoint;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return "cannot listen at " + path + ": the path is too long";
  path.copy(address.sun_path, path.size());
  Descriptor fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return failed();
  // What a front end that was killed has left behind.
  ::unlink(path.c_str());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return failed();
  if (::listen(fd.get(), 64) != 0) return failed();
  listener_.assign(fd.Release());
  Accept();
  return {};
}

void AttachServer::Close() {
  ErrorCode ignored;
  listener_.close(ignored);
  for (auto& [key, guest] : std::exchange(guests_, {})) {
    guest->connection.close(ignored);
    guest->process.close(ignored);
    guest->patience.cancel();
  }
}

void AttachServer::Accept() {
  listener_.async_wait(posix::descriptor_base::wait_read, [this](ErrorCode closed) {
    if (closed) return;
    for (;;) {
      Descriptor fd(::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!fd) break;
      if (!IsOfThisUser(fd.get())) continue;
      auto guest = std::make_shared<Guest>(loop_, fd.Release());
      guests_.emplace(guest.get(), guest);
      Listen(guest);
    }
    Accept();
  });
}

void AttachServer::Listen(const std::shared_ptr<Guest>& guest) {
  guest->connection.async_wait(posix::descriptor_base::wait_read, [this, guest](ErrorCode closed) {
    if (closed) return;
    bool ended = false;
    if (const std::string_view cause = OnPacket(guest, &ended); !cause.empty()) {
      return ended && guest->process.is_open() ? DismissSoon(guest, kProcessEnds, cause) : Dismiss(guest, cause);
    }
    Listen(guest);
  });
}

std::string_view AttachServer::OnPacket(const std::shared_ptr<Guest>& guest, bool* ended) {
  Packet packet = ReceivePacket(guest->connection.native_handle());
  switch (packet.status) {
    case Packet::Status::kNothing:
      return {};
    case Packet::Status::kEnd:
    case Packet::Status::kBroken:
      *ended = true;
      return "it has closed the attach socket";
    case Packet::Status::kReceived:
      break;
  }
  std::string scratch;
  protocol::Payload payload;
  if (protocol::DecodeControl(packet.bytes, &scratch, &payload) != protocol::Errc::kOk) {
    return "it sent a malformed control message";
  }
  const bool attaches = std::holds_alternative<protocol::Attach>(payload);
  if (attaches != guest->token.empty()) return "it sent a control message out of turn";
  const auto* attach = std::get_if<protocol::Attach>(&payload);
  if (packet.descriptors.size() > (attach == nullptr ? 0u : attach->slots == 0 ? 1u : 2u)) {
    return "it sent descriptors that nobody asked for";
  }
  if (std::holds_alternative<protocol::Leaving>(payload)) {
    channel_.OnLeaving(guest->token);
    return {};
  }
  if (const auto* stacks = std::get_if<protocol::Stacks>(&payload)) {
    channel_.OnStacks(guest->token, *stacks);
    return {};
  }
  if (attach == nullptr) return "it sent a control message that workers do not send";
  std::unique_ptr<dispatch::Recorder> recorder;
  if (attach->slots != 0) {
    if (packet.descriptors.size() == 2) recorder = dispatch::Recorder::Open(packet.descriptors[1], attach->slots);
    if (!recorder) return "its flight recorder is none";
  }
  if (!packet.descriptors.empty()) WatchProcess(guest, std::move(packet.descriptors.front()));
  guest->token = channel_.Admit(std::move(recorder));
  if (guest->token.empty()) {
    // Now, before the worker has made sockets whose last bytes it would wait for.
    const protocol::Refused refused{protocol::RefusalReason::kStopping, "the front end is stopping"};
    SendPacket(guest->connection.native_handle(), protocol::EncodeControl(refused));
    return "the front end is stopping";
  }
  const protocol::Attached attached{guest->token, channel_.Incarnation(), data_endpoint_};
  if (!SendPacket(guest->connection.native_handle(), protocol::EncodeControl(attached))) return "it cannot be reached";
  return {};
}

std::shared_ptr<AttachServer::Guest> AttachServer::Find(const std::string& token) const {
  const auto found =
      std::find_if(guests_.begin(), guests_.end(), [&](const auto& entry) { return entry.second->token == token; });
  return found != guests_.end() ? found->second : nullptr;
}

void AttachServer::WatchProcess(const std::shared_ptr<Guest>& guest, Descriptor pidfd) {
  ErrorCode error;
  guest->process.assign(pidfd.get(), error);
  if (error) return;  // not pollable here: the connection's end has to do
  pidfd.Release();
  base::WhenReadable(guest->process, [this, guest] {
    guest->ended = true;
    DismissSoon(guest, kParentEnds, "its process has ended");
  });
}

void AttachServer::DismissSoon(const std::shared_ptr<Guest>& guest, std::chrono::milliseconds patience,
                               std::string_view cause) {
  if (!guest->token.empty()) channel_.OnEnding(guest->token);
  guest->patience.expires_after(patience);
  guest->patience.async_wait([this, guest, cause](ErrorCode cancelled) {
    if (!cancelled) Dismiss(guest, cause);
  });
}

void AttachServer::Dismiss(const std::shared_ptr<Guest>& guest, std::string_view cause) {
  if (guests_.erase(guest.get()) == 0) return;
  ErrorCode ignored;
  // Known only once its parent has looked, so not at the first moment.
  const dispatch::ProcessEnd end = guest->ended ? EndOf(guest->process.native_handle()) : dispatch::ProcessEnd{};
  guest->connection.close(ignored);
  guest->process.close(ignored);
  guest->patience.cancel();
  if (!guest->token.empty()) channel_.OnDetached(guest->token, cause, end);
}

}  // namespace spikard::ipc
