// Any bytes as requests on a connection: read whole or in pieces, they are the same requests, or refused. The
// input: one byte that says how large the pieces are, then the bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/request_parser.hpp"

using namespace spikard::http;

// Small, so that the fuzzer reaches them.
static constexpr RequestLimits kLimits{.max_uri_length = 256, .max_header_size = 512, .max_header_count = 8};
static constexpr uint64_t kBodyLimit = 64;

// What was read, as text to compare.
static std::string Read(std::string_view bytes, size_t step) {
  std::string buffer;
  Request request;
  std::string body;
  RequestParser parser(kLimits, request);
  while (!bytes.empty() && parser.fault() == Fault::kNone && !parser.Done()) {
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    if (!parser.HeadDone()) buffer.erase(0, parser.ParseHead(buffer));
    if (parser.fault() == Fault::kNone && parser.HeadDone())
      buffer.erase(0, parser.ParseBody(buffer, body, kBodyLimit));
  }
  // One field more: the Host that an absolute-form target stands for.
  if (body.size() > kBodyLimit || request.fields.size() > kLimits.max_header_count + 1) std::abort();
  // Of two reasons to refuse it, the one that comes first in pieces may not be the one that comes first in whole.
  if (parser.fault() != Fault::kNone) return "refused";
  if (!parser.Done()) return "unfinished";
  std::string seen = request.method + ' ' + request.target + ' ' + std::to_string(request.minor_version) + body;
  for (size_t i = 0; i < request.fields.size(); ++i) {
    const auto [name, value] = request.fields[i];
    if (!IsToken(name) || !IsFieldValue(value)) std::abort();
    seen.append(name).append(value);
  }
  return seen + '|' + buffer.append(bytes);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t step = 1 + *data % 64;
  if (Read(bytes, bytes.size()) != Read(bytes, step)) std::abort();
  return 0;
}
