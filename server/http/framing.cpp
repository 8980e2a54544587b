#include "http/framing.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "http/target.hpp"

namespace spikard::http {
namespace {

// The fields that matter here: the last of each name, and how often it came.
struct Sent {
  std::string_view value;
  size_t count = 0;
};
struct Found {
  Sent host, length, coding;
  bool close = false;
  bool keep = false;
  bool awaits = false;
};

void ReadConnection(std::string_view value, Found& found) {
  ForEachElement(value, [&](std::string_view option) {
    found.close = found.close || EqualsIgnoringCase(option, "close");
    found.keep = found.keep || EqualsIgnoringCase(option, "keep-alive");
  });
}

// RFC 9110 section 10.1.1: what else is expected does not count.
void ReadExpect(std::string_view value, Found& found) {
  ForEachElement(value, [&](std::string_view expectation) {
    found.awaits = found.awaits || EqualsIgnoringCase(expectation, "100-continue");
  });
}

// One pass: most names are told apart by their length.
Found Find(const Fields& fields) {
  Found found;
  const auto note = [](Sent& sent, std::string_view value) { sent = {value, sent.count + 1}; };
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    if (name == "host") {
      note(found.host, value);
    } else if (name == "connection") {
      ReadConnection(value, found);
    } else if (name == "content-length") {
      note(found.length, value);
    } else if (name == "transfer-encoding") {
      note(found.coding, value);
    } else if (name == "expect") {
      ReadExpect(value, found);
    }
  }
  return found;
}

// RFC 9110 section 8.6: digits, nothing else. Equal repetitions, as a list, could be forgiven; nobody sends
// them in good faith.
std::optional<uint64_t> ParseLength(std::string_view text) {
  uint64_t length = std::numeric_limits<uint64_t>::max();  // stays so if the number is larger
  if (std::from_chars(text.data(), text.data() + text.size(), length).ptr != text.data() + text.size())
    return std::nullopt;
  // What is negative where lengths are signed.
  if (length > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return length;
}

// Of a Transfer-Encoding that is not simply "chunked".
Fault FaultOfCoding(std::string_view value) {
  size_t codings = 0;
  size_t chunked = 0;
  bool last = false;
  ForEachElement(value, [&](std::string_view coding) {
    last = EqualsIgnoringCase(coding, "chunked");
    chunked += last;
    ++codings;
  });
  // Section 6.3: unless chunked comes last, and once, nobody knows where the body ends. Section 6.1: codings
  // before it.
  return last && chunked == 1 && codings > 1 ? Fault::kUnsupportedCoding : Fault::kMalformed;
}

}  // namespace

Fault ReadFraming(Request& request, Framing& framing) {
  const Found found = Find(request.fields);
  // Section 3.2: one Host, which HTTP/1.0 may leave out, and a valid one.
  if (found.host.count > 1) return Fault::kMalformed;
  if (found.host.count == 0 && request.minor_version > 0) return Fault::kMalformed;
  if (found.host.count == 1 && !IsAuthority(found.host.value)) return Fault::kMalformed;
  if (found.length.count > 1) return Fault::kMalformed;
  if (found.length.count == 1) {
    const auto length = ParseLength(found.length.value);
    if (!length) return Fault::kMalformed;
    framing.length = *length;
  }
  if (found.coding.count > 0) {
    // Section 6.1: HTTP/1.0 has no codings. A length beside a coding, an attack or a mistake, Beast has refused.
    if (request.minor_version == 0) return Fault::kMalformed;
    if (found.coding.count > 1) return Fault::kMalformed;
    if (!EqualsIgnoringCase(found.coding.value, "chunked")) return FaultOfCoding(found.coding.value);
    framing.chunked = true;
  }
  request.keep_alive = !found.close && (request.minor_version > 0 || found.keep);
  request.expects_continue = request.minor_version > 0 && found.awaits;
  return Fault::kNone;
}

}  // namespace spikard::http
