#include "stage/formats.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "route/convert.hpp"
#include "schema/coerce.hpp"

namespace spikard::stage {
namespace {

using protocol::ValueType;

template <ValueType kType>
bool IsReadAs(std::string_view text) {
  std::string ignored;
  return route::AppendConverted(kType, text, ignored);
}

// With an offset behind its date.
bool IsAware(std::string_view text) {
  constexpr size_t kDateSize = 10;
  return IsReadAs<ValueType::kDateTime>(text) && text.find_first_of("Zz+-", kDateSize) != std::string_view::npos;
}

bool Take(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

size_t TakeDigits(std::string_view& text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits;
}

// ISO 8601 without years, months and weeks, whose length depends; with a sign, and a fraction of the last component.
bool IsDuration(std::string_view text) {
  Take(text, "+-");
  if (!Take(text, "Pp") || text.empty()) return false;
  std::string_view units = "D";
  bool is_time = false;
  for (bool is_last = false; !text.empty();) {
    if (is_last) return false;
    if (!is_time && Take(text, "Tt")) {
      is_time = true;
      units = "HMS";
    }
    if (TakeDigits(text) == 0) return false;
    is_last = Take(text, ".");
    if ((is_last && TakeDigits(text) == 0) || text.empty()) return false;
    const size_t unit = units.find(static_cast<char>(text.front() & ~0x20));
    if (unit == std::string_view::npos) return false;
    units.remove_prefix(unit + 1);
    text.remove_prefix(1);
  }
  return true;
}

bool IsDecimal(std::string_view text) { return !schema::NumberOf(text).empty(); }

bool IsBase64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

// What pydantic may take for a number or a boolean: it is asked later, so nothing that it takes may fail here.
bool IsOf(std::string_view text, std::string_view allowed) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return static_cast<unsigned char>(c) > 0x7f || allowed.find(c) != std::string_view::npos;
  });
}

bool IsLaxInteger(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos && IsOf(text, "0123456789+-_. \t\n\v\f\r");
}

bool IsLaxNumber(std::string_view text) {
  return !text.empty() && IsOf(text, "0123456789+-_.eEiInNfFtTyYaA \t\n\v\f\r");
}

bool IsLaxBoolean(std::string_view text) {
  constexpr std::array<std::string_view, 12> kWords = {"0",  "1",  "f",   "t",   "n",     "y",
                                                       "no", "on", "off", "yes", "false", "true"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; });
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

bool IsFile(std::string_view text) { return text.starts_with(kFileMark); }

struct Format {
  std::string_view name;
  schema::FormatCheck check;
};

bool IsNotEmpty(std::string_view text) { return !text.empty(); }

constexpr std::array kFormats = {
    Format{"spikard-date-time", IsReadAs<ValueType::kDateTime>},
    Format{"spikard-aware-date-time", IsAware},
    Format{"spikard-time", IsReadAs<ValueType::kTime>},
    Format{"spikard-duration", IsDuration},
    Format{"spikard-uuid", IsReadAs<ValueType::kUuid>},
    Format{"spikard-lax-integer", IsLaxInteger},
    Format{"spikard-lax-number", IsLaxNumber},
    Format{"spikard-lax-boolean", IsLaxBoolean},
    // What these take besides, pydantic alone knows.
    Format{"spikard-lax-date", IsNotEmpty},
    Format{"spikard-lax-date-time", IsNotEmpty},
    Format{"spikard-lax-time", IsNotEmpty},
    Format{"spikard-lax-duration", IsNotEmpty},
    Format{"spikard-lax-decimal", IsNotEmpty},
    Format{"spikard-lax-uuid", IsNotEmpty},
    Format{"decimal", IsDecimal},
    Format{"byte", IsBase64},
    Format{"binary", IsFile},
};

}  // namespace

schema::FormatCheck FindFormat(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& f) { return f.name == name; });
  return found != kFormats.end() ? found->check : nullptr;
}

}  // namespace spikard::stage
