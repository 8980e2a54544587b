#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace spikard::schema {

// A growing array of plain values that never clears memory it is about to overwrite, and keeps it when
// emptied: what a parser that runs a million times needs, and std::vector does not give.
template <typename T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  T* data() { return items_.get(); }
  const T* data() const { return items_.get(); }
  T& operator[](size_t index) { return items_[index]; }
  const T& operator[](size_t index) const { return items_[index]; }
  T& back() { return items_[size_ - 1]; }

  void clear() { size_ = 0; }
  void Truncate(size_t size) { size_ = size; }

  T& Push(const T& item) {
    if (size_ == capacity_) Reserve(std::max<size_t>(64, capacity_ * 2));
    items_[size_] = item;
    return items_[size_++];
  }

  void Reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    auto grown = std::make_unique_for_overwrite<T[]>(capacity);
    std::copy(items_.get(), items_.get() + size_, grown.get());
    items_ = std::move(grown);
    capacity_ = capacity;
  }

  void Release() {
    items_.reset();
    size_ = capacity_ = 0;
  }

 private:
  std::unique_ptr<T[]> items_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace spikard::schema
