// Bytes to one request (RFC 9112): Beast's parser, behind guards that look at the raw bytes first. Beast
// forgives what lets two parties read the same bytes as different requests (folded lines, control characters
// in chunk extensions, any Host) and bounds neither trailers nor chunk lines.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/chunk_guard.hpp"
#include "http/fault.hpp"
#include "http/framing.hpp"
#include "http/lines.hpp"
#include "http/request.hpp"

namespace spikard::http {

struct RequestLimits {
  uint32_t max_uri_length = 16 * 1024;  // of the request line
  uint32_t max_header_size = 64 * 1024;
  uint32_t max_header_count = 100;
};

class RequestParser : private boost::beast::http::basic_parser<true> {
 public:
  // `request` is cleared and filled.
  RequestParser(const RequestLimits& limits, Request& request);

  // Takes bytes from the front of `input`, which holds all bytes not taken so far, and returns how many.
  // Unless HeadDone or fault changed, it needs more bytes.
  size_t ParseHead(std::string_view input);
  // Whether the request line has come.
  bool Begun() const { return begun_; }
  bool HeadDone() const { return is_header_done(); }

  // REQUIRES: HeadDone, as for all below.
  bool HasBody() const { return framing_.chunked || framing_.length > 0; }
  // The body's length as announced, or nothing if it is chunked.
  std::optional<uint64_t> ContentLength() const;
  // Like ParseHead, for the body, which is appended to `body`; if all of it is over `limit` bytes, it is kBodyTooLarge.
  size_t ParseBody(std::string_view input, std::string& body, uint64_t limit);
  bool Done() const { return is_done(); }
  // Bytes of the body, so far.
  uint64_t Received() const { return received_; }

  Fault fault() const { return fault_; }

 private:
  using ErrorCode = boost::beast::error_code;
  using BeastView = boost::beast::string_view;

  // What the guard has to say of a line of the head before Beast reads it.
  bool CheckSize(std::string_view line);
  bool CheckLine(std::string_view line);
  void NoteMethod(std::string_view request_line);
  bool CheckVersion(std::string_view request_line);
  // Gives Beast bytes. `whole`: they are all it needs to go on, so that asking for more means that they are
  // malformed.
  size_t Put(std::string_view bytes, bool whole);
  size_t PutHead(std::string_view head);
  size_t PutChunk(std::string_view input);
  bool Refuse(Fault fault);
  void Refuse(Fault fault, ErrorCode& error);

  void on_request_impl(boost::beast::http::verb, BeastView method, BeastView target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int, BeastView, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, BeastView name, BeastView value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  size_t on_body_impl(BeastView bytes, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, BeastView extension, ErrorCode& error) override;
  size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, ErrorCode& error) override;
  void on_finish_impl(ErrorCode&) override {}

  const RequestLimits& limits_;
  Request& request_;
  Fault fault_ = Fault::kNone;

  // ---- the head
  LineScanner lines_;
  size_t line_at_ = 0;  // where the line being scanned starts, behind bytes that Beast has not got yet
  size_t request_line_size_ = 0;
  bool begun_ = false;
  bool later_version_ = false;  // HTTP/1.2 or higher
  Fault target_fault_ = Fault::kNone;
  std::string authority_;  // of an absolute-form target
  Framing framing_;

  // ---- the body
  ChunkGuard chunks_;
  uint64_t chunk_left_ = 0;
  size_t extension_bytes_ = 0;
  std::string* body_ = nullptr;
  uint64_t body_limit_ = 0;
  uint64_t received_ = 0;
};

}  // namespace spikard::http
