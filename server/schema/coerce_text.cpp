#include <algorithm>
#include <iterator>

#include "schema/coerce.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

struct Word {
  std::string_view text;
  bool value;
};

constexpr Word kWords[] = {{"true", true}, {"1", true},    {"on", true},  {"yes", true}, {"false", false},
                           {"0", false},   {"off", false}, {"no", false}, {"", false}};

// The parser's limit: larger exponents are no JSON number here.
constexpr size_t kExponentDigits = 18;

std::string_view TakeDigits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool TakeSign(std::string_view& text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  return minus;
}

// JSON allows no leading zeros.
std::string_view Plain(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits.empty() ? std::string_view("0") : digits;
}

}  // namespace

std::string IntegerOf(std::string_view text) {
  const bool minus = TakeSign(text);
  const std::string_view digits = TakeDigits(text);
  if (digits.empty() || !text.empty()) return {};
  const std::string_view plain = Plain(digits);
  return (minus && plain != "0" ? "-" : "") + std::string(plain);
}

std::string NumberOf(std::string_view text) {
  std::string json = TakeSign(text) ? "-" : "";
  const std::string_view whole = TakeDigits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = TakeDigits(text);
  }
  if (whole.empty() && fraction.empty()) return {};
  json.append(Plain(whole));
  if (!fraction.empty()) json.append(".").append(fraction);
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    const bool minus = TakeSign(text);
    const std::string_view exponent = TakeDigits(text);
    if (exponent.empty() || Plain(exponent).size() > kExponentDigits) return {};
    json.append(minus ? "e-" : "e").append(Plain(exponent));
  }
  return text.empty() ? json : std::string();
}

std::string BooleanOf(std::string_view text) {
  const auto found = std::find_if(std::begin(kWords), std::end(kWords), [&](const Word& word) {
    return std::equal(word.text.begin(), word.text.end(), text.begin(), text.end(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b); });
  });
  if (found == std::end(kWords)) return {};
  return found->value ? "true" : "false";
}

}  // namespace spikard::schema
