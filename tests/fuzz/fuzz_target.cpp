// Any text as a request's target, its path and query, a Host, and a Cookie field: decoded text is UTF-8 without NUL,
// and no way leads up.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "http/cookies.hpp"
#include "http/target.hpp"

using namespace spikard;

static void Check(const std::string& decoded) {
  if (!base::IsUtf8(decoded) || decoded.find('\0') != std::string::npos) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string origin;
  std::string_view authority;
  for (const std::string_view method : {"GET", "OPTIONS", "CONNECT"}) {
    if (!http::OriginForm(method, text, origin, authority)) continue;
    if (!origin.starts_with('/') && (origin != "*" || method != "OPTIONS")) std::abort();
    if (!authority.empty() && !http::IsAuthority(authority)) std::abort();
  }
  http::IsAuthority(text);
  if (const auto segments = http::PathSegments(text)) {
    for (const std::string& segment : *segments) {
      Check(segment);
      if (segment == "." || segment == "..") std::abort();
    }
  }
  if (const auto pairs = http::QueryPairs(text)) {
    for (const auto& [name, value] : *pairs) {
      Check(name);
      Check(value);
    }
  }
  http::Fields fields;
  fields.Add("cookie", text);
  http::ForEachCookie(fields, [](std::string_view name, std::string_view) {
    if (name.empty()) std::abort();
  });
  return 0;
}
