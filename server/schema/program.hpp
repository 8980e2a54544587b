#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "schema/decimal.hpp"
#include "schema/document.hpp"
#include "schema/format.hpp"
#include "schema/keyword.hpp"
#include "schema/multiple.hpp"
#include "schema/pattern.hpp"
#include "schema/registry.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

// A compiled schema: tables that refer to each other by number. docs/schema.md tells how to read and extend
// it.

using SchemaId = uint32_t;
inline constexpr SchemaId kNoSchema = UINT32_MAX;

// Sets of kinds, as bits; "integer" takes decimals of integral value as well, which kIntegralDecimal stands
// for.
using KindSet = uint16_t;
inline constexpr KindSet BitOf(Kind kind) { return static_cast<KindSet>(1U << static_cast<unsigned>(kind)); }
inline constexpr KindSet kAnyKind = 0xFF;
inline constexpr KindSet kIntegralDecimal = 0x100;
inline constexpr KindSet kNumberKinds = BitOf(Kind::kInteger) | BitOf(Kind::kDecimal);

enum class Op : uint8_t {
  kConst,                  // a: node of the value
  kEnum,                   // a: enums
  kMultipleOf,             // a: divisors
  kMinimum,                // a: bounds
  kMaximum,                // a: bounds
  kExclusiveMinimum,       // a: bounds
  kExclusiveMaximum,       // a: bounds
  kMinLength,              // a: count
  kMaxLength,              // a: count
  kPattern,                // a: patterns
  kFormat,                 // a: formats
  kMinItems,               // a: count
  kMaxItems,               // a: count
  kUniqueItems,            //
  kMinProperties,          // a: count
  kMaxProperties,          // a: count, the last that runs no other schema
  kItems,                  // a: items
  kContains,               // a: contains
  kObject,                 // a: shapes
  kPropertyNames,          // a: schema
  kDependentRequired,      // a: first of dependents, b: how many
  kDependentSchemas,       // a: first of dependents, b: how many
  kRef,                    // a: schema
  kDynamicRef,             // a: schema if the scope has none, b: dynamic_names
  kAllOf,                  // a: first of lists, b: how many
  kAnyOf,                  // a: first of lists, b: how many
  kOneOf,                  // a: first of lists, b: how many
  kNot,                    // a: schema
  kIf,                     // a: conditionals
  kUnevaluatedItems,       // a: schema
  kUnevaluatedProperties,  // a: schema
};

// Runs only on values whose kind is in `applies`: a keyword says nothing about other types (Core 7.6.1).
struct Instruction {
  Op op;
  Keyword keyword;
  KindSet applies;
  NodeIndex value;  // of the keyword, in the schema's document
  uint32_t a;
  uint32_t b;
};

struct Subschema {
  uint32_t first = 0;  // of its instructions
  uint32_t count = 0;
  KindSet types = kAnyKind | kIntegralDecimal;  // by `type`; none for the schema `false`
  bool is_false = false;
  bool looks_at_unevaluated = false;  // has unevaluatedItems or unevaluatedProperties, and so needs marks of its own
  bool leaf = false;                  // runs no other schema
  bool recursive = false;             // can lead back to a schema it came from, at another value
  NodeIndex type_value = kNoNode;
  Site site;
  ResourceId resource = 0;
};

struct Bound {
  Decimal decimal;
  std::optional<int64_t> small;
};

struct EnumSet {
  uint32_t first_string = 0;  // of enum_strings, sorted by (hash, text)
  uint32_t string_count = 0;
  std::vector<NodeIndex> others;
  KindSet other_kinds = 0;
  uint32_t document = 0;
};

struct EnumString {
  uint32_t hash;
  std::string_view text;
};

struct ItemsRule {
  uint32_t first = 0;  // of lists
  uint32_t count = 0;
  SchemaId rest = kNoSchema;
  Keyword rest_keyword = Keyword::kItems;
  NodeIndex rest_value = kNoNode;
};

