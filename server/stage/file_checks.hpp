// What a schema cannot say of uploaded files: size, declared types, and whether their first bytes agree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/problem.hpp"
#include "protocol/manifest.hpp"
#include "stage/form.hpp"

namespace spikard::stage {

// The media type that the first bytes of a file tell, empty for one that is not known.
std::string_view TypeOfBytes(std::string_view bytes);

// The detail of a 413 if a file of this field may not have so many bytes, else empty.
std::string CheckSize(const std::vector<protocol::FilePart>& parts, std::string_view name, uint64_t size);
// Returns the same of all files. Other findings are added.
std::string CheckFiles(const std::vector<protocol::FilePart>& parts, const Form& form,
                       std::vector<http::Invalid>& findings);

}  // namespace spikard::stage
