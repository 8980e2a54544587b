#include <algorithm>
#include <bit>

#include "schema/compiler.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

bool Compiler::CompileObjects(const Context& context) {
  constexpr KindSet kObjects = BitOf(Kind::kObject);
  if (!EmitCount(context, Op::kMinProperties, Keyword::kMinProperties, kObjects)) return false;
  if (!EmitCount(context, Op::kMaxProperties, Keyword::kMaxProperties, kObjects)) return false;
  if (!CompileShape(context)) return false;
  const SchemaId names = RequireKeyword(context, Keyword::kPropertyNames);
  if (names != kNoSchema) {
    Emit(Op::kPropertyNames, Keyword::kPropertyNames, kObjects, context.keywords[Keyword::kPropertyNames], names);
  }
  if (!CompileDependents(context, Keyword::kDependentRequired)) return false;
  if (!CompileDependents(context, Keyword::kDependentSchemas)) return false;
  const bool legacy = context.dialect.draft <= Draft::k07 || options_.legacy_dependencies;
  return !legacy || CompileDependents(context, Keyword::kDependencies);
}

bool Compiler::CompileShape(const Context& context) {
  const Keywords& keywords = context.keywords;
  if (!keywords.Has(Keyword::kProperties) && !keywords.Has(Keyword::kRequired) &&
      !keywords.Has(Keyword::kPatternProperties) && !keywords.Has(Keyword::kAdditionalProperties)) {
    return true;
  }
  Shape shape;
  shape.first_property = static_cast<uint32_t>(program_.properties.size());
  if (!CompileProperties(context, shape) || !CompileRequired(context, shape) ||
      !CompilePatternProperties(context, shape)) {
    return false;
  }
  shape.additional = RequireKeyword(context, Keyword::kAdditionalProperties);
  shape.additional_value = keywords[Keyword::kAdditionalProperties];
  const bool nothing_to_do = shape.property_count == 0 && shape.pattern_count == 0 && shape.additional == kNoSchema;
  if (nothing_to_do) return true;
  CompileSlots(shape);
  Emit(Op::kObject, Keyword::kProperties, BitOf(Kind::kObject), keywords[Keyword::kProperties],
       static_cast<uint32_t>(program_.shapes.size()));
  program_.shapes.push_back(shape);
  return true;
}

bool Compiler::CompileProperties(const Context& context, Shape& shape) {
  const Document& json = context.json;
  const NodeIndex value = context.keywords[Keyword::kProperties];
  if (value == kNoNode) return true;
  for (NodeIndex key = value + 1; key < json.End(value); key = json.Next(key + 1)) {
    program_.properties.push_back(
        {json.Text(key), json.At(key).link, Require({context.site.document, key + 1}), false});
    ++shape.property_count;
  }
  return true;
}

// Names that `properties` does not have become properties without a schema.
bool Compiler::CompileRequired(const Context& context, Shape& shape) {
  shape.first_required = static_cast<uint32_t>(program_.lists.size());
  shape.required_value = context.keywords[Keyword::kRequired];
  if (shape.required_value == kNoNode) return true;
  std::vector<std::string_view> names;
  if (!ReadNames(context, shape.required_value, names)) return false;
  CompileSlots(shape);
  for (std::string_view name : names) {
    uint32_t expected = UINT32_MAX;
    const uint32_t hash = NameHash(name);
    const Property* found = FindProperty(program_, shape, name, hash, expected);
    uint32_t number = shape.property_count;
    if (found != nullptr) {
      number = static_cast<uint32_t>(found - program_.properties.data()) - shape.first_property;
    } else {
      program_.properties.push_back({name, hash, kNoSchema, false});
      ++shape.property_count;
      CompileSlots(shape);
    }
    Property& property = program_.properties[shape.first_property + number];
    if (property.required) continue;
    property.required = true;
    ++shape.required_count;
    program_.lists.push_back(number);
  }
  return true;
}

bool Compiler::CompilePatternProperties(const Context& context, Shape& shape) {
  const Document& json = context.json;
  const NodeIndex value = context.keywords[Keyword::kPatternProperties];
  shape.first_pattern = static_cast<uint32_t>(program_.pattern_properties.size());
  if (value == kNoNode) return true;
  for (NodeIndex key = value + 1; key < json.End(value); key = json.Next(key + 1)) {
    uint32_t pattern = 0;
    if (!CompilePattern(context, key + 1, json.Text(key), pattern)) return false;
    program_.pattern_properties.push_back({pattern, Require({context.site.document, key + 1})});
    ++shape.pattern_count;
  }
  return true;
}

// The table of the shape that is being compiled is the last one: it is rebuilt in place.
void Compiler::CompileSlots(Shape& shape) {
  if (shape.slot_mask == 0) shape.first_slot = static_cast<uint32_t>(program_.slots.size());
  const uint32_t size = std::bit_ceil(shape.property_count * 2 + 1);
  shape.slot_mask = size - 1;
  program_.slots.resize(shape.first_slot);
  program_.slots.resize(shape.first_slot + size, 0);
  for (uint32_t number = 0; number < shape.property_count; ++number) {
    uint32_t slot = program_.properties[shape.first_property + number].hash & shape.slot_mask;
    while (program_.slots[shape.first_slot + slot] != 0) slot = (slot + 1) & shape.slot_mask;
    program_.slots[shape.first_slot + slot] = number + 1;
  }
}

bool Compiler::CompileDependents(const Context& context, Keyword keyword) {
  const Document& json = context.json;
  const NodeIndex value = context.keywords[keyword];
  if (value == kNoNode) return true;
  if (json.KindOf(value) != Kind::kObject) {
    return Fail(context, value, std::string(NameOf(keyword)) + " must be an object");
  }
  std::vector<Dependent> names;
  std::vector<Dependent> schemas;
  for (NodeIndex key = value + 1; key < json.End(value); key = json.Next(key + 1)) {
    Dependent dependent;
    dependent.name = json.Text(key);
    dependent.value = key + 1;
    if (keyword == Keyword::kDependentRequired || json.KindOf(key + 1) == Kind::kArray) {
      if (!ReadNames(context, key + 1, dependent.required)) return false;
      names.push_back(std::move(dependent));
    } else {
      dependent.schema = Require({context.site.document, key + 1});
      schemas.push_back(std::move(dependent));
    }
  }
  for (auto* list : {&names, &schemas}) {
    if (list->empty()) continue;
    Emit(list == &names ? Op::kDependentRequired : Op::kDependentSchemas, keyword, BitOf(Kind::kObject), value,
         static_cast<uint32_t>(program_.dependents.size()), static_cast<uint32_t>(list->size()));
    std::move(list->begin(), list->end(), std::back_inserter(program_.dependents));
  }
  return true;
}

}  // namespace spikard::schema
