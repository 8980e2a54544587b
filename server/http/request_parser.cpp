#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

#include "http/target.hpp"

namespace spikard::http {

namespace beast = boost::beast;

namespace {

// Of all chunks of a body together: nobody has a use for extensions, but many small chunks would pass any
// limit per chunk.
constexpr size_t kMaxExtensionBytes = 16 * 1024;

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

RequestParser::RequestParser(const RequestLimits& limits, Request& request)
    : limits_(limits), request_(request), chunks_(limits.max_header_size, limits.max_header_count) {
  request_.method.clear();
  request_.target.clear();
  request_.fields.Clear();
  request_.expects_continue = false;
  // Both are counted here: the one line by line, the other where the route's limit is known.
  header_limit(std::numeric_limits<uint32_t>::max());
  body_limit(boost::none);
}

size_t RequestParser::ParseHead(std::string_view input) {
  size_t taken = 0;
  for (;;) {
    const std::string_view rest = input.substr(taken + line_at_);
    const auto found = lines_.Scan(rest);
    const std::string_view line = rest.substr(0, lines_.Size());
    if (found == LineScanner::Found::kBroken) Refuse(Fault::kMalformed);
    if (fault_ != Fault::kNone || !CheckSize(line)) {
      if (!begun_) NoteMethod(line);
      return taken;
    }
    if (found == LineScanner::Found::kPartial) return taken;
    lines_.Next();
    if (!begun_ && line.empty()) {
      // Section 2.2: empty lines before a request are ignored.
      taken += 2;
      continue;
    }
    line_at_ += line.size() + 2;
    if (line.empty()) return taken + PutHead(input.substr(taken, line_at_));
    if (!CheckLine(line)) return taken;
  }
}

// Of a line that may not have ended yet: nobody waits for the end of what is too long already.
bool RequestParser::CheckSize(std::string_view line) {
  if (!begun_ && !line.empty() && !IsToken(line.substr(0, 1))) return Refuse(Fault::kMalformed);
  const bool too_long = !begun_ && line.size() > limits_.max_uri_length;
  // All of it may be a method, or nothing that was meant as HTTP.
  if (too_long && line.find(' ') == std::string_view::npos) return Refuse(Fault::kMalformed);
  if (too_long) return Refuse(Fault::kUriTooLong);
  const size_t section = line_at_ - request_line_size_ + line.size() + 2;
  if (begun_ && section > limits_.max_header_size) return Refuse(Fault::kHeaderTooLarge);
  return true;
}

bool RequestParser::CheckLine(std::string_view line) {
  if (!begun_) {
    begun_ = true;
    request_line_size_ = line_at_;
    NoteMethod(line);
    return CheckVersion(line);
  }
  // Section 5.2: Beast would unfold it.
  if (line.front() == ' ' || line.front() == '\t') return Refuse(Fault::kMalformed);
  return true;
}

// Known even if nothing else is: an error says nothing but its head to HEAD.
void RequestParser::NoteMethod(std::string_view request_line) {
  const size_t end = request_line.find(' ');
  if (end != std::string_view::npos) request_.method.assign(request_line.substr(0, end));
}

// Section 2.3: case-sensitive, one digit each. To Beast, everything but 1.0 and 1.1 is a bad version. Judged where the
// line ends: whoever speaks something else, HTTP/0.9 for one, sends no end of a head.
bool RequestParser::CheckVersion(std::string_view request_line) {
  constexpr std::string_view kName = " HTTP/";
  const size_t size = kName.size() + 3;
  if (request_line.size() < size) return Refuse(Fault::kMalformed);
  const std::string_view version = request_line.substr(request_line.size() - size);
  const char major = version[size - 3];
  const char minor = version[size - 1];
  const bool well_formed = version.starts_with(kName) && version[size - 2] == '.' && IsDigit(major) && IsDigit(minor);
  if (!well_formed) return Refuse(Fault::kMalformed);
  if (major != '1') return Refuse(Fault::kUnsupportedVersion);
  later_version_ = minor > '1';
  return true;
}

size_t RequestParser::PutHead(std::string_view head) {
  if (!later_version_) return Put(head, true);
  // RFC 9110 section 2.5: a higher minor version is read as the highest known. Beast would refuse it.
  std::string known(head);
  known[request_line_size_ - 3] = '1';
  return Put(known, true);
}

size_t RequestParser::Put(std::string_view bytes, bool whole) {
  ErrorCode error;
  const size_t taken = put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  const bool wants_more = error == beast::http::error::need_more;
  if (error && (whole || !wants_more) && fault_ == Fault::kNone) fault_ = Fault::kMalformed;
  return taken;
}

std::optional<uint64_t> RequestParser::ContentLength() const {
  return framing_.chunked ? std::nullopt : std::optional(framing_.length);
}

size_t RequestParser::ParseBody(std::string_view input, std::string& body, uint64_t limit) {
  body_ = &body;
  body_limit_ = limit;
  if (!framing_.chunked) {
    if (framing_.length > limit) return Refuse(Fault::kBodyTooLarge);
    return Done() || input.empty() ? 0 : Put(input, false);
  }
  size_t taken = 0;
  while (!Done() && fault_ == Fault::kNone) {
    const size_t n = PutChunk(input.substr(taken));
    if (n == 0) break;
    taken += n;
  }
  return taken;
}

size_t RequestParser::PutChunk(std::string_view input) {
  if (chunk_left_ > 0) return input.empty() ? 0 : Put(input, false);
  const std::string_view lines = chunks_.Take(input);
  if (chunks_.fault() != Fault::kNone) return Refuse(chunks_.fault());
  return lines.empty() ? 0 : Put(lines, true);
}

bool RequestParser::Refuse(Fault fault) {
  if (fault_ == Fault::kNone) fault_ = fault;
  return false;
}

void RequestParser::Refuse(Fault fault, ErrorCode& error) {
  Refuse(fault);
  error = beast::http::error::bad_value;  // any error stops Beast; the fault says which
}

void RequestParser::on_request_impl(beast::http::verb, BeastView method, BeastView target, int version, ErrorCode&) {
  std::string_view authority;
  if (!OriginForm(method, target, request_.target, authority)) {
    target_fault_ = method == "CONNECT" && IsAuthorityForm(target) ? Fault::kUnsupportedMethod : Fault::kBadTarget;
  }
  request_.minor_version = version - 10;
  authority_.assign(authority);
}

void RequestParser::on_field_impl(beast::http::field, BeastView name, BeastView value, ErrorCode& error) {
  // RFC 9110 section 6.5.1: what would change whom the request is for. Where it ends, Beast lets no trailer change.
  if (HeadDone() && EqualsIgnoringCase(name, "host")) return Refuse(Fault::kMalformed, error);
  if (HeadDone()) return;
  if (request_.fields.size() >= limits_.max_header_count) return Refuse(Fault::kHeaderTooLarge, error);
  request_.fields.Add(name, value);
}

void RequestParser::on_header_impl(ErrorCode& error) {
  if (const Fault fault = ReadFraming(request_, framing_); fault != Fault::kNone) return Refuse(fault, error);
  // Only now: the answer carries the id that the client has given.
  if (target_fault_ != Fault::kNone) return Refuse(target_fault_, error);
  // Section 3.2.2: an absolute-form target counts, whatever Host says.
  if (!authority_.empty()) request_.fields.Set("host", authority_);
}

size_t RequestParser::on_body_impl(BeastView bytes, ErrorCode&) {
  received_ += bytes.size();
  body_->append(bytes);
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, BeastView extension, ErrorCode& error) {
  // What is negative where sizes are signed.
  if (size > std::numeric_limits<int64_t>::max()) return Refuse(Fault::kMalformed, error);
  extension_bytes_ += extension.size();
  if (extension_bytes_ > kMaxExtensionBytes) return Refuse(Fault::kMalformed, error);
  if (size > body_limit_ - std::min(received_, body_limit_)) return Refuse(Fault::kBodyTooLarge, error);
  chunk_left_ = size;
}

size_t RequestParser::on_chunk_body_impl(std::uint64_t, BeastView bytes, ErrorCode&) {
  chunk_left_ -= bytes.size();
  received_ += bytes.size();
  body_->append(bytes);
  return bytes.size();
}

}  // namespace spikard::http
