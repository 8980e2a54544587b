#include "http/lines.hpp"

#include <cstdint>
#include <cstring>

namespace spikard::http {
namespace {

constexpr size_t kWord = sizeof(uint64_t);

// Whether one of 8 bytes is a control character (tab among them) or above 0x7f: those have to be looked at one by one.
bool HoldsUncommon(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, kWord);
  constexpr uint64_t kOnes = ~uint64_t{0} / 0xff;
  constexpr uint64_t kHighBits = kOnes * 0x80;
  // Of bytes below 0x80: those below 0x20 borrow, and 0x7f carries.
  return ((word | (word - kOnes * 0x20) | (word + kOnes)) & kHighBits) != 0;
}

constexpr bool IsText(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 0x20 && u != 0x7f) || u == '\t';
}

}  // namespace

LineScanner::Found LineScanner::Scan(std::string_view input) {
  while (at_ + kWord <= input.size() && !HoldsUncommon(input.data() + at_)) at_ += kWord;
  for (; at_ < input.size(); ++at_) {
    const char c = input[at_];
    if (IsText(c)) continue;
    if (c == '\r' && at_ + 1 == input.size()) return Found::kPartial;
    // Control characters, NUL above all (RFC 9110 section 5.5); a bare CR (section 2.2); a lone LF, which section 2.2
    // would let end a line: whoever sends one hopes that somebody else sees no line end there.
    if (c != '\r' || input[at_ + 1] != '\n') return Found::kBroken;
    return Found::kLine;
  }
  return Found::kPartial;
}

}  // namespace spikard::http
