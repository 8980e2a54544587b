// Batches and control messages: bytes to values and back. Reader and writer stand in one room, so that the
// layout drawn here has one home:
//
//   frame 0    0  u32  magic "SPKD"
//              4  u16  protocol version
//              6  u16  number of messages
//              8  u64  incarnation of the front end
//             16  u64  sequence number, per connection and direction, from 1
//             24  u64  checksum: XXH64 of frame 0 with these 8 bytes zero, then of each further frame, each
//             seeded with
//                      the result of the one before; the first seed is 0
//             32       messages: u64 length, FlatBuffer, zero bytes up to a multiple of 8
//   frame n          the body of the message that names it; each frame is named once, in order
//
// All numbers are little-endian. Each message is a FlatBuffer of its own, so that a corrupt offset inside one
// cannot reach the bytes of another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/message.hpp"

namespace spikard::protocol {

inline constexpr uint16_t kProtocolVersion = 1;
inline constexpr uint32_t kBatchMagic = 0x444b5053;  // "SPKD"
inline constexpr size_t kBatchHeader = 32;
inline constexpr size_t kAlignment = 8;
// A body up to this size lies inside its message; a longer one is a raw frame.
inline constexpr size_t kInlineLimit = 16 * 1024;
inline constexpr size_t kMaxMessages = 4096;
inline constexpr size_t kMaxFrames = 1024;

enum class Errc {
  kOk,
  kShort,         // a frame ends inside its header or a message
  kNotABatch,     // the magic number is missing
  kOtherVersion,  // another version of the protocol
  kChecksum,      // the bytes are not those that were sent
  kCount,         // other than the announced number of messages, or more than kMaxMessages
  kStructure,     // the FlatBuffers verifier refused a message
  kMeaning,       // a value that the specification does not allow
  kFrames,        // raw frames missing, left over, or named out of order
};
std::string_view Describe(Errc code);

struct BatchHead {
  uint64_t incarnation = 0;
  uint64_t sequence = 0;
};

// A frame on its way out. Its bytes stay valid while the owner lives.
struct Frame {
  std::string_view bytes;
  std::shared_ptr<const void> owner;
};

// Collects messages and seals them into one batch; then it is empty again and its memory is reused.
class BatchWriter {
 public:
  BatchWriter();
  ~BatchWriter();
  BatchWriter(BatchWriter&&) noexcept;
  BatchWriter& operator=(BatchWriter&&) noexcept;

  // Copies everything of the message except a body that travels as a raw frame.
  void Add(const Message& message);
  // True when the next Add could exceed a limit of the format: seal first.
  bool Full() const;
  bool Empty() const;
  // Bytes over all frames, so far.
  size_t Size() const;
  // REQUIRES: not Empty(). The frames' bytes stay valid while their owners live.
  std::vector<Frame> Seal(BatchHead head);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads one batch. Open checks header, checksum and limits; Next verifies one message at a time.
class BatchReader {
 public:
  BatchReader();
  ~BatchReader();

  // The frames must stay valid until the last message has been used. Frame 0 need not be aligned.
  Errc Open(std::vector<std::string_view> frames);
  BatchHead Head() const;
  // Reads the next message; its views live until the next call. Sets *end after the last one.
  Errc Next(Message* message, bool* end);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One control message: a packet of the attach socket is one FlatBuffer, nothing around it.
std::string EncodeControl(const Payload& payload);
// The views in *payload point into `packet` or into `scratch`.
Errc DecodeControl(std::string_view packet, std::string* scratch, Payload* payload);

}  // namespace spikard::protocol
