// The directory of the channel's sockets: private to one user, and gone with the front end.
#pragma once

#include <string>

#include "base/descriptor.hpp"

namespace spikard::ipc {

class EndpointDirectory {
 public:
  EndpointDirectory() = default;
  EndpointDirectory(const EndpointDirectory&) = delete;
  EndpointDirectory& operator=(const EndpointDirectory&) = delete;
  // Removes the sockets, and an owned directory.
  ~EndpointDirectory();

  // Takes an existing directory or makes one (0700). `owned`: it exists for this front end and its restarts alone. It
  // is refused while another front end has it, which would take the new one's sockets away when it leaves. Returns an
  // empty string, or in one line why not.
  std::string Open(const std::string& path, bool owned);

  std::string AttachPath() const { return path_ + "/attach.sock"; }
  std::string DataPath() const { return path_ + "/data.sock"; }

 private:
  base::Descriptor locked_;
  std::string path_;
  bool owned_ = false;
};

}  // namespace spikard::ipc
