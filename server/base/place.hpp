// Room for the one thing that Asio remembers of a handler, inside the object that the handler belongs to.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace spikard::base {

class Place {
 public:
  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  void* Take(size_t size) {
    // More than one thing at a time, or a large one, is rare.
    if (size > sizeof room_ || std::exchange(taken_, true)) return ::operator new(size);
    return room_.data();
  }
  void Give(void* memory) {
    if (memory != room_.data()) return ::operator delete(memory);
    taken_ = false;
  }

 private:
  alignas(std::max_align_t) std::array<std::byte, 208> room_;
  bool taken_ = false;
};

// REQUIRES: the place stays until what is allocated in it was given back.
template <typename T>
class InPlace {
 public:
  using value_type = T;

  explicit InPlace(Place& place) : place_(&place) {}
  template <typename U>
  InPlace(const InPlace<U>& other) : place_(other.place_) {}

  T* allocate(size_t count) { return static_cast<T*>(place_->Take(count * sizeof(T))); }
  void deallocate(T* memory, size_t) { place_->Give(memory); }
  bool operator==(const InPlace&) const = default;

 private:
  template <typename>
  friend class InPlace;
  Place* place_;
};

}  // namespace spikard::base
