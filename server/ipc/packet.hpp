// One packet of a Unix SOCK_SEQPACKET socket, with the descriptors that travel beside it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.hpp"

namespace spikard::ipc {

inline constexpr size_t kMaxPacket = 64 * 1024;
inline constexpr size_t kMaxDescriptors = 4;

struct Packet {
  enum class Status { kReceived, kNothing, kEnd, kBroken };

  Status status = Status::kNothing;
  std::string bytes;
  std::vector<base::Descriptor> descriptors;
};

// Does not block: kNothing if no packet is there.
Packet ReceivePacket(int fd);
// Does not block. Returns false if the packet was not sent.
bool SendPacket(int fd, std::string_view bytes, const std::vector<int>& descriptors = {});

}  // namespace spikard::ipc
