#include "schema/evaluator.hpp"

namespace spikard::schema {

template <bool kReport>
bool Evaluator<kReport>::Items(const Instruction& instruction, const Subschema& schema, NodeIndex node, Marks marks) {
  const ItemsRule& rule = program_.items[instruction.a];
  const bool rest_is_false = rule.rest != kNoSchema && program_.schemas[rule.rest].is_false;
  bool valid = true;
  uint32_t position = 0;
  for (NodeIndex item = node + 1; item < document_.End(node); item = document_.Next(item), ++position) {
    if (position < rule.count) {
      valid = RunItem(program_.lists[rule.first + position], item, position) && valid;
    } else if (rule.rest == kNoSchema) {
      break;
    } else if (kReport && rest_is_false) {
      sink_->path.push_back({kNoNode, position});
      valid = Report(schema, rule.rest_keyword, rule.rest_value, item);
      sink_->path.pop_back();
    } else {
      valid = RunItem(rule.rest, item, position) && valid;
    }
    if (!kReport && !valid) return false;
    Mark(marks, position);
  }
  return valid;
}

template <bool kReport>
bool Evaluator<kReport>::Contains(const Instruction& instruction, const Subschema& schema, NodeIndex node,
                                  Marks marks) {
  const ContainsRule& rule = program_.contains[instruction.a];
  const bool must_see_all = rule.maximum != UINT32_MAX || (rule.evaluates && marks != kNoMarks);
  uint32_t found = 0;
  uint32_t position = 0;
  for (NodeIndex item = node + 1; item < document_.End(node); item = document_.Next(item), ++position) {
    if (!must_see_all && found >= rule.minimum) break;
    if (!Try(rule.schema, item, kNoMarks)) continue;
    ++found;
    if (rule.evaluates) Mark(marks, position);
  }
  if (found < rule.minimum) {
    const bool counted = rule.minimum_value != kNoNode && found > 0;
    return counted ? Report(schema, Keyword::kMinContains, rule.minimum_value, node)
                   : Report(schema, Keyword::kContains, instruction.value, node);
  }
  return found <= rule.maximum || Report(schema, Keyword::kMaxContains, rule.maximum_value, node);
}

template <bool kReport>
bool Evaluator<kReport>::UnevaluatedItems(const Instruction& instruction, const Subschema& schema, NodeIndex node,
                                          Marks marks) {
  bool valid = true;
  uint32_t position = 0;
  for (NodeIndex item = node + 1; item < document_.End(node); item = document_.Next(item), ++position) {
    if (IsMarked(marks, position)) continue;
    Mark(marks, position);
    if (kReport && program_.schemas[instruction.a].is_false) {
      sink_->path.push_back({kNoNode, position});
      valid = Report(schema, instruction.keyword, instruction.value, item);
      sink_->path.pop_back();
    } else {
      valid = RunItem(instruction.a, item, position) && valid;
    }
    if (!kReport && !valid) return false;
  }
  return valid;
}

template class Evaluator<false>;
template class Evaluator<true>;

}  // namespace spikard::schema
