#include <idn2.h>

#include <string>
#include <vector>

#include "schema/format.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

constexpr size_t kMaxName = 253;

// RFC 3490 section 3.1: the four characters that separate labels.
bool IsSeparator(char32_t c) { return c == U'.' || c == 0x3002 || c == 0xFF0E || c == 0xFF61; }

// The blocks of the Bidi classes R and AL: a name that has one of these is a Bidi domain name (RFC 5893
// section 1.4).
bool IsRightToLeft(char32_t c) {
  const bool digit = (c >= 0x0660 && c <= 0x0669) || (c >= 0x06F0 && c <= 0x06F9);
  return !digit && ((c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF) ||
                    (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF));
}

bool HasAcePrefix(std::string_view label) {
  return label.size() >= 4 && (label[0] | 0x20) == 'x' && (label[1] | 0x20) == 'n' && label.substr(2, 2) == "--";
}

// Runs the registration protocol of RFC 5891 section 4 over one label given in one of its two forms.
bool Register(const std::string* u_label, const std::string* a_label, std::string& registered) {
  auto bytes = [](const std::string* text) {
    return text == nullptr ? nullptr : reinterpret_cast<const uint8_t*>(text->c_str());
  };
  uint8_t* out = nullptr;
  if (idn2_register_u8(bytes(u_label), bytes(a_label), &out, 0) != IDN2_OK) return false;
  registered = reinterpret_cast<const char*>(out);
  idn2_free(out);
  return true;
}

// RFC 5893 section 2, rule 4, which libidn2 leaves out: European and Arabic digits do not mix in one label.
bool MixesDigits(std::string_view label) {
  bool european = false;
  bool arabic = false;
  for (size_t at = 0; at < label.size();) {
    const char32_t code = NextCodePoint(label, at);
    european = european || (code >= U'0' && code <= U'9') || (code >= 0x06F0 && code <= 0x06F9);
    arabic = arabic || (code >= 0x0660 && code <= 0x0669);
  }
  return european && arabic;
}

// The U-label of an A-label, if it is one.
bool Decode(std::string_view label, std::string& u_label) {
  std::string lower;
  for (char c : label) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
  char* out = nullptr;
  if (idn2_to_unicode_8z8z(lower.c_str(), &out, 0) != IDN2_OK) return false;
  u_label = out;
  idn2_free(out);
  bool ascii = true;
  for (char c : u_label) ascii = ascii && IsAscii(c);
  // Section 4.4 of RFC 5891: only what encodes back to itself is an A-label.
  std::string again;
  return !ascii && !MixesDigits(u_label) && Register(&u_label, nullptr, again) && again == lower;
}

}  // namespace

bool IsULabel(std::string_view label) {
  // libidn2 takes C strings.
  if (label.empty() || label.find('\0') != std::string_view::npos) return false;
  bool ascii = true;
  for (char c : label) ascii = ascii && IsAscii(c);
  if (HasAcePrefix(label)) return ascii && IsALabel(label);
  if (ascii) return label.find('.') == std::string_view::npos && IsHostname(label);
  // RFC 5891 section 4.2.3.1: no hyphen at either end, nor in the third and fourth place.
  if (label.front() == '-' || label.back() == '-') return false;
  const std::string text(label);
  std::string registered;
  return !MixesDigits(label) && Register(&text, nullptr, registered);
}

bool IsALabel(std::string_view label) {
  std::string u_label;
  return HasAcePrefix(label) && label.find('\0') == std::string_view::npos && Decode(label, u_label);
}

bool IsIdnHostname(std::string_view text) {
  std::vector<std::string> labels(1);
  bool bidi = false;
  for (size_t at = 0; at < text.size();) {
    const char32_t code = NextCodePoint(text, at);
    bidi = bidi || IsRightToLeft(code);
    if (IsSeparator(code)) {
      labels.emplace_back();
    } else {
      AppendCodePoint(labels.back(), code);
    }
  }
  size_t octets = labels.size() - 1;
  for (const std::string& label : labels) {
    if (!IsULabel(label)) return false;
    // RFC 5893 section 2, rule 1, binds every label of a Bidi domain name: none may begin with a digit.
    if (bidi && IsDigit(label.front())) return false;
    std::string registered;
    octets += Register(&label, nullptr, registered) ? registered.size() : label.size();
  }
  return octets <= kMaxName;
}

}  // namespace spikard::schema
