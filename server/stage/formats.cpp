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

bool IsUuid(std::string_view text) {
  if (text.size() != 32) return IsReadAs<ValueType::kUuid>(text);
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
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

bool IsFile(std::string_view text) { return text.starts_with(kFileMark); }

struct Format {
  std::string_view name;
  schema::FormatCheck check;
};

constexpr std::array kFormats = {
    Format{"spikard-date-time", IsReadAs<ValueType::kDateTime>},
    Format{"spikard-time", IsReadAs<ValueType::kTime>},
    Format{"spikard-uuid", IsUuid},
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
