#include "schema/evaluator.hpp"

namespace spikard::schema {

template <bool kReport>
bool Evaluator<kReport>::Try(SchemaId id, NodeIndex node, Marks marks) {
  if constexpr (!kReport) {
    if (marks == kNoMarks) return Run(id, node, kNoMarks);
  }
  Evaluator<false> silent(program_, document_, state_, nullptr);
  if (marks == kNoMarks) return silent.Run(id, node, kNoMarks);
  const Marks own = NewMarks(node);
  const bool valid = silent.Run(id, node, own);
  if (valid) Merge(own, marks, node);
  DropMarks(own);
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::AllOf(const Instruction& instruction, NodeIndex node, Marks marks) {
  bool valid = true;
  for (uint32_t i = 0; i < instruction.b; ++i) {
    valid = Run(program_.lists[instruction.a + i], node, marks) && valid;
    if (!kReport && !valid) return false;
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::AnyOf(const Instruction& instruction, NodeIndex node, Marks marks) {
  bool valid = false;
  for (uint32_t i = 0; i < instruction.b; ++i) {
    valid = Try(program_.lists[instruction.a + i], node, marks) || valid;
    // Where nobody looks at annotations, one is enough.
    if (valid && marks == kNoMarks) return true;
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::OneOf(const Instruction& instruction, NodeIndex node, Marks marks) {
  uint32_t valid = 0;
  for (uint32_t i = 0; i < instruction.b && valid < 2; ++i) {
    valid += Try(program_.lists[instruction.a + i], node, marks) ? 1 : 0;
  }
  return valid == 1;
}

template <bool kReport>
bool Evaluator<kReport>::ReportOneOf(const Instruction& instruction, const Subschema& schema, NodeIndex node) {
  if constexpr (kReport) {
    const size_t before = sink_->errors.size();
    Report(schema, instruction.keyword, instruction.value, node);
    if (sink_->errors.size() > before) sink_->errors.back().several = AnyOf(instruction, node, kNoMarks);
  }
  return false;
}

template <bool kReport>
bool Evaluator<kReport>::If(const Instruction& instruction, NodeIndex node, Marks marks) {
  const Conditional& conditional = program_.conditionals[instruction.a];
  if (conditional.then == kNoSchema && conditional.otherwise == kNoSchema && marks == kNoMarks) return true;
  const SchemaId branch = Try(conditional.condition, node, marks) ? conditional.then : conditional.otherwise;
  return branch == kNoSchema || Run(branch, node, marks);
}

template <bool kReport>
bool Evaluator<kReport>::DynamicRef(const Instruction& instruction, NodeIndex node, Marks marks) {
  const auto& targets = program_.dynamic_names[instruction.b].targets;
  for (const ResourceId resource : state_.scope) {
    for (const auto& [owner, schema] : targets) {
      if (owner == resource) return Run(schema, node, marks);
    }
  }
  return Run(instruction.a, node, marks);
}

template class Evaluator<false>;
template class Evaluator<true>;

}  // namespace spikard::schema
