#include "http/fields.hpp"

#include <algorithm>
#include <array>

namespace spikard::http {
namespace {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kTokenCharacters = MakeTokenTable();

}  // namespace

bool IsToken(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return kTokenCharacters[static_cast<unsigned char>(c)]; });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u >= 0x20 && u != 0x7f) || u == '\t';
  });
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

void Fields::Add(std::string_view name, std::string_view value) {
  const auto at = static_cast<uint32_t>(block_.size());
  block_.append(name);
  std::transform(block_.begin() + at, block_.end(), block_.begin() + at, Lower);
  block_.append(value);
  entries_.push_back({at, static_cast<uint32_t>(name.size()), static_cast<uint32_t>(value.size())});
}

void Fields::Set(std::string_view name, std::string_view value) {
  size_t i = 0;
  while (i < size() && (*this)[i].name != name) ++i;
  Add(name, value);
  if (i + 1 == size()) return;
  // The old text stays in the block, unused.
  entries_[i] = entries_.back();
  entries_.pop_back();
}

void Fields::Remove(std::string_view name) {
  const auto has_name = [&](const Entry& entry) {
    return std::string_view(block_).substr(entry.at, entry.name_size) == name;
  };
  // The text stays in the block, unused.
  std::erase_if(entries_, has_name);
}

void Fields::Clear() {
  block_.clear();
  entries_.clear();
}

Field Fields::operator[](size_t index) const {
  const Entry& entry = entries_[index];
  const std::string_view text = std::string_view(block_).substr(entry.at);
  return {text.substr(0, entry.name_size), text.substr(entry.name_size, entry.value_size)};
}

std::optional<std::string_view> Fields::Find(std::string_view name) const {
  for (size_t i = 0; i < size(); ++i) {
    const Field field = (*this)[i];
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

size_t Fields::Count(std::string_view name) const {
  size_t count = 0;
  for (size_t i = 0; i < size(); ++i) count += (*this)[i].name == name;
  return count;
}

}  // namespace spikard::http
