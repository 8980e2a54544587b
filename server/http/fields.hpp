// Header fields (RFC 9110 section 5): in order, repeated where they were sent twice, names in lower case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikard::http {

// A field-name as RFC 9110 section 5.1 has it: a token.
bool IsToken(std::string_view text);
// A field-value without control characters (section 5.5); what must not pass is CR, LF and NUL above all.
bool IsFieldValue(std::string_view text);
// Calls `visit(element)` for each element of a comma-separated list, without the white space around it, empty
// ones left out (section 5.6.1).
template <typename Visit>
void ForEachElement(std::string_view list, Visit visit);
// ASCII case-insensitive equality.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

struct Field {
  std::string_view name;
  std::string_view value;
};

class Fields {
 public:
  // Stores the name in lower case.
  void Add(std::string_view name, std::string_view value);
  // Gives the first field of that name, which must be in lower case, another value, or adds one.
  void Set(std::string_view name, std::string_view value);
  // Takes all fields of that name away, which must be in lower case.
  void Remove(std::string_view name);
  void Clear();

  size_t size() const { return entries_.size(); }
  // The views are valid until the next Add or Clear.
  Field operator[](size_t index) const;
  // The first field of that name, which must be in lower case.
  std::optional<std::string_view> Find(std::string_view name) const;
  size_t Count(std::string_view name) const;

 private:
  struct Entry {
    uint32_t at;
    uint32_t name_size;
    uint32_t value_size;
  };

  // One block for all text: a request's fields cost no allocation each.
  std::string block_;
  std::vector<Entry> entries_;
};

template <typename Visit>
void ForEachElement(std::string_view list, Visit visit) {
  constexpr std::string_view kSpace = " \t";
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view element = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const size_t first = element.find_first_not_of(kSpace);
    if (first == std::string_view::npos) continue;
    element = element.substr(first, element.find_last_not_of(kSpace) - first + 1);
    visit(element);
  }
}

}  // namespace spikard::http
