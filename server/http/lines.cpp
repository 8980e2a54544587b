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
    if (c == '\r' && at_ + 1 == input.size()) return Found::kPartial;
    // Control characters, NUL above all (RFC 9110 section 5.5); a bare CR (section 2.2); a lone LF, which section 2.2
    // would let end a line: whoever sends one hopes that somebody else sees no line end there.
    if (c != '\r' || input[at_ + 1] != '\n') return Found::kBroken;
    return Found::kLine;
  }
  return Found::kPartial;
}

}  // namespace spikard::http
