// The directory of the channel's sockets: private to one user, and gone with the front end.
#pragma once

#include <string>

namespace spikard::ipc {

class EndpointDirectory {
 public:
  EndpointDirectory() = default;
  EndpointDirectory(const EndpointDirectory&) = delete;
  EndpointDirectory& operator=(const EndpointDirectory&) = delete;
  // Removes the sockets, and an owned directory.
  ~EndpointDirectory();

  // Takes an existing directory or makes one (0700). `owned`: it exists for this front end and its restarts alone.
  // Returns an empty string, or in one line why not.
  std::string Open(const std::string& path, bool owned);

  std::string AttachPath() const { return path_ + "/attach.sock"; }
  std::string DataPath() const { return path_ + "/data.sock"; }

 private:
  std::string path_;
  bool owned_ = false;
};

}  // namespace spikard::ipc
