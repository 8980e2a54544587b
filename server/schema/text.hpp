#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace spikard::schema {

// Bytes of text as the rooms' code needs them: hashing of names, and UTF-8 (RFC 3629) that is known to be
// valid.

namespace internal {

inline uint64_t Load64(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline uint64_t Load32(const char* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline uint64_t Byte(char byte) { return static_cast<unsigned char>(byte); }

inline uint64_t Mix(uint64_t value) {
  value *= 0x9e3779b97f4a7c15U;
  return value ^ (value >> 32);
}

}  // namespace internal

// The hash by which property names are looked up and compared. Not keyed: every user must stay linear (n log
// n) when an attacker makes names collide.
inline uint32_t NameHash(std::string_view name) {
  const char* bytes = name.data();
  const size_t size = name.size();
  uint64_t hash = size;
  if (size >= 8) {
    for (size_t at = 0; at + 8 < size; at += 8) hash = internal::Mix(hash ^ internal::Load64(bytes + at));
    hash ^= internal::Load64(bytes + size - 8);
  } else if (size >= 4) {
    hash ^= internal::Load32(bytes) << 32 | internal::Load32(bytes + size - 4) << 3;
  } else if (size > 0) {
    // First, middle and last byte: the same byte more than once for the shortest names.
    hash ^=
        internal::Byte(bytes[0]) << 8 | internal::Byte(bytes[size / 2]) << 16 | internal::Byte(bytes[size - 1]) << 24;
  }
  return static_cast<uint32_t>(internal::Mix(hash));
}

// Equality of names, which are short: without a call.
inline bool SameName(std::string_view a, std::string_view b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  if (size >= 8) {
    for (size_t at = 0; at + 8 < size; at += 8) {
      if (internal::Load64(a.data() + at) != internal::Load64(b.data() + at)) return false;
    }
    return internal::Load64(a.data() + size - 8) == internal::Load64(b.data() + size - 8);
  }
  if (size >= 4) {
    return internal::Load32(a.data()) == internal::Load32(b.data()) &&
           internal::Load32(a.data() + size - 4) == internal::Load32(b.data() + size - 4);
  }
  return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

// The number of code points: the bytes that continue none. REQUIRES valid UTF-8.
inline size_t CountCodePoints(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  size_t count = text.size();
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    const uint64_t word = internal::Load64(text.data() + at);
    count -= static_cast<size_t>(((word >> 7) & (~word >> 6) & kOnes) * kOnes >> 56);
  }
  for (; at < text.size(); ++at) count -= (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U ? 1 : 0;
  return count;
}

// The code point at `position`, which moves past it; REQUIRES valid UTF-8 and position < text.size().
inline char32_t NextCodePoint(std::string_view text, size_t& position) {
  auto byte = [&](size_t at) { return static_cast<char32_t>(static_cast<unsigned char>(text[at])); };
  const char32_t lead = byte(position);
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) code = (code << 6) | (byte(position + i) & 0x3F);
  position += size;
  return code;
}

// Appends `code` as UTF-8; REQUIRES a Unicode scalar value.
inline void AppendCodePoint(std::string& out, char32_t code) {
  auto put = [&](char32_t value) { out.push_back(static_cast<char>(static_cast<unsigned char>(value))); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool IsAlnum(char c) { return IsDigit(c) || IsAlpha(c); }
inline bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// The value of a hexadecimal digit, -1 for any other byte.
inline int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `text` as a JSON string, with its quotes; REQUIRES valid UTF-8.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace spikard::schema
