#include "stage/multipart.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "http/fields.hpp"
#include "http/target.hpp"
#include "stage/form.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

constexpr std::string_view kSpace = " \t";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// A quoted string at the front of `rest`. Browsers escape no backslash (they send paths of Windows), others escape
// quotes by one.
bool TakeQuoted(std::string_view& rest, std::string& value) {
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    value += rest[i];
  }
  return false;
}

// What HTML lets browsers escape in names: line ends and quotes, nothing else.
std::string Unescape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i, 3);
    const bool is_escape = rest == "%22" || rest == "%0D" || rest == "%0A";
    out += rest == "%22" ? '"' : rest == "%0D" ? '\r' : rest == "%0A" ? '\n' : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

// RFC 8187: UTF-8''caf%C3%A9.
std::optional<std::string> ExtendedValue(std::string_view value) {
  const size_t first = value.find('\'');
  const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos || !http::EqualsIgnoringCase(value.substr(0, first), "utf-8"))
    return std::nullopt;
  return http::PercentDecode(value.substr(second + 1), false);
}

}  // namespace

MultipartParser::MultipartParser(std::string_view boundary, const PartLimits& limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits) {}

Fault MultipartParser::Advance(std::string_view body, bool complete) {
  for (bool advanced = true; advanced && fault_ == Fault::kNone;) {
    switch (state_) {
      case State::kPreamble:
        advanced = SkipPreamble(body);
        break;
      case State::kDelimiter:
        advanced = EndDelimiter(body);
        break;
      case State::kHeaders:
        advanced = ReadHeaders(body);
        break;
      case State::kBytes:
        advanced = ReadBytes(body);
        break;
      case State::kEpilogue:
        return Fault::kNone;
    }
  }
  if (fault_ == Fault::kNone && complete && state_ != State::kEpilogue) fault_ = Fault::kBadBody;
  return fault_;
}

bool MultipartParser::SkipPreamble(std::string_view body) {
  // The first delimiter may stand at the very beginning, without its CRLF.
  const std::string_view first = std::string_view(delimiter_).substr(2);
  if (searched_ == 0) {
    if (body.size() < first.size()) return false;
    if (body.starts_with(first)) {
      at_ = first.size();
      state_ = State::kDelimiter;
      return true;
    }
  }
  const size_t found = body.find(delimiter_, searched_);
  if (found == std::string_view::npos) {
    searched_ = std::max<size_t>(1, body.size() - std::min(body.size(), delimiter_.size() - 1));
    return false;
  }
  at_ = found + delimiter_.size();
  searched_ = at_;
  state_ = State::kDelimiter;
  return true;
}

// Behind "--boundary": the end, or white space and a line end before the next part. Anything else was no delimiter.
bool MultipartParser::EndDelimiter(std::string_view body) {
  const std::string_view rest = body.substr(at_);
  const bool is_last = rest.starts_with("--");
  size_t end = 0;
  if (!is_last) {
    end = rest.find_first_not_of(kSpace);
    if (end == std::string_view::npos || end + 2 > rest.size()) return false;
    if (rest.substr(end, 2) != "\r\n") {
      state_ = in_part_ ? State::kBytes : State::kPreamble;
      searched_ = at_;
      return true;
    }
  }
  if (in_part_) {
    // A part without bytes may share its blank line with the delimiter.
    part_.size = std::max<uint64_t>(at_ - delimiter_.size(), part_.offset) - part_.offset;
    if (!part_.filename && part_.size > limits_.max_text_size) return Fail(Fault::kBodyTooLarge);
    parts_.push_back(std::move(part_));
    in_part_ = false;
  }
  if (is_last) {
    state_ = State::kEpilogue;
    return true;
  }
  if (parts_.size() == limits_.max_parts) return Fail(Fault::kBodyTooLarge);
  at_ += end + 2;
  part_ = Part();
  state_ = State::kHeaders;
  return true;
}

