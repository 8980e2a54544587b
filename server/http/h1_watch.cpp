// A client may go while others work for it. Most are answered so fast that looking would cost more than it brings, so
// that the session begins to look only after a while.
#include <boost/asio/ip/tcp.hpp>
#include <utility>

#include "base/ready.hpp"
#include "http/h1_session.hpp"

namespace spikard::http {

namespace asio = boost::asio;
using base::ErrorCode;

namespace {
constexpr std::chrono::milliseconds kUnwatched{100};
// A client that has ended its side may still read; one that has gone looks the same.
constexpr std::chrono::milliseconds kHalfCloseTime{500};
// In the middle of a response it cannot be asked: whatever is sent next tells.
constexpr std::chrono::milliseconds kHalfCloseTimeOfStream{1'500};
}  // namespace

void H1Session::LetOthers(Phase phase) {
  phase_ = phase;
  expired_ = false;
  if (half_closed_) {
    const auto patience = phase == Phase::kStreaming ? kHalfCloseTimeOfStream : kHalfCloseTime;
    if (gone_at_ == net::TimePoint()) gone_at_ = net::Clock::now() + patience;
    Expire(gone_at_);
  } else if (watching_reads_ || watching_errors_) {
    Never();
  } else {
    Expire(net::Clock::now() + kUnwatched);
  }
}

void H1Session::OnDeadline() {
  if (phase_ != Phase::kAnswering && phase_ != Phase::kStreaming) {
    expired_ = true;
    ErrorCode ignored;
    socket_.cancel(ignored);
  } else if (!half_closed_) {
    Watch();
  } else if (sent_ != sent_at_end_) {
    // What was sent since would have been answered by a reset if nobody had wanted it.
    gone_at_ = net::TimePoint::max();
  } else if (phase_ != Phase::kAnswering || !AskWhetherThere()) {
    OnGone();
  }
}

// RFC 9110 section 15.2.1: who has not asked for it discards it. Who has gone answers it by a reset, which is watched
// for.
bool H1Session::AskWhetherThere() {
  if (exchange_.request.minor_version > 0) return SendContinue();
  // HTTP/1.0 knows nothing of the kind.
  gone_at_ = net::TimePoint::max();
  return true;
}

bool H1Session::SendContinue() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  ErrorCode error;
  const size_t n = socket_.write_some(asio::buffer(kContinue), error);
  sent_ += n;
  // Whoever has not read the answers before this one for so long does not wait for it either.
  return n == kContinue.size();
}

void H1Session::Watch() {
  // Beyond one buffer, requests wait unread. An end of the stream behind them goes unnoticed, a reset does not.
  const bool wanted = Uploading() && upload_->Wanted();
  const bool reads = !half_closed_ && (buffer_.size() < kReadSize || wanted);
  if (std::exchange(reads ? watching_reads_ : watching_errors_, true)) return;
  socket_.async_wait(reads ? net::Socket::wait_read : net::Socket::wait_error,
                     [self = shared_from_this(), reads](ErrorCode error) {
                       (reads ? self->watching_reads_ : self->watching_errors_) = false;
                       if (!error) self->OnWatched(reads);
                     });
}

void H1Session::OnWatched(bool readable) {
  const bool waits = phase_ == Phase::kAnswering || phase_ == Phase::kStreaming;
  if (exchange_.gone || (!waits && !Uploading())) return;
  if (!readable && !base::IsReady(socket_.native_handle(), 0)) return Watch();
  // Whoever writes notices it by himself.
  if (!readable) return waits ? OnGone() : void();
  ErrorCode error;
  const size_t n =
      socket_.read_some(buffer_.prepare(Uploading() && upload_->Wanted() ? kBodyReadSize : kReadSize), error);
  buffer_.commit(n);
  if (error == asio::error::eof) {
    half_closed_ = true;
    sent_at_end_ = sent_;
    if (waits) LetOthers(phase_);
  } else if (error && error != asio::error::would_block) {
    return OnGone();
  }
  if (Uploading()) return Pump();
  Watch();
}

void H1Session::OnGone() {
  exchange_.gone = true;
  if (exchange_.response.stream) exchange_.response.stream->Interrupt();
  if (const auto on_gone = std::exchange(exchange_.on_gone, nullptr)) on_gone();
}

}  // namespace spikard::http
