// Bytes to one request (RFC 9112), on Beast's parser, with the checks that keep two parties from reading the same bytes
// as different requests.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/fault.hpp"
#include "http/request.hpp"

namespace spikard::http {

struct RequestLimits {
  uint32_t max_uri_length = 16 * 1024;
  uint32_t max_header_size = 64 * 1024;
  uint32_t max_header_count = 100;
};

class RequestParser : private boost::beast::http::basic_parser<true> {
 public:
  // `request` is cleared and filled; body bytes are appended to `*body` once SetBody was called.
  RequestParser(const RequestLimits& limits, Request& request);

  // Takes bytes from the front of `input`, which holds all bytes not consumed so far, and returns how many. When it
  // returns 0 and neither HeadDone nor fault changed, it needs more bytes.
  size_t ParseHead(std::string_view input);
  bool HeadDone() const { return is_header_done(); }

  // REQUIRES: HeadDone. The body's length as announced, or nothing if it is chunked.
  bool HasBody() const;
  std::optional<uint64_t> ContentLength() const;
  // Like ParseHead, for the body; a body over `limit` bytes is kBodyTooLarge.
  size_t ParseBody(std::string_view input, std::string& body, uint64_t limit);
  bool Done() const { return is_done(); }

  Fault fault() const { return fault_; }

 private:
  using Base = boost::beast::http::basic_parser<true>;
  using ErrorCode = boost::beast::error_code;
  using BeastView = boost::beast::string_view;

  size_t Put(std::string_view input);
  void CheckHead(ErrorCode& error);
  void Refuse(Fault fault, ErrorCode& error);

  void on_request_impl(boost::beast::http::verb method, BeastView method_text, BeastView target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int, BeastView, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field name, BeastView name_text, BeastView value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override { CheckHead(error); }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  size_t on_body_impl(BeastView bytes, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t, BeastView, ErrorCode&) override {}
  size_t on_chunk_body_impl(std::uint64_t remaining, BeastView bytes, ErrorCode& error) override;
  void on_finish_impl(ErrorCode&) override {}

  const RequestLimits& limits_;
  Request& request_;
  std::string* body_ = nullptr;
  uint64_t body_limit_ = 0;
  Fault fault_ = Fault::kNone;
};

}  // namespace spikard::http
