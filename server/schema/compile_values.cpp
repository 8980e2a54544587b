#include <algorithm>

#include "schema/compiler.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

bool Compiler::CompileValues(const Context& context) {
  const Document& json = context.json;
  const NodeIndex constant = context.keywords[Keyword::kConst];
  if (constant != kNoNode) Emit(Op::kConst, Keyword::kConst, kAnyKind, constant, constant);

  const NodeIndex value = context.keywords[Keyword::kEnum];
  if (value == kNoNode) return true;
  if (json.KindOf(value) != Kind::kArray) return Fail(context, value, "enum must be an array");
  EnumSet set;
  set.document = context.site.document;
  set.first_string = static_cast<uint32_t>(program_.enum_strings.size());
  for (NodeIndex item = value + 1; item < json.End(value); item = json.Next(item)) {
    if (json.KindOf(item) == Kind::kString) {
      program_.enum_strings.push_back({NameHash(json.Text(item)), json.Text(item)});
    } else {
      set.others.push_back(item);
      set.other_kinds |= IsNumber(json.KindOf(item)) ? kNumberKinds : BitOf(json.KindOf(item));
    }
  }
  set.string_count = static_cast<uint32_t>(program_.enum_strings.size()) - set.first_string;
  std::sort(program_.enum_strings.begin() + set.first_string, program_.enum_strings.end(),
            [](const EnumString& a, const EnumString& b) { return a.hash < b.hash; });
  Emit(Op::kEnum, Keyword::kEnum, kAnyKind, value, static_cast<uint32_t>(program_.enums.size()));
  program_.enums.push_back(std::move(set));
  return true;
}

bool Compiler::CompileNumbers(const Context& context) {
  const Document& json = context.json;
  constexpr std::pair<Keyword, Op> kKeywords[] = {
      {Keyword::kMultipleOf, Op::kMultipleOf},
      {Keyword::kMinimum, Op::kMinimum},
      {Keyword::kExclusiveMinimum, Op::kExclusiveMinimum},
      {Keyword::kMaximum, Op::kMaximum},
      {Keyword::kExclusiveMaximum, Op::kExclusiveMaximum},
  };
  for (const auto& [keyword, op] : kKeywords) {
    const NodeIndex value = context.keywords[keyword];
    if (value == kNoNode) continue;
    if (!IsNumber(json.KindOf(value))) {
      return Fail(context, value, std::string(NameOf(keyword)) + " must be a number");
    }
    const Decimal decimal(json.Raw(value));
    if (op == Op::kMultipleOf) {
      if (decimal.IsZero() || decimal.negative()) return Fail(context, value, "multipleOf must be greater than 0");
      Emit(op, keyword, kNumberKinds, value, static_cast<uint32_t>(program_.divisors.size()));
      program_.divisors.emplace_back(json.Raw(value));
    } else {
      Emit(op, keyword, kNumberKinds, value, static_cast<uint32_t>(program_.bounds.size()));
      program_.bounds.push_back({decimal, SmallInteger(json.Raw(value))});
    }
  }
  return true;
}

bool Compiler::CompileStrings(const Context& context) {
  const Document& json = context.json;
  constexpr KindSet kStrings = BitOf(Kind::kString);
  if (!EmitCount(context, Op::kMinLength, Keyword::kMinLength, kStrings)) return false;
  if (!EmitCount(context, Op::kMaxLength, Keyword::kMaxLength, kStrings)) return false;

  const NodeIndex pattern = context.keywords[Keyword::kPattern];
  if (pattern != kNoNode) {
    if (json.KindOf(pattern) != Kind::kString) return Fail(context, pattern, "pattern must be a string");
    uint32_t index = 0;
    if (!CompilePattern(context, pattern, json.Text(pattern), index)) return false;
    Emit(Op::kPattern, Keyword::kPattern, kStrings, pattern, index);
  }

  const NodeIndex format = context.keywords[Keyword::kFormat];
  if (format == kNoNode) return true;
  if (json.KindOf(format) != Kind::kString) return Fail(context, format, "format must be a string");
  const bool asserts = options_.assert_format || (context.dialect.vocabularies & kFormatAssertionVocabulary) != 0;
  FormatCheck check = asserts ? FindFormat(json.Text(format)) : nullptr;
  if (asserts && check == nullptr && options_.more_formats != nullptr) check = options_.more_formats(json.Text(format));
  if (check != nullptr) {
    Emit(Op::kFormat, Keyword::kFormat, kStrings, format, static_cast<uint32_t>(program_.formats.size()));
    program_.formats.push_back(check);
  }
  return true;
}

