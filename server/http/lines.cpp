#include "http/lines.hpp"

namespace spikard::http {
namespace {

constexpr bool IsText(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 0x20 && u != 0x7f) || u == '\t';
}

}  // namespace

LineScanner::Found LineScanner::Scan(std::string_view input) {
  for (; at_ < input.size(); ++at_) {
    const char c = input[at_];
    if (IsText(c)) continue;
    // Section 2.2 would let a lone LF end a line. Whoever sends one hopes that somebody else sees no line end
    // there.
    if (c == '\n') return Found::kBroken;
    // RFC 9110 section 5.5: control characters, NUL above all.
    if (c != '\r') return Found::kBroken;
    if (at_ + 1 == input.size()) return Found::kPartial;
    // Section 2.2: a bare CR.
    if (input[at_ + 1] != '\n') return Found::kBroken;
    return Found::kLine;
  }
  return Found::kPartial;
}

}  // namespace spikard::http
