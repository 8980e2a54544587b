// The data channel as the dispatch sees it: batches to and from peers. ipc/ has the real one, tests a fake.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "protocol/codec.hpp"

namespace spikard::dispatch {

// Names one connection of one worker; random, never used again.
using PeerAddress = std::string;

enum class SendResult {
  kSent,
  kUnreachable,  // nobody of that address is connected any more
  kFull,         // the peer does not read what it was sent
};

class Link {
 public:
  virtual ~Link() = default;
  // Never blocks. The frames' owners are kept until the bytes have left.
  virtual SendResult Send(const PeerAddress& peer, std::vector<protocol::Frame> frames) = 0;
};

using BatchHandler = std::function<void(const PeerAddress&, std::vector<protocol::Frame>)>;

}  // namespace spikard::dispatch
