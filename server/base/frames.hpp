// Memory for the frames of coroutines: those that have ended leave theirs to those that begin, for a server makes the
// same few again and again, many of them before the first ends.
#pragma once

#include <array>
#include <cstddef>
#include <new>

// gcc says it by a macro, clang by a feature.
#ifdef __SANITIZE_ADDRESS__
#define SPIKARD_FRESH_FRAMES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SPIKARD_FRESH_FRAMES
#endif
#endif

namespace spikard::base {

class Frames {
 public:
  static void* Take(size_t size) {
    const size_t kind = KindOf(size);
    if (kind >= kKinds) return ::operator new(size);
    Shelf& shelf = shelves_[kind];
    if (shelf.first == nullptr) return ::operator new((kind + 1) * kGrain);
    Frame* frame = shelf.first;
    shelf.first = frame->next;
    --shelf.count;
    return frame;
  }

  static void Give(void* memory, size_t size) {
    const size_t kind = KindOf(size);
    if (kind >= kKinds || shelves_[kind].count == kKept) return ::operator delete(memory);
    Shelf& shelf = shelves_[kind];
    shelf.first = ::new (memory) Frame{shelf.first};
    ++shelf.count;
  }

 private:
  static constexpr size_t kGrain = 64;
  static constexpr size_t kKinds = 16;
#ifdef SPIKARD_FRESH_FRAMES
  static constexpr size_t kKept = 0;  // who uses a frame that has ended is to be found out
#else
  static constexpr size_t kKept = 256;
#endif

  struct Frame {
    Frame* next;
  };
  struct Shelf {
    Frame* first;
    size_t count;
  };

  static constexpr size_t KindOf(size_t size) { return (size - 1) / kGrain; }

  static inline thread_local constinit std::array<Shelf, kKinds> shelves_{};
};

}  // namespace spikard::base
