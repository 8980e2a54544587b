// Requests whose workers keep dying: after two deaths without an answer between them they are not handed out for a
// while.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace spikard::dispatch {

class PoisonGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Print = uint64_t;
  static constexpr std::chrono::seconds kBan{60};
  static constexpr std::chrono::hours kMemory{1};
  static constexpr size_t kMaxMarks = 1'024;
  static constexpr int kDeaths = 2;

  PoisonGuard() { crypto_shorthash_keygen(key_.data()); }

  // Equal requests of one generation have equal prints, others hardly ever: nobody can make one for somebody else's.
  // The target says route, path parameters and query.
  Print PrintOf(uint64_t generation, std::string_view method, std::string_view target, std::string_view body) const {
    const std::array<uint64_t, 4> parts = {generation, Hash(method), Hash(target), Hash(body)};
    return Hash({reinterpret_cast<const char*>(parts.data()), sizeof parts});
  }

  // Nobody has died lately: no print is worth making.
  bool Idle() const { return marks_.empty(); }

  // A worker has died of itself while it ran this one. Returns true if it is poison now.
  bool Blame(TimePoint now, Print print) {
    std::erase_if(marks_, [&](const auto& entry) { return IsOver(now, entry.second); });
    if (marks_.size() >= kMaxMarks) marks_.erase(marks_.begin());
    Mark& mark = marks_[print];
    mark.last = now;
    return ++mark.deaths >= kDeaths;
  }
  // It was answered.
  void Absolve(Print print) { marks_.erase(print); }
  bool IsPoison(TimePoint now, Print print) {
    const auto found = marks_.find(print);
    if (found == marks_.end()) return false;
    if (!IsOver(now, found->second)) return found->second.deaths >= kDeaths;
    marks_.erase(found);
    return false;
  }

 private:
  struct Mark {
    int deaths = 0;
    TimePoint last{};
  };

  static bool IsOver(TimePoint now, const Mark& mark) {
    return mark.deaths >= kDeaths ? now - mark.last >= kBan : now - mark.last >= kMemory;
  }

  uint64_t Hash(std::string_view bytes) const {
    uint64_t hash = 0;
    static_assert(sizeof hash == crypto_shorthash_BYTES);
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), key_.data());
    return hash;
  }

  std::array<unsigned char, crypto_shorthash_KEYBYTES> key_{};
  std::unordered_map<Print, Mark> marks_;
};

}  // namespace spikard::dispatch