bool MultipartParser::ReadHeaders(std::string_view body) {
  const std::string_view rest = body.substr(at_);
  const size_t blank = rest.starts_with("\r\n") ? 0 : rest.find("\r\n\r\n");
  if (blank == std::string_view::npos || blank > limits_.max_header_size) {
    if (rest.size() > limits_.max_header_size) return Fail(Fault::kBodyTooLarge);
    return false;
  }
  std::string_view lines = rest.substr(0, blank);
  while (!lines.empty()) {
    const size_t end = std::min(lines.find("\r\n"), lines.size());
    if (!ReadHeader(lines.substr(0, end))) return Fail(Fault::kBadBody);
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
  if (part_.name.empty()) return Fail(Fault::kBadBody);
  // The CRLF before the first byte is part of a delimiter that follows at once.
  at_ += blank + (blank == 0 ? 2 : 4);
  part_.offset = at_;
  searched_ = at_ - 2;
  in_part_ = true;
  state_ = State::kBytes;
  return true;
}

bool MultipartParser::ReadHeader(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !http::IsToken(line.substr(0, colon))) return false;
  const std::string name = Lower(line.substr(0, colon));
  const std::string_view value = Trim(line.substr(colon + 1));
  if (!base::IsUtf8(value) || !http::IsFieldValue(value)) return false;
  part_.headers.emplace_back(name, value);
  if (name == "content-type") part_.content_type = value;
  return name != "content-disposition" || ReadDisposition(value);
}

bool MultipartParser::ReadDisposition(std::string_view value) {
  const size_t end = std::min(value.find(';'), value.size());
  if (!http::EqualsIgnoringCase(Trim(value.substr(0, end)), "form-data")) return false;
  std::optional<std::string> extended;
  std::string_view rest = value.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    rest = Trim(rest);
    if (rest.empty()) break;
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string key = Lower(Trim(rest.substr(0, equals)));
    rest = Trim(rest.substr(equals + 1));
    std::string text;
    if (rest.starts_with('"')) {
      if (!TakeQuoted(rest, text)) return false;
    } else {
      const size_t stop = std::min(rest.find(';'), rest.size());
      text = Trim(rest.substr(0, stop));
      rest.remove_prefix(stop);
    }
    rest = Trim(rest);
    if (!rest.empty() && rest.front() != ';') return false;
    if (key == "name") part_.name = Unescape(text);
    if (key == "filename") part_.filename = Unescape(text);
    if (key == "filename*") extended = ExtendedValue(text);
  }
  if (extended) part_.filename = std::move(extended);
  return !part_.name.empty();
}

bool MultipartParser::ReadBytes(std::string_view body) {
  const size_t found = body.find(delimiter_, searched_);
  if (found == std::string_view::npos) {
    searched_ = std::max(searched_, body.size() - std::min(body.size(), delimiter_.size() - 1));
    if (!part_.filename && searched_ > part_.offset + limits_.max_text_size) return Fail(Fault::kBodyTooLarge);
    return false;
  }
  at_ = found + delimiter_.size();
  state_ = State::kDelimiter;
  return true;
}

Fault ReadMultipart(std::string_view body, std::string_view boundary, Form& form) {
  MultipartParser parser(boundary);
  if (const Fault fault = parser.Advance(body, true); fault != Fault::kNone) return fault;
  for (const Part& part : parser.parts()) {
    const std::string_view bytes = body.substr(part.offset, part.size);
    if (!part.filename) {
      form.fields.push_back({part.name, std::string(bytes), std::nullopt});
    } else if (!part.filename->empty() || part.size > 0) {
      // Browsers send an empty one for a field that no file was chosen for.
      form.fields.push_back({part.name, {}, form.files.size()});
      form.files.push_back({part.name, *part.filename,
                            part.content_type.empty() ? "application/octet-stream" : part.content_type, part.headers,
                            part.offset, part.size});
    }
  }
  return Fault::kNone;
}

}  // namespace spikard::stage
