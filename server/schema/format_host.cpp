#include <vector>

#include "schema/format.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

constexpr size_t kMaxLabel = 63;      // RFC 1034 section 3.1
constexpr size_t kMaxName = 253;      // its 255 octets on the wire, as text
constexpr size_t kMaxLocalPart = 64;  // RFC 5321 section 4.5.3.1.1

bool IsLdhLabel(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabel || label.front() == '-' || label.back() == '-') return false;
  for (char c : label) {
    if (!IsAlnum(c) && c != '-') return false;
  }
  return true;
}

// Splits and judges each label; `is_label` decides.
template <typename IsLabel>
bool AllLabels(std::string_view name, IsLabel is_label) {
  for (;;) {
    const size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool IsAtomText(char c, bool internationalized) {
  constexpr std::string_view kSpecials = "!#$%&'*+-/=?^_`{|}~";
  return IsAlnum(c) || kSpecials.find(c) != std::string_view::npos || (internationalized && !IsAscii(c));
}

bool IsLocalPart(std::string_view local, bool internationalized) {
  if (local.empty() || local.size() > kMaxLocalPart) return false;
  if (local.size() >= 2 && local.front() == '"' && local.back() == '"') {
    for (size_t i = 1; i + 1 < local.size(); ++i) {
      if (local[i] == '\\' && ++i + 1 >= local.size()) return false;
      const bool quotable = local[i] >= 0x20 && local[i] < 0x7F;
      const bool bare_quote = local[i] == '"' && local[i - 1] != '\\';
      if (bare_quote || !(quotable || (internationalized && !IsAscii(local[i])))) return false;
    }
    return true;
  }
  return AllLabels(local, [&](std::string_view atom) {
    for (char c : atom) {
      if (!IsAtomText(c, internationalized)) return false;
    }
    return !atom.empty();
  });
}

bool IsAddressLiteral(std::string_view literal) {
  constexpr std::string_view kIpv6 = "IPv6:";
  if (literal.starts_with(kIpv6)) return IsIpv6(literal.substr(kIpv6.size()));
  return IsIpv4(literal);
}

bool IsMailbox(std::string_view text, bool internationalized) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || !IsLocalPart(text.substr(0, at), internationalized)) return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    return IsAddressLiteral(domain.substr(1, domain.size() - 2));
  }
  if (domain.size() > kMaxName) return false;
  return AllLabels(domain, [&](std::string_view label) {
    if (!internationalized) return IsLdhLabel(label);
    std::string ascii;
    for (char c : label) ascii.push_back(IsAscii(c) ? c : 'x');
    return IsLdhLabel(ascii);
  });
}

}  // namespace

bool IsHostname(std::string_view text) {
  return text.size() <= kMaxName && AllLabels(text, [](std::string_view label) {
           const bool a_label = label.size() >= 4 && (label[0] == 'x' || label[0] == 'X') &&
                                (label[1] == 'n' || label[1] == 'N') && label.substr(2, 2) == "--";
           return IsLdhLabel(label) && (!a_label || IsALabel(label));
         });
}

bool IsEmail(std::string_view text) { return IsMailbox(text, false); }
bool IsIdnEmail(std::string_view text) { return IsMailbox(text, true); }

bool IsIpv4(std::string_view text) {
  int parts = 0;
  return text.size() <= 15 &&
         AllLabels(text,
                   [&](std::string_view part) {
                     if (part.empty() || part.size() > 3 || ++parts > 4 || (part.size() > 1 && part[0] == '0'))
                       return false;
                     int value = 0;
                     for (char c : part) {
                       if (!IsDigit(c)) return false;
                       value = value * 10 + (c - '0');
                     }
                     return value <= 255;
                   }) &&
         parts == 4;
}

bool IsIpv6(std::string_view text) {
  int groups = 0;
  bool compressed = false;
  if (text.starts_with("::")) {
    compressed = true;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  for (;;) {
    if (text.find('.') != std::string_view::npos && text.find(':') == std::string_view::npos) {
      groups += 2;
      return IsIpv4(text) && (compressed ? groups < 8 : groups == 8);
    }
    size_t digits = 0;
    while (digits < text.size() && digits < 5 && HexValue(text[digits]) >= 0) ++digits;
    if (digits == 0 || digits > 4 || ++groups > 8) return false;
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (!text.starts_with(':')) return false;
    text.remove_prefix(1);
    if (text.starts_with(':')) {
      if (compressed) return false;
      compressed = true;
      text.remove_prefix(1);
      if (text.empty()) break;
    }
  }
  return compressed ? groups < 8 : groups == 8;
}

}  // namespace spikard::schema
