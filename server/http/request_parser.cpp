#include "http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "http/target.hpp"

namespace spikard::http {

namespace beast = boost::beast;

namespace {

// What Beast would forgive in a head, found in the raw bytes: obs-fold (RFC 9112 section 5.2).
bool HasFoldedLine(std::string_view head) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    if (at + 2 < head.size() && (head[at + 2] == ' ' || head[at + 2] == '\t')) return true;
  }
  return false;
}

Fault FaultOf(const beast::error_code& error) {
  if (error == beast::http::error::header_limit) return Fault::kHeaderTooLarge;
  if (error == beast::http::error::body_limit) return Fault::kBodyTooLarge;
  if (error == beast::http::error::bad_version) return Fault::kUnsupportedVersion;
  return Fault::kMalformed;
}

}  // namespace

RequestParser::RequestParser(const RequestLimits& limits, Request& request) : limits_(limits), request_(request) {
  request_.method.clear();
  request_.target.clear();
  request_.fields.Clear();
  request_.expects_continue = false;
  // Beast counts the request line as part of the header section.
  header_limit(limits.max_uri_length + limits.max_header_size);
  body_limit(boost::none);  // counted here, where the route's limit is known
  eager(false);
}

size_t RequestParser::Put(std::string_view input) {
  ErrorCode error;
  const size_t consumed = put(boost::asio::buffer(input.data(), input.size()), error);
  if (error && error != beast::http::error::need_more && fault_ == Fault::kNone) fault_ = FaultOf(error);
  return consumed;
}

size_t RequestParser::ParseHead(std::string_view input) {
  const size_t consumed = Put(input);
  if (fault_ != Fault::kNone) return consumed;
  if (HeadDone()) {
    if (HasFoldedLine(input.substr(0, consumed))) fault_ = Fault::kMalformed;
  } else if (request_.method.empty() && input.size() > limits_.max_uri_length &&
             input.substr(0, limits_.max_uri_length).find('\n') == std::string_view::npos) {
    fault_ = Fault::kUriTooLong;
  }
  return consumed;
}

bool RequestParser::HasBody() const {
  return chunked() || (content_length() && *content_length() > 0);
}

std::optional<uint64_t> RequestParser::ContentLength() const {
  if (chunked()) return std::nullopt;
  const auto length = content_length();
  return length ? *length : 0;
}

size_t RequestParser::ParseBody(std::string_view input, std::string& body, uint64_t limit) {
  body_ = &body;
  body_limit_ = limit;
  const auto announced = ContentLength();
  if (announced && *announced > limit) {
    fault_ = Fault::kBodyTooLarge;
    return 0;
  }
  return Put(input);
}

void RequestParser::Refuse(Fault fault, ErrorCode& error) {
  if (fault_ == Fault::kNone) fault_ = fault;
  error = beast::http::error::bad_field;  // any error stops Beast; the fault says which
}

void RequestParser::on_request_impl(beast::http::verb, BeastView method, BeastView target, int version,
                                    ErrorCode& error) {
  if (target.size() + method.size() + 10 > limits_.max_uri_length) return Refuse(Fault::kUriTooLong, error);
  if (version != 10 && version != 11) return Refuse(Fault::kUnsupportedVersion, error);
  auto origin = OriginForm(method, target);
  if (!origin) return Refuse(Fault::kBadTarget, error);
  request_.method.assign(method);
  request_.target = std::move(*origin);
  request_.minor_version = version - 10;
}

void RequestParser::on_field_impl(beast::http::field, BeastView name, BeastView value, ErrorCode& error) {
  if (is_header_done()) return;  // a trailer: allowed, and nobody asked for it
  if (request_.fields.size() >= limits_.max_header_count) return Refuse(Fault::kHeaderTooLarge, error);
  if (!IsToken(name) || !IsFieldValue(value)) return Refuse(Fault::kMalformed, error);
  request_.fields.Add(name, value);
}

void RequestParser::CheckHead(ErrorCode& error) {
  const Fields& fields = request_.fields;
  // RFC 9112 section 3.2: exactly one Host in HTTP/1.1.
  const size_t hosts = fields.Count("host");
  if (hosts > 1 || (hosts == 0 && request_.minor_version == 1)) return Refuse(Fault::kMalformed, error);
  // Section 6.1: both lengths, or any coding whose last is not chunked, is how requests are smuggled.
  const auto coding = fields.Find("transfer-encoding");
  if (coding) {
    if (request_.minor_version == 0 || fields.Find("content-length")) return Refuse(Fault::kMalformed, error);
    if (fields.Count("transfer-encoding") > 1 || !EqualsIgnoringCase(*coding, "chunked")) {
      return Refuse(Fault::kUnsupportedCoding, error);
    }
  }
  if (fields.Count("content-length") > 1) return Refuse(Fault::kMalformed, error);
  request_.keep_alive = request_.minor_version == 1;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    if (name != "connection") continue;
    ForEachElement(value, [&](std::string_view option) {
      if (EqualsIgnoringCase(option, "close")) request_.keep_alive = false;
      if (EqualsIgnoringCase(option, "keep-alive") && request_.minor_version == 0) request_.keep_alive = true;
    });
  }
  const auto expectation = fields.Find("expect");
  request_.expects_continue = expectation && request_.minor_version == 1 && EqualsIgnoringCase(*expectation, "100-continue");
}

size_t RequestParser::on_body_impl(BeastView bytes, ErrorCode& error) {
  if (body_ == nullptr) return 0;
  if (body_->size() + bytes.size() > body_limit_) {
    Refuse(Fault::kBodyTooLarge, error);
    return 0;
  }
  body_->append(bytes);
  return bytes.size();
}

size_t RequestParser::on_chunk_body_impl(std::uint64_t, BeastView bytes, ErrorCode& error) {
  return on_body_impl(bytes, error);
}

}  // namespace spikard::http
