#include <algorithm>

#include "schema/evaluator.hpp"
#include "schema/pointer.hpp"
#include "schema/uri.hpp"
#include "schema/validate.hpp"
#include "schema/value_checks.hpp"

namespace spikard::schema {

namespace {

// Schemas within schemas at once. A document's depth times the longest chain of references and combinators
// stays far below; only a $dynamicRef that comes back to itself at the same value gets there.
constexpr uint32_t kMaxEvaluationDepth = 4096;

// Above this depth asking again is cheaper than remembering.
constexpr uint32_t kDepthOfAnswers = 6;

std::string LocationOf(const Program& program, const Subschema& schema, Keyword keyword, NodeIndex value) {
  // Within its resource; the pointer from the document's root would be another resource's.
  const Document& json = program.document(schema);
  const std::string root = PointerTo(json, program.resource_roots[schema.resource]);
  const std::string pointer = PointerTo(json, keyword == Keyword::kFalse ? schema.site.node : value);
  return program.resource_uris[schema.resource] + "#" + EncodeFragment(pointer.substr(root.size()));
}

}  // namespace

bool IsValid(const Program& program, const Document& document) {
  EvaluationState state;
  return Evaluator<false>(program, document, state, nullptr).Run(program.root, document.root(), kNoMarks) &&
         !state.exhausted;
}

std::vector<Error> Validate(const Program& program, const Document& document, const ReportOptions& options) {
  std::vector<Error> errors;
  if (IsValid(program, document)) return errors;
  ErrorSink sink{options, errors, {}};
  EvaluationState state;
  Evaluator<true>(program, document, state, &sink).Run(program.root, document.root(), kNoMarks);
  // The depth of evaluation was reached inside an alternative, which reports nothing itself.
  if (errors.empty() && options.max_errors > 0) {
    errors.emplace_back();
    errors.back().keyword = Keyword::kDynamicRef;
    errors.back().instance = document.Raw(document.root());
  }
  return errors;
}

std::string Error::pointer() const {
  std::string text;
  for (const PathPart& part : path) {
    if (const auto* name = std::get_if<std::string>(&part)) {
      AppendPointerToken(text, *name);
    } else {
      text.append("/").append(std::to_string(std::get<size_t>(part)));
    }
  }
  return text;
}

template <bool kReport>
bool Evaluator<kReport>::TypeMatches(const Subschema& schema, NodeIndex node) const {
  const Kind kind = document_.KindOf(node);
  if ((schema.types & BitOf(kind)) != 0) return true;
  return kind == Kind::kDecimal && (schema.types & kIntegralDecimal) != 0 && Decimal(document_.Raw(node)).IsInteger();
}

template <bool kReport>
bool Evaluator<kReport>::Run(SchemaId id, NodeIndex node, Marks marks) {
  const Subschema& schema = program_.schemas[id];
  bool valid = true;
  if (!TypeMatches(schema, node)) [[unlikely]] {
    const Keyword keyword = schema.is_false ? Keyword::kFalse : Keyword::kType;
    valid = Report(schema, keyword, schema.is_false ? schema.site.node : schema.type_value, node);
    if (!kReport) return false;
  }
  if (schema.leaf) {
    if constexpr (!kReport) return CheckLeaf(program_, document_, schema, node);
    return RunInstructions(schema, node, kNoMarks) && valid;
  }
  if constexpr (kReport) {
    if (sink_->errors.size() >= sink_->options.max_errors) return false;
  }
  if (schema.recursive && state_.depth >= kDepthOfAnswers && marks == kNoMarks &&
      document_.KindOf(node) >= Kind::kArray) {
    return Answer(id, node) && valid;
  }
  return Enter(schema, node, marks) && valid;
}

template <bool kReport>
bool Evaluator<kReport>::Answer(SchemaId id, NodeIndex node) {
  Question question{id, node, 0};
  for (ResourceId resource : state_.scope) question.scope = internal::Mix(question.scope + resource + 1);
  const auto known = state_.answers.find(question);
  if (known != state_.answers.end()) {
    if (!kReport || known->second) return known->second;
  } else {
    Evaluator<false> silent(program_, document_, state_, nullptr);
    const bool valid = silent.Enter(program_.schemas[id], node, kNoMarks);
    state_.answers.emplace(question, valid);
    if (!kReport || valid) return valid;
  }
  return Enter(program_.schemas[id], node, kNoMarks);
}

template <bool kReport>
bool Evaluator<kReport>::Enter(const Subschema& schema, NodeIndex node, Marks marks) {
  if (state_.depth == kMaxEvaluationDepth) {
    if (!state_.exhausted) Report(schema, Keyword::kDynamicRef, schema.site.node, node);
    state_.exhausted = true;
    return false;
  }
  ++state_.depth;
  const bool enters = !program_.dynamic_names.empty() &&
                      std::find(state_.scope.begin(), state_.scope.end(), schema.resource) == state_.scope.end();
  if (enters) state_.scope.push_back(schema.resource);
  bool valid = false;
  if (schema.looks_at_unevaluated && document_.KindOf(node) >= Kind::kArray) {
    // What cousins evaluated is not seen in here (Core 11): a fresh set, added to the outer one on success.
    const Marks own = NewMarks(node);
    valid = RunInstructions(schema, node, own);
    if (valid && marks != kNoMarks) Merge(own, marks, node);
    DropMarks(own);
  } else {
    valid = RunInstructions(schema, node, marks);
  }
  if (enters) state_.scope.pop_back();
  --state_.depth;
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::RunInstructions(const Subschema& schema, NodeIndex node, Marks marks) {
  const KindSet kind = BitOf(document_.KindOf(node));
  const Instruction* at = program_.code.data() + schema.first;
  const Instruction* end = at + schema.count;
  bool valid = true;
  for (; at != end; ++at) {
    if ((at->applies & kind) == 0) continue;
    if (Apply(*at, schema, node, marks)) continue;
    if (!kReport) return false;
    valid = false;
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::Apply(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks) {
  switch (instruction.op) {
    case Op::kObject:
      return Object(instruction, schema, node, marks);
    case Op::kPropertyNames:
      return PropertyNames(instruction, schema, node);
    case Op::kDependentRequired:
      return DependentRequired(instruction, schema, node);
    case Op::kDependentSchemas:
      return DependentSchemas(instruction, node, marks);
    case Op::kUnevaluatedProperties:
      return UnevaluatedProperties(instruction, schema, node, marks);
    case Op::kItems:
      return Items(instruction, schema, node, marks);
    case Op::kContains:
      return Contains(instruction, schema, node, marks);
    case Op::kUnevaluatedItems:
      return UnevaluatedItems(instruction, schema, node, marks);
    case Op::kRef:
      return Run(instruction.a, node, marks);
    case Op::kDynamicRef:
      return DynamicRef(instruction, node, marks);
    case Op::kAllOf:
      return AllOf(instruction, node, marks);
    case Op::kIf:
      return If(instruction, node, marks);
    case Op::kAnyOf:
      if (AnyOf(instruction, node, marks)) return true;
      if (Explain(instruction, node)) return false;
      break;
    case Op::kOneOf:
      if (OneOf(instruction, node, marks)) return true;
      if (Explain(instruction, node)) return false;
      return ReportOneOf(instruction, schema, node);
    case Op::kNot:
      if (!Try(instruction.a, node, kNoMarks)) return true;
      break;
    default:
      if (CheckValue(program_, document_, instruction, schema, node)) return true;
      break;
  }
  return Report(schema, instruction.keyword, instruction.value, node);
}

template <bool kReport>
bool Evaluator<kReport>::RunMember(SchemaId id, NodeIndex key) {
  if constexpr (kReport) sink_->path.push_back({key, 0});
  const bool valid = Run(id, key + 1, kNoMarks);
  if constexpr (kReport) sink_->path.pop_back();
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::RunItem(SchemaId id, NodeIndex item, uint32_t position) {
  if constexpr (kReport) sink_->path.push_back({kNoNode, position});
  const bool valid = Run(id, item, kNoMarks);
  if constexpr (kReport) sink_->path.pop_back();
  return valid;
}

template <bool kReport>
Marks Evaluator<kReport>::NewMarks(NodeIndex node) {
  const Marks marks = state_.words.size();
  state_.words.resize(marks + (document_.Count(node) + 63) / 64, 0);
  return marks;
}

template <bool kReport>
void Evaluator<kReport>::Merge(Marks from, Marks into, NodeIndex node) {
  const size_t words = (document_.Count(node) + 63) / 64;
  for (size_t i = 0; i < words; ++i) state_.words[into + i] |= state_.words[from + i];
}

template <bool kReport>
bool Evaluator<kReport>::Report(const Subschema& schema, Keyword keyword, NodeIndex value, NodeIndex node,
                                std::string_view property, NodeIndex property_value) {
  if constexpr (kReport) {
    if (sink_->errors.size() >= sink_->options.max_errors) return false;
    Error error;
    for (const ErrorSink::Step& step : sink_->path) {
      if (step.name == kNoNode) {
        error.path.emplace_back(size_t{step.position});
      } else {
        error.path.emplace_back(std::string(document_.Text(step.name)));
      }
    }
    error.keyword = keyword;
    error.params = program_.document(schema).Raw(value);
    error.instance = document_.Raw(node);
    error.property = property;
    if (property_value != kNoNode) error.property_value = document_.Raw(property_value);
    error.location = LocationOf(program_, schema, keyword, value);
    sink_->errors.push_back(std::move(error));
  }
  return false;
}

template class Evaluator<false>;
template class Evaluator<true>;

}  // namespace spikard::schema
