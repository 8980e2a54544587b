#include "schema/format.hpp"

#include <algorithm>
#include <iterator>

#include "schema/ecma.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

struct Entry {
  std::string_view name;
  FormatCheck check;
};

constexpr Entry kFormats[] = {
    {"date", IsDate},
    {"date-time", IsDateTime},
    {"duration", IsDuration},
    {"email", IsEmail},
    {"hostname", IsHostname},
    {"idn-email", IsIdnEmail},
    {"idn-hostname", IsIdnHostname},
    {"ipv4", IsIpv4},
    {"ipv6", IsIpv6},
    {"iri", IsIri},
    {"iri-reference", IsIriReference},
    {"json-pointer", IsJsonPointer},
    {"regex", IsRegex},
    {"relative-json-pointer", IsRelativeJsonPointer},
    {"time", IsTime},
    {"uri", IsUri},
    {"uri-reference", IsUriReference},
    {"uri-template", IsUriTemplate},
    {"uuid", IsUuid},
};

}  // namespace

FormatCheck FindFormat(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kFormats), std::end(kFormats), [&](const Entry& entry) { return entry.name == name; });
  return found == std::end(kFormats) ? nullptr : found->check;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : HexValue(text[i]) < 0) return false;
  }
  return true;
}

bool IsJsonPointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

bool IsRelativeJsonPointer(std::string_view text) {
  auto skip_number = [&] {
    size_t digits = 0;
    while (digits < text.size() && IsDigit(text[digits])) ++digits;
    const bool plain = digits > 0 && (digits == 1 || text.front() != '0');
    text.remove_prefix(digits);
    return plain;
  };
  if (!skip_number()) return false;
  if (text.starts_with('+') || text.starts_with('-')) {
    // The index manipulation adds or takes away a positive number.
    text.remove_prefix(1);
    if (text.starts_with('0') || !skip_number()) return false;
  }
  return text == "#" || IsJsonPointer(text);
}

bool IsRegex(std::string_view text) { return TranslateEcma(text).status != EcmaPattern::Status::kSyntaxError; }

}  // namespace spikard::schema
