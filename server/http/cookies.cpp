#include "http/cookies.hpp"

namespace spikard::http {
namespace {

constexpr size_t kOctalDigits = 3;

// The character of three octal digits at the front, or -1.
int OctalAt(std::string_view text) {
  if (text.size() < kOctalDigits || text[0] < '0' || text[0] > '3') return -1;
  int value = 0;
  for (const char digit : text.substr(0, kOctalDigits)) {
    if (digit < '0' || digit > '7') return -1;
    value = value * 8 + (digit - '0');
  }
  return value;
}

void AppendLatin1(std::string& text, int character) {
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else {
    text += static_cast<char>(0xc0 | (character >> 6));
    text += static_cast<char>(0x80 | (character & 0x3f));
  }
}

}  // namespace

std::string UnquotedCookie(std::string_view value) {
  std::string text;
  text.reserve(value.size());
  while (!value.empty()) {
    const size_t plain = std::min(value.find('\\'), value.size());
    text += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.size() < 2) {
      text += value;
      break;
    }
    if (const int character = OctalAt(value.substr(1)); character >= 0) {
      AppendLatin1(text, character);
      value.remove_prefix(1 + kOctalDigits);
    } else {
      text += value[1];
      value.remove_prefix(2);
    }
  }
  return text;
}

}  // namespace spikard::http
