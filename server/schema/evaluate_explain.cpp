#include "schema/evaluator.hpp"

namespace spikard::schema {

template <bool kReport>
const Subschema& Evaluator<kReport>::Dereference(SchemaId id) const {
  const Subschema* schema = &program_.schemas[id];
  while (schema->count == 1 && program_.code[schema->first].op == Op::kRef && schema->type_value == kNoNode) {
    schema = &program_.schemas[program_.code[schema->first].a];
  }
  return *schema;
}

// By its type, or by a member that must have another value: the tag of a union of models.
template <bool kReport>
bool Evaluator<kReport>::IsRuledOut(const Subschema& schema, NodeIndex node) {
  if (!TypeMatches(schema, node)) return true;
  if (document_.KindOf(node) != Kind::kObject) return false;
  for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
    // A reference with other keywords beside it; none leads back to itself on the same value.
    if (program_.code[i].op == Op::kRef && IsRuledOut(program_.schemas[program_.code[i].a], node)) return true;
    if (program_.code[i].op != Op::kObject) continue;
    const Shape& shape = program_.shapes[program_.code[i].a];
    for (uint32_t number = 0; number < shape.property_count; ++number) {
      const Property& property = program_.properties[shape.first_property + number];
      if (property.schema == kNoSchema || !IsTag(program_.schemas[property.schema])) continue;
      const NodeIndex member = document_.Find(node, property.name);
      if (member != kNoNode && !Try(property.schema, member, kNoMarks)) return true;
    }
  }
  return false;
}

template <bool kReport>
bool Evaluator<kReport>::IsTag(const Subschema& schema) const {
  for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
    const Op op = program_.code[i].op;
    if (op == Op::kConst || op == Op::kEnum) return true;
  }
  return false;
}

template <bool kReport>
bool Evaluator<kReport>::Explain(const Instruction& instruction, NodeIndex node) {
  if constexpr (!kReport) return false;
  if (!kReport || !sink_->options.explain_alternatives) return false;
  SchemaId meant = kNoSchema;
  uint32_t left = 0;
  SchemaId not_null = kNoSchema;
  uint32_t not_nulls = 0;
  for (uint32_t i = 0; i < instruction.b; ++i) {
    const SchemaId id = program_.lists[instruction.a + i];
    const Subschema& schema = Dereference(id);
    if (schema.types != BitOf(Kind::kNull)) {
      not_null = id;
      ++not_nulls;
    }
    if (!IsRuledOut(schema, node)) {
      meant = id;
      ++left;
    }
  }
  if (left == 0 && not_nulls == 1) meant = not_null;
  // A oneOf may fail because the alternative is valid, and another one too.
  if (meant == kNoSchema || left > 1 || Try(meant, node, kNoMarks)) return false;
  Run(meant, node, kNoMarks);
  return true;
}

template class Evaluator<false>;
template class Evaluator<true>;

}  // namespace spikard::schema