struct ContainsRule {
  SchemaId schema = kNoSchema;
  uint32_t minimum = 1;
  uint32_t maximum = UINT32_MAX;
  NodeIndex minimum_value = kNoNode;
  NodeIndex maximum_value = kNoNode;
  bool evaluates = true;  // 2020-12 counts what contains matched as evaluated; 2019-09 does not
};

// One name of `properties` or `required`.
struct Property {
  std::string_view name;
  uint32_t hash = 0;
  SchemaId schema = kNoSchema;
  bool required = false;
};

struct PatternProperty {
  uint32_t pattern;
  SchemaId schema;
};

// properties, required, patternProperties and additionalProperties of one schema, decided in one walk over
// the members.
struct Shape {
  uint32_t first_property = 0;
  uint32_t property_count = 0;
  uint32_t first_slot = 0;  // of slots: an open hash table of 1 + the number of a property
  uint32_t slot_mask = 0;
  uint32_t required_count = 0;
  uint32_t first_required = 0;  // of lists: numbers of properties in the order of `required`
  uint32_t first_pattern = 0;
  uint32_t pattern_count = 0;
  SchemaId additional = kNoSchema;
  NodeIndex required_value = kNoNode;
  NodeIndex additional_value = kNoNode;
};

struct Dependent {
  std::string_view name;
  std::vector<std::string_view> required;
  SchemaId schema = kNoSchema;
  NodeIndex value = kNoNode;
};

struct Conditional {
  SchemaId condition = kNoSchema;
  SchemaId then = kNoSchema;
  SchemaId otherwise = kNoSchema;
};

// The schemas that a $dynamicRef by this name may mean, by the resource that has the anchor.
struct DynamicName {
  std::string_view name;
  std::vector<std::pair<ResourceId, SchemaId>> targets;
};

// Immutable once compiled; any number of threads may run it at once.
struct Program {
  std::vector<std::unique_ptr<SchemaDocument>> documents;
  std::vector<std::string> resource_uris;
  std::vector<NodeIndex> resource_roots;

  SchemaId root = 0;
  std::vector<Subschema> schemas;
  std::vector<Instruction> code;
  std::vector<uint32_t> lists;
  std::vector<Bound> bounds;
  std::vector<Divisor> divisors;
  std::vector<Pattern> patterns;
  std::vector<FormatCheck> formats;
  std::vector<EnumSet> enums;
  std::vector<EnumString> enum_strings;
  std::vector<ItemsRule> items;
  std::vector<ContainsRule> contains;
  std::vector<Shape> shapes;
  std::vector<Property> properties;
  std::vector<uint32_t> slots;
  std::vector<PatternProperty> pattern_properties;
  std::vector<Dependent> dependents;
  std::vector<Conditional> conditionals;
  std::vector<DynamicName> dynamic_names;

  const Document& document(const Subschema& schema) const { return documents[schema.site.document]->json; }
};

// The property of `shape` that a member's name means, null if it means none. `expected` is where the next one
// is looked for first, since members mostly come in the order of the schema.
inline const Property* FindProperty(const Program& program, const Shape& shape, std::string_view name, uint32_t hash,
                                    uint32_t& expected) {
  const Property* properties = program.properties.data() + shape.first_property;
  if (expected < shape.property_count && properties[expected].hash == hash &&
      SameName(properties[expected].name, name)) {
    return &properties[expected++];
  }
  if (shape.property_count == 0) return nullptr;
  for (uint32_t slot = hash & shape.slot_mask;; slot = (slot + 1) & shape.slot_mask) {
    const uint32_t number = program.slots[shape.first_slot + slot];
    if (number == 0) return nullptr;
    const Property& property = properties[number - 1];
    if (property.hash == hash && SameName(property.name, name)) {
      expected = number;
      return &property;
    }
  }
}

}  // namespace spikard::schema
