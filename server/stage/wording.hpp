// What is wrong with a value, in the words that clients know: the one table from keywords to type, msg and ctx.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/problem.hpp"
#include "schema/validate.hpp"

namespace spikard::stage {

// Findings in one response; what is found beyond is counted by nobody.
inline constexpr size_t kMaxFindings = 100;

enum class Origin {
  kBody,
  kParameter,  // was text: told so, and `input` is a text
};

// Where the value stands: {"body"}, {"query", "limit"}.
using Place = std::vector<std::string>;

http::Invalid Word(const schema::Error& error, const Place& place, Origin origin);
http::Invalid Missing(Place place);

}  // namespace spikard::stage
