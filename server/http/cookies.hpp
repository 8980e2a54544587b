// The Cookie field (RFC 6265 section 5.4): pairs as the client sent them, undecoded.
#pragma once

#include <string_view>

#include "http/fields.hpp"

namespace spikard::http {

// Calls `visit(name, value)` for each cookie, in order. Quotes around a value are not part of it.
template <typename Visit>
void ForEachCookie(const Fields& fields, Visit visit) {
  constexpr std::string_view kSpace = " \t";
  for (size_t i = 0; i < fields.size(); ++i) {
    auto [field, rest] = fields[i];
    if (field != "cookie") continue;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      pair.remove_prefix(std::min(pair.find_first_not_of(kSpace), pair.size()));
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || equals == 0) continue;
      std::string_view value = pair.substr(equals + 1);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      visit(pair.substr(0, equals), value);
    }
  }
}

}  // namespace spikard::http
