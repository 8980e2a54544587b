#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace spikard::schema {

// The target of a reference: RFC 3986 section 5.2, also for bases without hierarchy (URNs), and with an empty
// base, against which every reference stays as it is.
std::string ResolveUri(std::string_view base, std::string_view reference);

// What stands before and behind "#"; the fragment is empty if there is none.
std::pair<std::string_view, std::string_view> SplitFragment(std::string_view uri);

// Percent-encoded octets decoded (RFC 3986 section 2.1); what is no valid triplet stays.
std::string PercentDecode(std::string_view text);

// `text` as a URI fragment (RFC 3986 section 3.5).
std::string EncodeFragment(std::string_view text);

}  // namespace spikard::schema