bool Compiler::CompileArrays(const Context& context) {
  constexpr KindSet kArrays = BitOf(Kind::kArray);
  if (!EmitCount(context, Op::kMinItems, Keyword::kMinItems, kArrays)) return false;
  if (!EmitCount(context, Op::kMaxItems, Keyword::kMaxItems, kArrays)) return false;
  const NodeIndex unique = context.keywords[Keyword::kUniqueItems];
  if (unique != kNoNode) {
    const Kind kind = context.json.KindOf(unique);
    if (kind != Kind::kTrue && kind != Kind::kFalse) return Fail(context, unique, "uniqueItems must be a boolean");
    if (kind == Kind::kTrue) Emit(Op::kUniqueItems, Keyword::kUniqueItems, kArrays, unique);
  }
  return CompileItems(context) && CompileContains(context);
}

bool Compiler::CompileItems(const Context& context) {
  const Document& json = context.json;
  ItemsRule rule;
  NodeIndex prefix = context.keywords[Keyword::kPrefixItems];
  NodeIndex rest = context.keywords[Keyword::kItems];
  if (rest != kNoNode && json.KindOf(rest) == Kind::kArray) {
    // 2019-09 and before: `items` as an array is today's prefixItems, and additionalItems today's items.
    if (context.dialect.draft == Draft::k2020) return Fail(context, rest, "items must be a schema");
    prefix = rest;
    rest = context.keywords[Keyword::kAdditionalItems];
    rule.rest_keyword = Keyword::kAdditionalItems;
  }
  if (prefix == kNoNode && rest == kNoNode) return true;
  rule.rest_value = rest;
  rule.first = static_cast<uint32_t>(program_.lists.size());
  if (prefix != kNoNode) {
    for (NodeIndex item = prefix + 1; item < json.End(prefix); item = json.Next(item)) {
      program_.lists.push_back(Require({context.site.document, item}));
    }
  }
  rule.count = static_cast<uint32_t>(program_.lists.size()) - rule.first;
  if (rest != kNoNode) rule.rest = Require({context.site.document, rest});
  Emit(Op::kItems, Keyword::kItems, BitOf(Kind::kArray), rest != kNoNode ? rest : prefix,
       static_cast<uint32_t>(program_.items.size()));
  program_.items.push_back(rule);
  return true;
}

bool Compiler::CompileContains(const Context& context) {
  ContainsRule rule;
  const NodeIndex value = context.keywords[Keyword::kContains];
  rule.minimum_value = context.keywords[Keyword::kMinContains];
  rule.maximum_value = context.keywords[Keyword::kMaxContains];
  if (rule.minimum_value != kNoNode && !ReadCount(context, rule.minimum_value, rule.minimum)) return false;
  if (rule.maximum_value != kNoNode && !ReadCount(context, rule.maximum_value, rule.maximum)) return false;
  if (value == kNoNode) return true;
  rule.schema = Require({context.site.document, value});
  rule.evaluates = context.dialect.draft == Draft::k2020;
  Emit(Op::kContains, Keyword::kContains, BitOf(Kind::kArray), value, static_cast<uint32_t>(program_.contains.size()));
  program_.contains.push_back(rule);
  return true;
}

}  // namespace spikard::schema
