// A body that lies in a file, for a worker that reads it: no more of it is in memory than is wanted.
#pragma once

#include <memory>

#include "base/spool.hpp"
#include "http/upload.hpp"

namespace spikard::dispatch {

// From its beginning. Ends with kNoRoom if the file cannot be read.
std::shared_ptr<http::Upload> UploadOf(std::shared_ptr<base::Spool> file);

}  // namespace spikard::dispatch
