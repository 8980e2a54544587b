#include "schema/value_checks.hpp"

#include <algorithm>

#include "schema/equal.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

// How a plain number with a fraction compares to an integer: by its integral part, unless that is the same.
// Nothing for negative and long numbers and those with an exponent.
std::optional<int> CompareFraction(std::string_view raw, int64_t bound) {
  const size_t point = raw.find('.');
  if (point > 18 || raw.front() == '-') return std::nullopt;
  int64_t whole = 0;
  for (char c : raw.substr(0, point)) whole = whole * 10 + (c - '0');
  bool fraction = false;
  for (char c : raw.substr(point + 1)) {
    if (!IsDigit(c)) return std::nullopt;
    fraction = fraction || c != '0';
  }
  return whole != bound ? (whole < bound ? -1 : 1) : (fraction ? 1 : 0);
}

int Compare(const Document& document, NodeIndex node, const Bound& bound) {
  const std::string_view raw = document.Raw(node);
  if (bound.small && document.KindOf(node) == Kind::kInteger) {
    if (const auto value = SmallInteger(raw)) return *value < *bound.small ? -1 : *value > *bound.small ? 1 : 0;
  }
  if (bound.small && document.KindOf(node) == Kind::kDecimal) {
    if (const auto order = CompareFraction(raw, *bound.small)) return *order;
  }
  return Decimal(raw).Compare(bound.decimal);
}

bool InEnum(const Program& program, const Document& document, const EnumSet& set, NodeIndex node) {
  const Kind kind = document.KindOf(node);
  if (kind == Kind::kString) {
    const std::string_view text = document.Text(node);
    const uint32_t hash = NameHash(text);
    const auto first = program.enum_strings.begin() + set.first_string;
    const auto last = first + set.string_count;
    auto at = std::lower_bound(first, last, hash, [](const EnumString& s, uint32_t h) { return s.hash < h; });
    for (; at != last && at->hash == hash; ++at) {
      if (at->text == text) return true;
    }
    return false;
  }
  if ((set.other_kinds & BitOf(kind)) == 0) return false;
  const Document& values = program.documents[set.document]->json;
  return std::any_of(set.others.begin(), set.others.end(),
                     [&](NodeIndex value) { return Equal(document, node, values, value); });
}

// A character has one to four bytes, so that most strings need no counting.
bool HasAtLeast(std::string_view text, uint32_t count) {
  if (text.size() < count) return false;
  return text.size() / 4 >= count || CountCodePoints(text) >= count;
}

bool HasAtMost(std::string_view text, uint32_t count) {
  if (text.size() <= count) return true;
  return text.size() / 4 <= count && CountCodePoints(text) <= count;
}

}  // namespace

bool CheckValue(const Program& program, const Document& document, const Instruction& instruction,
                const Subschema& schema, NodeIndex node) {
  const uint32_t a = instruction.a;
  switch (instruction.op) {
    case Op::kConst:
      return Equal(document, node, program.document(schema), a);
    case Op::kEnum:
      return InEnum(program, document, program.enums[a], node);
    case Op::kMultipleOf:
      return program.divisors[a].Divides(document.Raw(node));
    case Op::kMinimum:
      return Compare(document, node, program.bounds[a]) >= 0;
    case Op::kMaximum:
      return Compare(document, node, program.bounds[a]) <= 0;
    case Op::kExclusiveMinimum:
      return Compare(document, node, program.bounds[a]) > 0;
    case Op::kExclusiveMaximum:
      return Compare(document, node, program.bounds[a]) < 0;
    case Op::kMinLength:
      return HasAtLeast(document.Text(node), a);
    case Op::kMaxLength:
      return HasAtMost(document.Text(node), a);
    case Op::kPattern:
      return program.patterns[a].Matches(document.Text(node));
    case Op::kFormat:
      return program.formats[a](document.Text(node));
    case Op::kMinItems:
    case Op::kMinProperties:
      return document.Count(node) >= a;
    case Op::kMaxItems:
    case Op::kMaxProperties:
      return document.Count(node) <= a;
    case Op::kUniqueItems:
      return !FindEqualItems(document, node);
    default:
      return true;
  }
}

bool CheckLeaf(const Program& program, const Document& document, const Subschema& schema, NodeIndex node) {
  const KindSet kind = BitOf(document.KindOf(node));
  const Instruction* first = program.code.data() + schema.first;
  return std::all_of(first, first + schema.count, [&](const Instruction& instruction) {
    return (instruction.applies & kind) == 0 || CheckValue(program, document, instruction, schema, node);
  });
}

}  // namespace spikard::schema
