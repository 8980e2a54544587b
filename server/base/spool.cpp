#include "base/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace spikard::base {
namespace {

ErrorCode LastError() { return {errno, boost::system::system_category()}; }

Descriptor OpenIn(const std::string& folder) {
  // O_EXCL: nobody can ever give it a name.
  Descriptor file(::open(folder.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  // Not every file system has it.
  std::string name = folder + "/spikard-XXXXXX";
  Descriptor named(::mkostemp(name.data(), O_CLOEXEC));
  if (named) ::unlink(name.c_str());
  return named;
}

}  // namespace

std::string Spools::Folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

std::shared_ptr<Spool> Spools::Open(ErrorCode& error) {
  Descriptor file = OpenIn(Folder());
  if (!file) {
    error = LastError();
    return nullptr;
  }
  if (file.get() >= limits_.descriptors) {
    error = boost::system::errc::make_error_code(boost::system::errc::too_many_files_open);
    return nullptr;
  }
  error = {};
  ++count_;
  return std::make_shared<Spool>(shared_from_this(), std::move(file));
}

Spool::~Spool() {
  // The end of the last descriptor frees all blocks, which takes its time.
  disk().Post([file = file_.Release()] { ::close(file); });
  --spools_->count_;
}

ErrorCode Spool::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return LastError();
    size_ += static_cast<uint64_t>(n);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

bool Share::Grow(uint64_t size) {
  const uint64_t more = size - size_;
  if (size > spools_.limits_.one || more > spools_.limits_.all - spools_.in_memory_) return false;
  spools_.in_memory_ += more;
  size_ = size;
  return true;
}

void Share::Release() { spools_.in_memory_ -= std::exchange(size_, 0); }

}  // namespace spikard::base
