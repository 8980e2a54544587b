#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "schema/program.hpp"
#include "schema/text.hpp"
#include "schema/validate.hpp"

namespace spikard::schema {

// The members or items of one value that have been evaluated (Core 11): a bit each, at an offset in
// EvaluationState.
using Marks = size_t;
inline constexpr Marks kNoMarks = SIZE_MAX;

// A question that was answered before: alternatives that lead into the same recursive schema must not ask it
// again for each way that leads there, or a document of depth n would cost 2^n.
struct Question {
  SchemaId schema;
  NodeIndex node;
  uint64_t scope;

  bool operator==(const Question&) const = default;
};

struct QuestionHash {
  size_t operator()(const Question& question) const {
    return internal::Mix((uint64_t{question.schema} << 32 | question.node) ^ question.scope);
  }
};

// What all evaluators of one run share.
struct EvaluationState {
  std::vector<uint64_t> words;  // marks, used as a stack
  // The dynamic scope (Core 7.1), outermost first. A resource stands in it once: only its first place can
  // matter.
  std::vector<ResourceId> scope;
  std::unordered_map<Question, bool, QuestionHash> answers;
  uint32_t depth = 0;
  bool exhausted = false;  // the depth of evaluation was reached: no verdict but "invalid" is safe
};

// Where a reporting evaluator writes.
struct ErrorSink {
  struct Step {
    NodeIndex name;  // kNoNode: a step into an array
    uint32_t position;
  };

  const ReportOptions& options;
  std::vector<Error>& errors;
  std::vector<Step> path;
};

// Runs a program over a document. The two kinds differ only in what they do at a failure: the silent one
// (kReport false) stops, the reporting one writes an error and goes on.
template <bool kReport>
class Evaluator {
  friend class Evaluator<!kReport>;

 public:
  Evaluator(const Program& program, const Document& document, EvaluationState& state, ErrorSink* sink)
      : program_(program), document_(document), state_(state), sink_(sink) {}

  // Whether the value is valid. Members or items evaluated on the way are added to `marks`, which are those
  // of `node`.
  bool Run(SchemaId id, NodeIndex node, Marks marks);

 private:
  // The same without looking at the type.
  bool Enter(const Subschema& schema, NodeIndex node, Marks marks);
  // The verdict on a value that may be asked for more than once.
  bool Answer(SchemaId id, NodeIndex node);
  bool RunInstructions(const Subschema& schema, NodeIndex node, Marks marks);
  bool Apply(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks);
  bool TypeMatches(const Subschema& schema, NodeIndex node) const;

  bool Object(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks);
  bool ReportObject(const Shape& shape, const Subschema& schema, NodeIndex node, Marks marks);
  bool ReportMissing(const Shape& shape, const Subschema& schema, NodeIndex node,
                     const std::vector<NodeIndex>& members);
  // patternProperties, and additionalProperties for what no other keyword names. Sets `evaluated` if one of
  // them applied.
  bool OtherMember(const Shape& shape, const Subschema& schema, NodeIndex object, NodeIndex key, bool& evaluated);
  bool PropertyNames(const Instruction& instruction, const Subschema& schema, NodeIndex node);
  bool DependentRequired(const Instruction& instruction, const Subschema& schema, NodeIndex node);
  bool DependentSchemas(const Instruction& instruction, NodeIndex node, Marks marks);
  bool UnevaluatedProperties(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks);

  bool Items(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks);
  bool Contains(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks);
  bool UnevaluatedItems(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks);

  bool AllOf(const Instruction& instruction, NodeIndex node, Marks marks);
  bool AnyOf(const Instruction& instruction, NodeIndex node, Marks marks);
  bool OneOf(const Instruction& instruction, NodeIndex node, Marks marks);
  bool ReportOneOf(const Instruction& instruction, const Subschema& schema, NodeIndex node);
  bool If(const Instruction& instruction, NodeIndex node, Marks marks);
  bool DynamicRef(const Instruction& instruction, NodeIndex node, Marks marks);
  // A schema whose failure is no error yet: silent, and what it evaluated counts only if it succeeds.
  bool Try(SchemaId id, NodeIndex node, Marks marks);
  // Whether the errors of the one alternative that can be meant were reported.
  bool Explain(const Instruction& instruction, NodeIndex node);
  // Whether an alternative cannot be the one that is meant.
  bool IsRuledOut(const Subschema& schema, NodeIndex node);
  bool IsTag(const Subschema& schema) const;
  // The schema behind a chain of plain references.
  const Subschema& Dereference(SchemaId id) const;

  // A child of the value that is being looked at.
  bool RunMember(SchemaId id, NodeIndex key);
  bool RunItem(SchemaId id, NodeIndex item, uint32_t position);

  Marks NewMarks(NodeIndex node);
  void DropMarks(Marks marks) { state_.words.resize(marks); }
  void Merge(Marks from, Marks into, NodeIndex node);
  void Mark(Marks marks, uint32_t position) {
    if (marks != kNoMarks) state_.words[marks + position / 64] |= uint64_t{1} << (position % 64);
  }
  bool IsMarked(Marks marks, uint32_t position) const {
    return (state_.words[marks + position / 64] >> (position % 64) & 1) != 0;
  }

  // Writes an error if this is the reporting kind; always false, so that it ends a failing branch.
  bool Report(const Subschema& schema, Keyword keyword, NodeIndex value, NodeIndex node, std::string_view property = {},
              NodeIndex property_value = kNoNode);

  const Program& program_;
  const Document& document_;
  EvaluationState& state_;
  ErrorSink* sink_;
};

}  // namespace spikard::schema
