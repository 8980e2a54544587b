#include <optional>

#include "schema/compiler.hpp"

namespace spikard::schema {

namespace {

using SchemaIds = std::vector<SchemaId>;

void Add(SchemaIds& edges, SchemaId id) {
  if (id != kNoSchema) edges.push_back(id);
}

// The schemas that an instruction runs on the same value. Where a dynamic reference leads is known only when
// it is followed, so that the depth of evaluation must bound it.
void AddInPlace(const Program& program, const Instruction& instruction, SchemaIds& edges) {
  switch (instruction.op) {
    case Op::kRef:
    case Op::kNot:
      Add(edges, instruction.a);
      break;
    case Op::kAllOf:
    case Op::kAnyOf:
    case Op::kOneOf:
      for (uint32_t i = 0; i < instruction.b; ++i) Add(edges, program.lists[instruction.a + i]);
      break;
    case Op::kIf: {
      const Conditional& conditional = program.conditionals[instruction.a];
      for (SchemaId branch : {conditional.condition, conditional.then, conditional.otherwise}) Add(edges, branch);
      break;
    }
    case Op::kDependentSchemas:
      for (uint32_t i = 0; i < instruction.b; ++i) Add(edges, program.dependents[instruction.a + i].schema);
      break;
    default:
      break;
  }
}

// The schemas that it runs on members and items, and those that a dynamic reference may mean.
void AddOthers(const Program& program, const Instruction& instruction, SchemaIds& edges) {
  switch (instruction.op) {
    case Op::kObject: {
      const Shape& shape = program.shapes[instruction.a];
      for (uint32_t i = 0; i < shape.property_count; ++i) {
        Add(edges, program.properties[shape.first_property + i].schema);
      }
      for (uint32_t i = 0; i < shape.pattern_count; ++i) {
        Add(edges, program.pattern_properties[shape.first_pattern + i].schema);
      }
      Add(edges, shape.additional);
      break;
    }
    case Op::kItems: {
      const ItemsRule& rule = program.items[instruction.a];
      for (uint32_t i = 0; i < rule.count; ++i) Add(edges, program.lists[rule.first + i]);
      Add(edges, rule.rest);
      break;
    }
    case Op::kContains:
      Add(edges, program.contains[instruction.a].schema);
      break;
    case Op::kUnevaluatedItems:
    case Op::kUnevaluatedProperties:
      Add(edges, instruction.a);
      break;
    case Op::kDynamicRef:
      Add(edges, instruction.a);
      for (const auto& [resource, schema] : program.dynamic_names[instruction.b].targets) Add(edges, schema);
      break;
    default:
      break;
  }
}

SchemaIds EdgesOf(const Program& program, SchemaId id, bool in_place_only) {
  SchemaIds edges;
  const Subschema& schema = program.schemas[id];
  for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
    AddInPlace(program, program.code[i], edges);
    if (!in_place_only) AddOthers(program, program.code[i], edges);
  }
  return edges;
}

enum class State : uint8_t { kNew, kOpen, kDone };

// A depth-first walk from one schema; the stack is explicit since chains may be long.
std::optional<SchemaId> FindCycle(const Program& program, SchemaId start, std::vector<State>& states) {
  std::vector<std::pair<SchemaId, SchemaIds>> stack;
  auto open = [&](SchemaId id) {
    states[id] = State::kOpen;
    stack.emplace_back(id, EdgesOf(program, id, true));
  };
  open(start);
  while (!stack.empty()) {
    auto& [id, edges] = stack.back();
    if (edges.empty()) {
      states[id] = State::kDone;
      stack.pop_back();
      continue;
    }
    const SchemaId next = edges.back();
    edges.pop_back();
    if (states[next] == State::kOpen) return next;
    if (states[next] == State::kNew) open(next);
  }
  return std::nullopt;
}

}  // namespace

std::optional<SchemaId> FindEndlessRecursion(const Program& program) {
  std::vector<State> states(program.schemas.size(), State::kNew);
  for (SchemaId start = 0; start < program.schemas.size(); ++start) {
    if (states[start] != State::kNew) continue;
    if (const auto found = FindCycle(program, start, states)) return found;
  }
  return std::nullopt;
}

// What leads nowhere is taken away again and again; what stays leads in circles.
void MarkRecursive(Program& program) {
  const size_t count = program.schemas.size();
  std::vector<size_t> edges_left(count, 0);
  std::vector<SchemaIds> callers(count);
  SchemaIds leaves;
  for (SchemaId id = 0; id < count; ++id) {
    const SchemaIds edges = EdgesOf(program, id, false);
    edges_left[id] = edges.size();
    for (SchemaId target : edges) callers[target].push_back(id);
    if (edges.empty()) leaves.push_back(id);
  }
  for (Subschema& schema : program.schemas) schema.recursive = true;
  while (!leaves.empty()) {
    const SchemaId leaf = leaves.back();
    leaves.pop_back();
    program.schemas[leaf].recursive = false;
    for (SchemaId caller : callers[leaf]) {
      if (--edges_left[caller] == 0) leaves.push_back(caller);
    }
  }
}

}  // namespace spikard::schema
