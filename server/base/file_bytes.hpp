// The bytes of a file that is somebody else's, who keeps it meanwhile.
#pragma once

#include <unistd.h>

#include <boost/system/error_code.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace spikard::base {

struct FileBytes {
  int descriptor = -1;  // -1: there is none
  uint64_t size = 0;

  // Blocks. REQUIRES: that many are there.
  boost::system::error_code Read(uint64_t offset, char* to, size_t count) const {
    while (count > 0) {
      const ssize_t n = ::pread(descriptor, to, count, static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return {errno, boost::system::system_category()};
      if (n == 0) return boost::system::errc::make_error_code(boost::system::errc::io_error);
      offset += static_cast<uint64_t>(n);
      to += n;
      count -= static_cast<size_t>(n);
    }
    return {};
  }
};

}  // namespace spikard::base
