#include "ipc/endpoint.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace spikard::ipc {

std::string EndpointDirectory::Open(const std::string& path, bool owned) {
  const auto failed = [&](const char* why) { return "cannot use the directory " + path + ": " + why; };
  const bool made = ::mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return failed(std::strerror(errno));
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return failed(std::strerror(errno));
  if (!S_ISDIR(status.st_mode)) return failed("it is no directory");
  if ((status.st_mode & S_IWOTH) != 0) return failed("everybody may write to it");
  locked_ = base::Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  // File systems that know no locks take whoever comes.
  if (locked_ && ::flock(locked_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return failed("another front end has it");
  }
  path_ = path;
  owned_ = owned || made;
  return {};
}

EndpointDirectory::~EndpointDirectory() {
  if (path_.empty()) return;
  ::unlink(AttachPath().c_str());
  ::unlink(DataPath().c_str());
  if (owned_) ::rmdir(path_.c_str());
}

}  // namespace spikard::ipc
