// The Cookie field (RFC 6265 section 5.4).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "http/fields.hpp"

namespace spikard::http {

// What stands for a value that was written between quotes: `\"` and `\073` are how Set-Cookie is given characters that
// a value cannot have. An octal escape is a character of Latin-1, written in UTF-8.
std::string UnquotedCookie(std::string_view value);

// Calls `visit(name, value)` for each cookie, in order. The value is as it was sent, or what its quotes stand for.
template <typename Visit>
void ForEachCookie(const Fields& fields, Visit visit) {
  constexpr std::string_view kSpace = " \t";
  const auto trimmed = [&](std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return text.substr(0, text.find_last_not_of(kSpace) + 1);
  };
  for (size_t i = 0; i < fields.size(); ++i) {
    auto [field, rest] = fields[i];
    if (field != "cookie") continue;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || equals == 0) continue;
      const std::string_view value = trimmed(pair.substr(equals + 1));
      const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
      visit(trimmed(pair.substr(0, equals)),
            quoted ? UnquotedCookie(value.substr(1, value.size() - 2)) : std::string(value));
    }
  }
}

}  // namespace spikard::http
