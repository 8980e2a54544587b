#include "schema/evaluator.hpp"
#include "schema/parse.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

template <bool kReport>
bool Evaluator<kReport>::Object(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks) {
  const Shape& shape = program_.shapes[instruction.a];
  if constexpr (kReport) return ReportObject(shape, schema, node, marks);
  const bool others_count = shape.additional != kNoSchema;
  uint32_t missing = shape.required_count;
  uint32_t expected = 0;
  uint32_t position = 0;
  const NodeIndex end = document_.End(node);
  for (NodeIndex key = node + 1; key < end; key = document_.Next(key + 1), ++position) {
    const Property* property = FindProperty(program_, shape, document_.Text(key), document_.At(key).link, expected);
    bool evaluated = false;
    if (property != nullptr) {
      missing -= property->required ? 1 : 0;
      if (property->schema != kNoSchema) {
        evaluated = true;
        if (!Run(property->schema, key + 1, kNoMarks)) return false;
      }
    }
    if (shape.pattern_count != 0 || (others_count && !evaluated)) {
      if (!OtherMember(shape, schema, node, key, evaluated)) return false;
    }
    if (evaluated) Mark(marks, position);
  }
  return missing == 0;
}

// First what is missing, then the properties in the order of the schema, then the other members in the order
// of the instance.
template <bool kReport>
bool Evaluator<kReport>::ReportObject(const Shape& shape, const Subschema& schema, NodeIndex node, Marks marks) {
  std::vector<NodeIndex> members(shape.property_count, kNoNode);
  std::vector<bool> evaluated(document_.Count(node), false);
  const Property* properties = program_.properties.data() + shape.first_property;
  uint32_t expected = 0;
  uint32_t position = 0;
  for (NodeIndex key = node + 1; key < document_.End(node); key = document_.Next(key + 1), ++position) {
    const Property* found = FindProperty(program_, shape, document_.Text(key), document_.At(key).link, expected);
    if (found == nullptr) continue;
    members[static_cast<size_t>(found - properties)] = key;
    evaluated[position] = found->schema != kNoSchema;
  }
  bool valid = ReportMissing(shape, schema, node, members);
  for (uint32_t number = 0; number < shape.property_count; ++number) {
    if (members[number] == kNoNode || properties[number].schema == kNoSchema) continue;
    valid = RunMember(properties[number].schema, members[number]) && valid;
  }
  position = 0;
  for (NodeIndex key = node + 1; key < document_.End(node); key = document_.Next(key + 1), ++position) {
    bool applied = evaluated[position];
    valid = OtherMember(shape, schema, node, key, applied) && valid;
    if (applied) Mark(marks, position);
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::ReportMissing(const Shape& shape, const Subschema& schema, NodeIndex node,
                                       const std::vector<NodeIndex>& members) {
  bool valid = true;
  for (uint32_t i = 0; i < shape.required_count; ++i) {
    const uint32_t number = program_.lists[shape.first_required + i];
    if (members[number] != kNoNode) continue;
    const std::string_view name = program_.properties[shape.first_property + number].name;
    valid = Report(schema, Keyword::kRequired, shape.required_value, node, name);
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::OtherMember(const Shape& shape, const Subschema& schema, NodeIndex object, NodeIndex key,
                                     bool& evaluated) {
  bool valid = true;
  for (uint32_t i = 0; i < shape.pattern_count; ++i) {
    const PatternProperty& property = program_.pattern_properties[shape.first_pattern + i];
    if (!program_.patterns[property.pattern].Matches(document_.Text(key))) continue;
    evaluated = true;
    valid = RunMember(property.schema, key) && valid;
    if (!kReport && !valid) return false;
  }
  if (evaluated || shape.additional == kNoSchema) return valid;
  evaluated = true;
  if (!program_.schemas[shape.additional].is_false) return RunMember(shape.additional, key) && valid;
  return Report(schema, Keyword::kAdditionalProperties, shape.additional_value, object, document_.Text(key), key + 1);
}

template <bool kReport>
bool Evaluator<kReport>::PropertyNames(const Instruction& instruction, const Subschema& schema, NodeIndex node) {
  bool valid = true;
  for (NodeIndex key = node + 1; key < document_.End(node); key = document_.Next(key + 1)) {
    // A name is a string node like any other, so that it can be looked at in place.
    if (Try(instruction.a, key, kNoMarks)) continue;
    valid = Report(schema, Keyword::kPropertyNames, instruction.value, node, document_.Text(key), key + 1);
    if (!kReport) return false;
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::DependentRequired(const Instruction& instruction, const Subschema& schema, NodeIndex node) {
  bool valid = true;
  for (uint32_t i = 0; i < instruction.b; ++i) {
    const Dependent& dependent = program_.dependents[instruction.a + i];
    if (document_.Find(node, dependent.name) == kNoNode) continue;
    for (std::string_view name : dependent.required) {
      if (document_.Find(node, name) != kNoNode) continue;
      valid = Report(schema, instruction.keyword, dependent.value, node, name);
      if (!kReport) return false;
    }
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::DependentSchemas(const Instruction& instruction, NodeIndex node, Marks marks) {
  bool valid = true;
  for (uint32_t i = 0; i < instruction.b; ++i) {
    const Dependent& dependent = program_.dependents[instruction.a + i];
    if (document_.Find(node, dependent.name) == kNoNode) continue;
    valid = Run(dependent.schema, node, marks) && valid;
    if (!kReport && !valid) return false;
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::UnevaluatedProperties(const Instruction& instruction, const Subschema& schema, NodeIndex node,
                                               Marks marks) {
  bool valid = true;
  uint32_t position = 0;
  for (NodeIndex key = node + 1; key < document_.End(node); key = document_.Next(key + 1), ++position) {
    if (IsMarked(marks, position)) continue;
    Mark(marks, position);
    if (program_.schemas[instruction.a].is_false) {
      valid = Report(schema, instruction.keyword, instruction.value, node, document_.Text(key), key + 1);
    } else {
      valid = RunMember(instruction.a, key) && valid;
    }
    if (!kReport && !valid) return false;
  }
  return valid;
}

template class Evaluator<false>;
template class Evaluator<true>;

}  // namespace spikard::schema
