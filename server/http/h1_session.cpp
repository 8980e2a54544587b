#include "http/h1_session.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <utility>

#include "http/status.hpp"

namespace spikard::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;

namespace {
constexpr size_t kReadSize = 8 * 1024;
// A body that nobody wanted is read up to this size, so that the connection can be kept.
constexpr size_t kMaxSkipped = 64 * 1024;
// A response body up to this size is copied behind its head and leaves in one piece.
constexpr size_t kMaxJoined = 16 * 1024;
constexpr std::chrono::milliseconds kLingerTime{2'000};
constexpr size_t kMaxLingered = 256 * 1024;

void AppendNumber(std::string& out, size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// What the front end decides about a connection and a message's length is not an application's to say.
bool IsFraming(std::string_view name) {
  return name == "connection" || name == "keep-alive" || name == "transfer-encoding" || name == "content-length" ||
         name == "upgrade" || name == "te" || name == "trailer" || name == "date";
}
}  // namespace

H1Session::H1Session(net::Socket socket, Sessions& sessions)
    : socket_(std::move(socket)), sessions_(sessions), exchange_(client_, *this) {
  ErrorCode error;
  const tcp::endpoint peer = socket_.remote_endpoint(error);
  if (!error) client_ = {peer.address().to_string(), peer.port()};
}

base::Task<void> H1Session::Run() {
  for (;;) {
    exchange_.Clear();
    const Fault fault = co_await ReadHead();
    if (fault == Fault::kClientGone) break;
    if (fault == Fault::kNone) {
      Enter(Phase::kAnswering, std::chrono::milliseconds::max());
      co_await sessions_.service().answer(exchange_);
    } else {
      sessions_.service().refuse(exchange_, fault);
    }
    bool keep_alive = fault == Fault::kNone && exchange_.request.keep_alive && !exchange_.response.close &&
                      !sessions_.Draining() && parser_->fault() == Fault::kNone;
    if (keep_alive && !parser_->Done()) keep_alive = co_await SkipBody();
    const bool written = co_await WriteResponse(keep_alive);
    if (!written) break;
    if (!keep_alive) {
      co_await Linger();
      break;
    }
  }
  Enter(Phase::kClosing, std::chrono::milliseconds::max());
  ErrorCode ignored;
  socket_.close(ignored);
}

void H1Session::Drain() {
  if (phase_ != Phase::kIdle) return;
  expired_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

base::Task<Fault> H1Session::ReadHead() {
  const SessionConfig& config = sessions_.config();
  parser_.emplace(config.limits, exchange_.request);
  // RFC 9112 section 2.2: an empty line before a request is ignored.
  const auto skip_empty_lines = [this] {
    while (Buffered().starts_with("\r\n")) buffer_.consume(2);
  };
  skip_empty_lines();
  if (Buffered().empty()) {
    // A new connection that says nothing is not idle: it has not asked for anything yet.
    Enter(Phase::kIdle, std::exchange(first_request_, false) ? config.header_timeout : config.keep_alive);
    if (sessions_.Draining()) co_return Fault::kClientGone;
    const bool filled = co_await Fill();
    if (!filled) co_return Fault::kClientGone;
    skip_empty_lines();
  }
  Enter(Phase::kHead, config.header_timeout);
  for (;;) {
    if (!Buffered().empty()) {
      buffer_.consume(parser_->ParseHead(Buffered()));
      if (parser_->fault() != Fault::kNone) co_return parser_->fault();
      if (parser_->HeadDone()) co_return Fault::kNone;
    }
    const bool filled = co_await Fill();
    if (!filled) co_return expired_ ? Fault::kRequestTimeout : Fault::kClientGone;
  }
}

base::Task<Fault> H1Session::ReadBody(std::string& body, uint64_t limit) {
  if (const auto length = parser_->ContentLength(); length && *length <= limit) body.reserve(*length);
  if (std::exchange(exchange_.request.expects_continue, false) && Buffered().empty() && !parser_->Done()) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool written = co_await Write({asio::buffer(kContinue), {}});
    if (!written) co_return Fault::kClientGone;
  }
  while (!parser_->Done()) {
    const size_t consumed = Buffered().empty() ? 0 : parser_->ParseBody(Buffered(), body, limit);
    buffer_.consume(consumed);
    if (parser_->fault() != Fault::kNone) co_return parser_->fault();
    if (consumed > 0 || parser_->Done()) continue;
    Enter(Phase::kBody, sessions_.config().body_timeout);
    const bool filled = co_await Fill();
    if (!filled) co_return expired_ ? Fault::kRequestTimeout : Fault::kClientGone;
  }
  Enter(Phase::kAnswering, std::chrono::milliseconds::max());
  co_return Fault::kNone;
}

base::Task<bool> H1Session::SkipBody() {
  // Whoever waits for 100 Continue may send the body or the next request: nobody can tell (RFC 9110 section 10.1.1).
  if (exchange_.request.expects_continue) co_return false;
  std::string skipped;
  const Fault fault = co_await ReadBody(skipped, kMaxSkipped);
  co_return fault == Fault::kNone;
}

base::Task<bool> H1Session::WriteResponse(bool keep_alive) {
  Enter(Phase::kWriting, sessions_.config().write_timeout);
  const std::string_view body = exchange_.response.Body();
  SerializeHead(keep_alive, body);
  const bool bodiless = exchange_.request.method == "HEAD" || IsBodiless(exchange_.response.status);
  if (bodiless || body.empty()) return Write({asio::buffer(out_), {}});
  if (body.size() > kMaxJoined) return Write({asio::buffer(out_), asio::buffer(body)});
  out_.append(body);
  return Write({asio::buffer(out_), {}});
}

void H1Session::SerializeHead(bool keep_alive, std::string_view body) {
  const Response& response = exchange_.response;
  out_.assign("HTTP/1.1 ");
  AppendNumber(out_, response.status);
  out_ += ' ';
  out_.append(ReasonPhrase(response.status)).append("\r\ndate: ").append(sessions_.Date());
  for (size_t i = 0; i < response.fields.size(); ++i) {
    const auto [name, value] = response.fields[i];
    if (!IsFraming(name)) out_.append("\r\n").append(name).append(": ").append(value);
  }
  if (!IsBodiless(response.status)) {
    out_ += "\r\ncontent-length: ";
    AppendNumber(out_, body.size());
  }
  if (!keep_alive) {
    out_ += "\r\nconnection: close";
  } else if (exchange_.request.minor_version == 0) {
    out_ += "\r\nconnection: keep-alive";
  }
  out_ += "\r\n\r\n";
}

base::Task<void> H1Session::Linger() {
  ErrorCode error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error) co_return;
  Enter(Phase::kClosing, kLingerTime);
  for (size_t read = 0; read < kMaxLingered;) {
    buffer_.clear();
    const bool filled = co_await Fill();
    if (!filled) co_return;
    read += buffer_.size();
  }
}

base::Task<bool> H1Session::Fill() {
  auto [error, n] = co_await socket_.async_read_some(buffer_.prepare(kReadSize), base::kUseTuple);
  buffer_.commit(n);
  co_return !error;
}

base::Task<bool> H1Session::Write(std::array<asio::const_buffer, 2> buffers) {
  size_t left = buffers[0].size() + buffers[1].size();
  for (;;) {
    ErrorCode error;
    const size_t n = socket_.write_some(buffers, error);
    left -= n;
    if (left == 0) co_return true;
    if (error && error != asio::error::would_block) co_return false;
    const size_t from_first = std::min(n, buffers[0].size());
    buffers[0] += from_first;
    buffers[1] += n - from_first;
    if (n > 0) Enter(phase_, sessions_.config().write_timeout);
    auto [failed] = co_await socket_.async_wait(net::Socket::wait_write, base::kUseTuple);
    if (failed) co_return false;
  }
}

std::string_view H1Session::Buffered() const {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

void H1Session::Enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  if (limit == std::chrono::milliseconds::max()) {
    Never();
  } else {
    Expire(net::Clock::now() + limit);
  }
}

void H1Session::OnDeadline() {
  expired_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

}  // namespace spikard::http
