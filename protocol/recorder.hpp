// The flight recorder: memory that a worker shares with its front end, and that outlives it. All numbers are
// little-endian, all of 64 bits are read and written whole:
//
//   0  u32  magic "SPKR"
//   4  u32  version of this layout
//   8  u32  slots
//  12  u32  cells
//  16  u64  tick: counts up while the worker's loop turns
//  24  u64  debugging: not 0 while a debugger may hold the worker
//  32  u64  memory: bytes resident at the last tick
//  64       cells: u64 each, the exchange that is being stepped, or 0; the loop's, then one for each thread
//           slots: u64 each, the first at a multiple of 64; state in the highest byte, below it the exchange
//           text: to the end, or to a zero: what the worker has said as it crashed
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spikard::protocol {

inline constexpr uint32_t kRecorderMagic = 0x524b5053;  // "SPKR"
inline constexpr uint32_t kRecorderVersion = 2;
inline constexpr size_t kRecorderHeader = 64;
// Many to a cache line, so that the processors hand over a batch's in few.
inline constexpr size_t kRecorderSlot = 8;
inline constexpr size_t kRecorderText = 16384;  // of a worker that has something to say
inline constexpr uint32_t kMaxRecorderSlots = 65536;
inline constexpr uint32_t kMaxRecorderCells = 4096;

//   free -> offered -> begun -> answered -> offered, to the next
//              |----> revoked -> free
enum class SlotState : uint8_t {
  kFree,      // never used, or what was offered was given back
  kOffered,   // by the front end, before the request is sent
  kBegun,     // by the worker, before any code of the application runs; only what is still offered can be begun
  kAnswered,  // by the worker, before the last word about it is sent
  kRevoked,   // by the front end; only what is still offered can be revoked
};

// Looks at memory that somebody else owns. What a worker wrote there may be anything: nothing here trusts it.
class RecorderView {
 public:
  // Enough for so many slots and cells; the text is behind that.
  static constexpr size_t Size(uint32_t slots, uint32_t cells) { return FirstSlot(cells) + slots * kRecorderSlot; }

  RecorderView() = default;
  // REQUIRES: Size() bytes at `memory`, aligned to 64.
  RecorderView(void* memory, uint32_t slots, uint32_t cells)
      : memory_(static_cast<std::byte*>(memory)), slots_(slots), cells_(cells) {}

  // Writes the header into memory that is all zero.
  void Format() {
    const uint32_t header[] = {kRecorderMagic, kRecorderVersion, slots_, cells_};
    std::memcpy(memory_, header, sizeof header);
  }
  // What the header at `memory` says; false if it is no recorder of this version.
  static bool Read(const void* memory, uint32_t* slots, uint32_t* cells) {
    uint32_t header[4];
    std::memcpy(header, memory, sizeof header);
    *slots = header[2];
    *cells = header[3];
    return header[0] == kRecorderMagic && header[1] == kRecorderVersion && *slots <= kMaxRecorderSlots &&
           *cells <= kMaxRecorderCells;
  }

  uint32_t slots() const { return slots_; }
  uint32_t cells() const { return cells_; }

  // ---- the front end's
  void Offer(uint32_t slot, uint64_t exchange) {
    Slot(slot).store(Word(SlotState::kOffered, exchange), std::memory_order_release);
  }
  // True if the worker has not begun it, and never will.
  bool Revoke(uint32_t slot, uint64_t exchange) {
    return Swap(slot, exchange, SlotState::kOffered, SlotState::kRevoked);
  }
  // It was given back: whoever has done so cannot begin it any more. Nothing if the slot is another exchange's. (What
  // was answered cannot begin either. So it stays until the slot is offered again: to look at what the worker has
  // written last means to wait for it, and so does the worker, in turn, for what is written then.)
  void Free(uint32_t slot, uint64_t exchange) {
    if (slot >= slots_) return;
    const uint64_t word = Slot(slot).load(std::memory_order_acquire);
    if (word == Word(static_cast<SlotState>(word >> kStateShift), exchange)) {
      Slot(slot).store(0, std::memory_order_release);
    }
  }
  // What the slot says of the exchange. Whatever makes no sense counts as begun.
  SlotState Find(uint32_t slot, uint64_t exchange) const {
    const uint64_t word = Slot(slot).load(std::memory_order_acquire);
    const auto state = static_cast<SlotState>(word >> kStateShift);
    const bool sensible = word == Word(state, exchange) && state != SlotState::kFree && state <= SlotState::kRevoked;
    return sensible ? state : SlotState::kBegun;
  }

  // ---- the worker's
  // It will be begun soon: what the front end wrote there last is fetched meanwhile.
  void Expect(uint32_t slot) const {
#if defined(__x86_64__)
    // For writing, which the builtin does not ask for unless it is compiled for one kind of processor.
    asm volatile("prefetchw %0" : : "m"(*Address(FirstSlot(cells_) + slot * kRecorderSlot)));
#else
    __builtin_prefetch(Address(FirstSlot(cells_) + slot * kRecorderSlot), 1);
#endif
  }
  // False if it was revoked: the worker must not touch it.
  bool Begin(uint32_t slot, uint64_t exchange) { return Swap(slot, exchange, SlotState::kOffered, SlotState::kBegun); }
  // Nothing if it was never begun.
  void Answer(uint32_t slot, uint64_t exchange) { Swap(slot, exchange, SlotState::kBegun, SlotState::kAnswered); }

  // ---- both
  uint64_t* CellAddress(uint32_t cell) const { return Address(kRecorderHeader + cell * sizeof(uint64_t)); }
  std::atomic_ref<uint64_t> Cell(uint32_t cell) const { return std::atomic_ref<uint64_t>(*CellAddress(cell)); }
  std::atomic_ref<uint64_t> Tick() const { return At(16); }
  std::atomic_ref<uint64_t> Debugging() const { return At(24); }
  std::atomic_ref<uint64_t> Memory() const { return At(32); }

 private:
  static constexpr int kStateShift = 56;
  static_assert(std::atomic_ref<uint64_t>::is_always_lock_free);

  static constexpr size_t FirstSlot(uint32_t cells) {
    const size_t end = kRecorderHeader + cells * sizeof(uint64_t);
    return (end + kRecorderHeader - 1) / kRecorderHeader * kRecorderHeader;
  }
  static constexpr uint64_t Word(SlotState state, uint64_t exchange) {
    constexpr uint64_t kExchange = (uint64_t{1} << kStateShift) - 1;
    return static_cast<uint64_t>(state) << kStateShift | (exchange & kExchange);
  }
  uint64_t* Address(size_t offset) const { return reinterpret_cast<uint64_t*>(memory_ + offset); }
  std::atomic_ref<uint64_t> At(size_t offset) const { return std::atomic_ref<uint64_t>(*Address(offset)); }
  std::atomic_ref<uint64_t> Slot(uint32_t slot) const { return At(FirstSlot(cells_) + slot * kRecorderSlot); }
  bool Swap(uint32_t slot, uint64_t exchange, SlotState from, SlotState to) {
    uint64_t expected = Word(from, exchange);
    return Slot(slot).compare_exchange_strong(expected, Word(to, exchange), std::memory_order_acq_rel);
  }

  std::byte* memory_ = nullptr;
  uint32_t slots_ = 0;
  uint32_t cells_ = 0;
};

}  // namespace spikard::protocol
