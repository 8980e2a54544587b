// One HTTP/1.1 connection: reads a request, has it answered, writes the response, and again.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/operation.hpp"
#include "http/exchange.hpp"
#include "http/request_parser.hpp"
#include "http/sessions.hpp"
#include "net/deadlines.hpp"
#include "net/listener.hpp"

namespace spikard::http {

class H1Session final : public net::Deadline, public std::enable_shared_from_this<H1Session>, private BodySource {
 public:
  H1Session(net::Socket socket, Sessions& sessions);

  base::Task<void> Run();
  // Ends the connection now if it is idle, else after the response that is due.
  void Drain();
  // Ends the connection now.
  void Abort();

 private:
  // kAnswering: others are to begin the response. kStreaming: they are to go on with it.
  enum class Phase { kIdle, kHead, kBody, kAnswering, kStreaming, kWriting, kClosing };
  // How the client knows where a response body ends (RFC 9112 section 6.3).
  enum class Coding { kNone, kLength, kChunked, kUntilClose };
  enum class Sent { kAll, kSome, kFailed };
  using Buffers = std::array<boost::asio::const_buffer, 2>;

  static constexpr size_t kReadSize = 8 * 1024;
  static constexpr size_t kBodyReadSize = 64 * 1024;

  base::Task<Fault> ReadHead();
  // A request is waited for that has not begun.
  void EnterIdle();
  // The same for longer, without the memory that a busy connection has.
  base::Task<bool> StayIdle();
  bool HasBody() const override { return parser_->HasBody(); }
  base::Task<Fault> ReadBody(std::string& body, uint64_t limit, BodySink* sink) override;
  Fault StreamBody(std::string& body, uint64_t limit, std::shared_ptr<Upload>& rest) override;
  // Hands over what has come of a body that is streamed, as far as it is wanted, and sees to it that more comes.
  void Pump();
  // Asks a client for its body that waits for that. Returns false if it does not listen.
  bool AskForBody();
  void OnBodyDeadline();
  void EndUpload();
  bool Uploading() const { return upload_ && upload_->open(); }
  // Takes what has arrived of a body that nobody wanted. Returns whether the rest is worth waiting for.
  bool SkipArrived();
  // Reads that rest, if it is little. Returns whether the next request can follow.
  base::Task<bool> SkipRest();
  // What there is to be sent of a response in one piece.
  Buffers WholeResponse(bool keep_alive);
  // Writes a response whose body is still being made.
  base::Task<bool> WriteStream(bool keep_alive);
  void TellOfLength(std::string_view what) const;
  base::Task<bool> WriteParts(BodyStream& stream, Coding coding, uint64_t length);
  // Of a response that is streamed; `length` only with Coding::kLength.
  Coding StreamCoding(uint64_t* length) const;
  void SerializeHead(bool keep_alive, Coding coding, uint64_t length);
  // Gives the client time to read what was sent before the connection is closed (RFC 9112 section 9.6).
  base::Task<void> Linger();

  // Waits for more bytes; false at the end of the stream, an error, or the deadline.
  base::Task<bool> Fill(size_t size = kReadSize);
  bool Filled(base::ErrorCode error, size_t n);
  // Why Fill has failed in the middle of a request.
  Fault FaultOfEnd() const;
  // Gives the socket what it takes at once; `buffers` keep the rest.
  Sent SendNow(Buffers& buffers);
  base::Task<bool> Write(Buffers buffers);

  // Others are to do something; meanwhile it is noticed if the client goes.
  void LetOthers(Phase phase);
  // It takes them a while.
  void Watch();
  void OnWatched(bool readable);
  void OnGone();
  // Of a client that has ended its side. False: it has gone.
  bool AskWhetherThere();
  // Whether it has left for the client; else it must not get anything more.
  bool SendContinue();

  std::string_view Buffered() const;
  void GiveMemoryBack();
  void Enter(Phase phase, std::chrono::milliseconds limit);
  void OnDeadline() override;

  // ---- per connection
  net::Socket socket_;
  Sessions& sessions_;
  Client client_;
  boost::beast::flat_buffer buffer_;
  Phase phase_ = Phase::kAnswering;
  bool expired_ = false;
  bool half_closed_ = false;
  bool watching_reads_ = false;
  bool watching_errors_ = false;
  net::TimePoint gone_at_;    // with half_closed_: unless something was sent to the client until then
  uint64_t sent_ = 0;         // bytes
  uint64_t sent_at_end_ = 0;  // when the client ended its side
  bool first_request_ = true;
  net::TimePoint idle_end_;
  std::string out_;

  // ---- per request
  Exchange exchange_;
  std::optional<RequestParser> parser_;

  // ---- of a body that is streamed
  struct BodyDeadline final : net::Deadline {
    explicit BodyDeadline(H1Session& of) : session(of) {}
    void OnDeadline() override { session.OnBodyDeadline(); }
    H1Session& session;
  };
  std::shared_ptr<Upload> upload_;
  uint64_t upload_limit_ = 0;
  std::unique_ptr<BodyDeadline> body_deadline_;
  bool pumping_ = false;
};

}  // namespace spikard::http
