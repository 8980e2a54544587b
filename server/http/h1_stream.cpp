// Responses whose body is still being made while they are written.
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <limits>

#include "base/log.hpp"
#include "http/h1_session.hpp"
#include "http/status.hpp"

namespace spikard::http {

namespace asio = boost::asio;
using base::ErrorCode;

namespace {
// A part up to this size is copied behind what goes before it and leaves in one piece.
constexpr size_t kMaxJoined = 16 * 1024;

void AppendHex(std::string& out, size_t number) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  out.append(digits.data(), end);
}

// However the session is done with a stream, its source hears of it.
struct CloseAtEnd {
  BodyStream& stream;
  ~CloseAtEnd() { stream.Close(); }
};
}  // namespace

H1Session::Coding H1Session::StreamCoding(uint64_t* length) const {
  const Response& response = exchange_.response;
  if (IsBodiless(response.status)) return Coding::kNone;
  *length = 0;
  if (IsEmpty(response.status)) return Coding::kLength;
  if (const auto said = response.SaidLength()) {
    *length = *said;
    return Coding::kLength;
  }
  return exchange_.request.minor_version > 0 ? Coding::kChunked : Coding::kUntilClose;
}

base::Task<bool> H1Session::WriteStream(bool keep_alive) {
  // The exchange lets go of it only when this is over.
  BodyStream& stream = *exchange_.response.stream;
  const CloseAtEnd at_end{stream};
  Enter(Phase::kWriting, sessions_.config().write_timeout);
  uint64_t length = 0;
  const Coding coding = StreamCoding(&length);
  SerializeHead(keep_alive, coding, length);
  if (exchange_.request.method == "HEAD" || coding == Coding::kNone || IsEmpty(exchange_.response.status)) {
    stream.Close();
    const bool written = co_await Write({asio::buffer(out_), {}});
    co_return written;
  }
  const bool whole = co_await WriteParts(stream, coding, length);
  if (!whole && coding == Coding::kUntilClose) {
    // An orderly end would look like the end of the body.
    ErrorCode ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  co_return whole;
}

void H1Session::TellOfLength(std::string_view what) const {
  spdlog::error("request {}: the body is {} than its content-length", exchange_.request_id, what);
}

base::Task<bool> H1Session::WriteParts(BodyStream& stream, Coding coding, uint64_t length) {
  const bool chunked = coding == Coding::kChunked;
  uint64_t left = coding == Coding::kLength ? length : std::numeric_limits<uint64_t>::max();
  for (;;) {
    if (!stream.Empty()) {
      const BodyStream::Part part = stream.Take();
      const std::string_view bytes = part.Bytes();
      if (bytes.size() > left) {
        TellOfLength("longer");
        // Who gets nothing at all may send the request again. Who gets all that was promised would take it for whole.
        if (left > 0) co_await Write({asio::buffer(out_), {}});
        co_return false;
      }
      left -= bytes.size();
      if (chunked) {
        AppendHex(out_, bytes.size());
        out_ += "\r\n";
      }
      const bool joined = bytes.size() <= kMaxJoined;
      if (joined) out_.append(bytes).append(chunked ? "\r\n" : "");
      // Most clients read: what the socket takes at once needs no coroutine.
      Buffers piece{asio::buffer(out_), joined ? asio::const_buffer() : asio::buffer(bytes)};
      const Sent sent = SendNow(piece);
      bool written = sent == Sent::kAll;
      if (sent == Sent::kSome) written = co_await Write(piece);
      if (!written) co_return false;
      out_.assign(chunked && !joined ? "\r\n" : "");
      stream.Taken(bytes.size());
      Enter(Phase::kWriting, sessions_.config().write_timeout);
    } else if (stream.state() == BodyStream::State::kWhole) {
      if (chunked) out_ += "0\r\n\r\n";
      const bool written = co_await Write({asio::buffer(out_), {}});
      if (coding != Coding::kLength || left == 0) co_return written;
      TellOfLength("shorter");
      co_return false;
    } else if (!out_.empty()) {
      // Also of what will be broken: the client gets as far as it went.
      const bool written = co_await Write({asio::buffer(out_), {}});
      if (!written) co_return false;
      out_.clear();
    } else if (stream.state() == BodyStream::State::kBroken) {
      co_return false;
    } else {
      LetOthers(Phase::kStreaming);
      co_await stream.Wait();
      if (exchange_.gone) co_return false;
      Enter(Phase::kWriting, sessions_.config().write_timeout);
    }
  }
}

}  // namespace spikard::http
