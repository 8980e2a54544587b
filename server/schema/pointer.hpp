#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/document.hpp"

namespace spikard::schema {

// JSON Pointers (RFC 6901).

// Appends "/" and the token, with ~ and / escaped.
void AppendPointerToken(std::string& pointer, std::string_view token);

// The unescaped tokens of a pointer; nullopt-like false if it is none.
bool SplitPointer(std::string_view pointer, std::vector<std::string>& tokens);

// The child that a token names, kNoNode if there is none.
NodeIndex Child(const Document& document, NodeIndex container, std::string_view token);

// The pointer from the root of the document to a value in it.
std::string PointerTo(const Document& document, NodeIndex value);

}  // namespace spikard::schema
