#include "http/h1_session.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <memory>
#include <utility>

#include "http/status.hpp"

namespace spikard::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;

namespace {
// A body that nobody wanted is read up to this size, so that the connection can be kept.
constexpr size_t kMaxSkipped = 64 * 1024;
// A response body up to this size is copied behind its head and leaves in one piece.
constexpr size_t kMaxJoined = 16 * 1024;
// Of a large response in one turn of the loop: the kernel copies it, and others wait meanwhile.
constexpr size_t kMaxAtOnce = 256 * 1024;
// What is reserved for a body on the client's word alone.
constexpr size_t kMaxReserved = 1024 * 1024;
// An idle connection keeps its buffers this long: most of them are not idle for long.
constexpr std::chrono::milliseconds kQuietTime{1'000};
// After the last response: until the client is silent, but not for ever.
constexpr std::chrono::milliseconds kLingerSilence{2'000};
constexpr std::chrono::milliseconds kLingerTime{5'000};

void AppendNumber(std::string& out, size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

std::chrono::milliseconds TimeUntil(net::TimePoint end) {
  return std::chrono::ceil<std::chrono::milliseconds>(end - net::Clock::now());
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
      gone_at_ = net::TimePoint();
      LetOthers(Phase::kAnswering);
      co_await sessions_.service().answer(exchange_);
      if (exchange_.gone) break;
      // Of a response in one piece nobody reads a request any more.
      if (!exchange_.response.stream) EndUpload();
    } else {
      sessions_.service().refuse(exchange_, fault);
    }
    bool keep_alive = fault == Fault::kNone && exchange_.request.keep_alive && !exchange_.response.close &&
                      !exchange_.response.AsksToClose() && !sessions_.Closing() && parser_->fault() == Fault::kNone;
    // Section 9.6: said with the last answer, if it is known by then that nothing more can come.
    if (half_closed_ && Buffered().empty()) keep_alive = false;
    uint64_t unused = 0;
    const bool streamed = exchange_.response.stream != nullptr;
    if (streamed && StreamCoding(&unused) == Coding::kUntilClose) keep_alive = false;
    if (keep_alive && !parser_->Done() && !Uploading()) keep_alive = SkipArrived();
    bool written = false;
    if (streamed) {
      written = co_await WriteStream(keep_alive);
    } else {
      // Most clients read: what the socket takes at once needs no coroutine.
      Buffers response = WholeResponse(keep_alive);
      const Sent sent = SendNow(response);
      written = sent == Sent::kAll;
      if (sent == Sent::kSome) written = co_await Write(response);
    }
    EndUpload();
    if (!written) break;
    // Only now: whoever is answered before the body is there may want to know before sending it.
    if (keep_alive && !parser_->Done()) keep_alive = co_await SkipRest();
    if (!keep_alive) {
      co_await Linger();
      break;
    }
    // First those who wait for an answer get it. By then the next request may be there; looked for at once it hardly
    // ever is, and looking costs a system call.
    if (Buffered().empty() && sessions_.Count() > 1) co_await asio::post(socket_.get_executor(), base::kUseTuple);
  }
  EndUpload();
  Enter(Phase::kClosing, std::chrono::milliseconds::max());
  ErrorCode ignored;
  socket_.close(ignored);
}

void H1Session::Abort() {
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
  parser_.emplace(sessions_.config().limits, exchange_.request);
  idle_end_ = net::TimePoint();
  for (;;) {
    buffer_.consume(parser_->ParseHead(Buffered()));
    if (parser_->fault() != Fault::kNone) co_return parser_->fault();
    if (parser_->HeadDone()) break;
    const bool idle = !parser_->Begun() && Buffered().empty();
    if (idle) {
      if (sessions_.Draining()) co_return Fault::kClientGone;
      EnterIdle();
    } else if (phase_ != Phase::kHead) {
      Enter(Phase::kHead, first_request_ ? TimeUntil(idle_end_) : sessions_.config().header_timeout);
    }
    // What Fill does, without a coroutine of its own: nothing is waited for more often.
    bool filled = false;
    if (!expired_) {
      auto [error, n] = co_await socket_.async_read_some(buffer_.prepare(kReadSize), base::kUseTuple);
      filled = Filled(error, n);
    }
    if (filled) continue;
    if (!idle) co_return FaultOfEnd();
    filled = co_await StayIdle();
    if (!filled) co_return Fault::kClientGone;
  }
  first_request_ = false;
  co_return Fault::kNone;
}

void H1Session::EnterIdle() {
  // Empty lines do not prolong it, in whatever pieces they come. A new connection that says nothing is not idle: it has
  // not asked for anything yet.
  if (idle_end_ == net::TimePoint()) {
    idle_end_ =
        net::Clock::now() + (first_request_ ? sessions_.config().header_timeout : sessions_.config().keep_alive);
  }
  Enter(Phase::kIdle, std::min(TimeUntil(idle_end_), kQuietTime));
}

base::Task<bool> H1Session::StayIdle() {
  if (!expired_ || sessions_.Draining() || net::Clock::now() >= idle_end_) co_return false;
  GiveMemoryBack();
  Enter(Phase::kIdle, TimeUntil(idle_end_));
  auto [failed] = co_await socket_.async_wait(net::Socket::wait_read, base::kUseTuple);
  if (failed) co_return false;
  const bool filled = co_await Fill();
  co_return filled;
}

base::Task<Fault> H1Session::ReadBody(std::string& body, uint64_t limit, BodySink* sink) {
  const bool silent = Buffered().empty();
  for (;;) {
    buffer_.consume(parser_->ParseBody(Buffered(), body, limit));
    if (parser_->fault() != Fault::kNone) co_return parser_->fault();
    if (parser_->Done()) break;
    if (std::exchange(exchange_.request.expects_continue, false) && silent) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      Enter(Phase::kWriting, sessions_.config().write_timeout);
      const bool written = co_await Write({asio::buffer(kContinue), {}});
      if (!written) co_return Fault::kClientGone;
    }
    if (sink != nullptr && !body.empty()) {
      // It has no deadline but its own.
      Enter(Phase::kBody, std::chrono::milliseconds::max());
      const Fault fault = co_await sink->More(body);
      if (fault != Fault::kNone) co_return fault;
    }
    if (parser_->Received() == 0) body.reserve(std::min<uint64_t>(parser_->ContentLength().value_or(0), kMaxReserved));
    Enter(Phase::kBody, sessions_.config().body_timeout);
    const bool filled = co_await Fill(kBodyReadSize);
    if (!filled) co_return FaultOfEnd();
  }
  LetOthers(Phase::kAnswering);
  co_return Fault::kNone;
}

bool H1Session::SkipArrived() {
  // Whoever waits for 100 Continue may send the body or the next request: nobody can tell (RFC 9110
  // section 10.1.1).
  if (exchange_.request.expects_continue) return false;
  std::string skipped;
  buffer_.consume(parser_->ParseBody(Buffered(), skipped, parser_->Received() + kMaxSkipped));
  if (parser_->fault() == Fault::kMalformed) {
    exchange_.response.Clear();
    sessions_.service().refuse(exchange_, Fault::kMalformed);
  }
  return parser_->fault() == Fault::kNone;
}

base::Task<bool> H1Session::SkipRest() {
  // As above; nobody will ask for it now.
  if (exchange_.request.expects_continue) co_return false;
  std::string skipped;
  const Fault fault = co_await ReadBody(skipped, parser_->Received() + kMaxSkipped, nullptr);
  co_return fault == Fault::kNone;
}

H1Session::Buffers H1Session::WholeResponse(bool keep_alive) {
  Enter(Phase::kWriting, sessions_.config().write_timeout);
  const Response& response = exchange_.response;
  const std::string_view body = IsEmpty(response.status) ? std::string_view() : response.Body();
  const bool head = exchange_.request.method == "HEAD";
  uint64_t length = body.size();
  // Who answers HEAD himself makes no body, but may know its length.
  if (head && body.empty()) length = response.SaidLength().value_or(0);
  const bool bodiless = IsBodiless(response.status);
  SerializeHead(keep_alive, bodiless ? Coding::kNone : Coding::kLength, length);
  if (head || bodiless || body.empty()) return {asio::buffer(out_), {}};
  if (body.size() > kMaxJoined) return {asio::buffer(out_), asio::buffer(body)};
  out_.append(body);
  return {asio::buffer(out_), {}};
}

void H1Session::SerializeHead(bool keep_alive, Coding coding, uint64_t length) {
  const Response& response = exchange_.response;
  out_.assign("HTTP/1.1 ");
  AppendNumber(out_, response.status);
  out_ += ' ';
  out_.append(ReasonPhrase(response.status)).append("\r\ndate: ").append(sessions_.Date());
  for (size_t i = 0; i < response.fields.size(); ++i) {
    const auto [name, value] = response.fields[i];
    if (!IsFraming(name)) out_.append("\r\n").append(name).append(": ").append(value);
  }
  if (coding == Coding::kLength) {
    out_ += "\r\ncontent-length: ";
    AppendNumber(out_, length);
  } else if (coding == Coding::kChunked) {
    out_ += "\r\ntransfer-encoding: chunked";
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
  if (error || half_closed_) co_return;
  const net::TimePoint end = net::Clock::now() + kLingerTime;
  while (net::Clock::now() < end) {
    Enter(Phase::kClosing, kLingerSilence);
    buffer_.clear();
    const bool filled = co_await Fill(kBodyReadSize);
    if (!filled) co_return;
  }
}

base::Task<bool> H1Session::Fill(size_t size) {
  // The deadline has passed while nothing was waited for.
  if (expired_) co_return false;
  auto [error, n] = co_await socket_.async_read_some(buffer_.prepare(size), base::kUseTuple);
  co_return Filled(error, n);
}

bool H1Session::Filled(ErrorCode error, size_t n) {
  buffer_.commit(n);
  half_closed_ = error == asio::error::eof;
  return !error;
}

Fault H1Session::FaultOfEnd() const {
  if (expired_) return Fault::kRequestTimeout;
  return half_closed_ ? Fault::kIncomplete : Fault::kClientGone;
}

H1Session::Sent H1Session::SendNow(Buffers& buffers) {
  size_t room = kMaxAtOnce;
  for (;;) {
    ErrorCode error;
    const Buffers now{asio::buffer(buffers[0], room), asio::buffer(buffers[1], room)};
    const bool one = now[1].size() == 0;
    const size_t n = one ? socket_.write_some(now[0], error) : socket_.write_some(now, error);
    sent_ += n;
    room -= std::min(n, room);
    const size_t from_first = std::min(n, buffers[0].size());
    buffers[0] += from_first;
    buffers[1] += n - from_first;
    if (buffers[0].size() + buffers[1].size() == 0) return Sent::kAll;
    if (error && error != asio::error::would_block) return Sent::kFailed;
    if (n > 0) Enter(phase_, sessions_.config().write_timeout);
    if (error || room == 0) return Sent::kSome;
  }
}

base::Task<bool> H1Session::Write(Buffers buffers) {
  for (;;) {
    const Sent sent = SendNow(buffers);
    if (sent != Sent::kSome) co_return sent == Sent::kAll;
    if (expired_) co_return false;
    auto [failed] = co_await socket_.async_wait(net::Socket::wait_write, base::kUseTuple);
    if (failed) co_return false;
  }
}

std::string_view H1Session::Buffered() const {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

void H1Session::GiveMemoryBack() {
  buffer_.shrink_to_fit();
  out_.clear();
  out_.shrink_to_fit();
  std::destroy_at(&exchange_);
  BodySource& source = *this;
  std::construct_at(&exchange_, client_, source);
}

void H1Session::Enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  expired_ = false;
  if (limit == std::chrono::milliseconds::max()) {
    Never();
  } else {
    Expire(net::Clock::now() + limit);
  }
}

}  // namespace spikard::http
