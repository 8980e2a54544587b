// Request targets (RFC 9112 section 3.2) and what lies in them (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikard::http {

// Reduces absolute-form to origin-form and checks characters and percent-encodings. `*` stays itself and is
// for OPTIONS only. `authority` is that of absolute-form, a view into `target`. Returns false for a target
// that RFC 9112 does not allow for this method.
bool OriginForm(std::string_view method, std::string_view target, std::string& origin, std::string_view& authority);

// uri-host [ ":" port ] (RFC 9110 section 7.2), not empty and without user information: what Host may say.
bool IsAuthority(std::string_view text);

// uri-host ":" port (RFC 9112 section 3.2.3): the only target that CONNECT has.
bool IsAuthorityForm(std::string_view text);

// Decodes percent-encodings once. Returns nothing for a broken one, for a NUL, or if the result is not UTF-8.
// `plus_is_space`: as in application/x-www-form-urlencoded.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

// Splits a path at its slashes, decodes each segment. "/a/b" gives {"a", "b"}, "/" gives {""}.
// Returns nothing if a segment does not decode or is a dot segment, encoded or not: no client sends one on
// purpose.
std::optional<std::vector<std::string>> PathSegments(std::string_view path);

// name=value pairs in order, decoded; a name alone has an empty value. Returns nothing if one does not
// decode.
std::optional<std::vector<std::pair<std::string, std::string>>> QueryPairs(std::string_view query);

}  // namespace spikard::http
