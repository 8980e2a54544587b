#include <optional>

#include "schema/compiler.hpp"

namespace spikard::schema {

namespace {

// A depth-first walk over the edges that stay at the same value; the stack is explicit since chains may be long.
class Walk {
 public:
  explicit Walk(const Program& program) : program_(program), states_(program.schemas.size(), State::kNew) {}

  std::optional<SchemaId> Run() {
    for (SchemaId start = 0; start < program_.schemas.size(); ++start) {
      if (states_[start] != State::kNew) continue;
      if (const auto found = From(start)) return found;
    }
    return std::nullopt;
  }

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };

  std::optional<SchemaId> From(SchemaId start) {
    std::vector<std::pair<SchemaId, std::vector<SchemaId>>> stack;
    auto open = [&](SchemaId id) {
      states_[id] = State::kOpen;
      stack.emplace_back(id, Edges(id));
    };
    open(start);
    while (!stack.empty()) {
      auto& [id, edges] = stack.back();
      if (edges.empty()) {
        states_[id] = State::kDone;
        stack.pop_back();
        continue;
      }
      const SchemaId next = edges.back();
      edges.pop_back();
      if (states_[next] == State::kOpen) return next;
      if (states_[next] == State::kNew) open(next);
    }
    return std::nullopt;
  }

  std::vector<SchemaId> Edges(SchemaId id) const {
    std::vector<SchemaId> edges;
    const Subschema& schema = program_.schemas[id];
    for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
      const Instruction& instruction = program_.code[i];
      switch (instruction.op) {
        case Op::kRef:
        case Op::kNot: edges.push_back(instruction.a); break;
        case Op::kAllOf:
        case Op::kAnyOf:
        case Op::kOneOf:
          edges.insert(edges.end(), program_.lists.begin() + instruction.a,
                       program_.lists.begin() + instruction.a + instruction.b);
          break;
        case Op::kIf: {
          const Conditional& conditional = program_.conditionals[instruction.a];
          for (SchemaId branch : {conditional.condition, conditional.then, conditional.otherwise}) {
            if (branch != kNoSchema) edges.push_back(branch);
          }
          break;
        }
        case Op::kDependentSchemas:
          for (uint32_t d = 0; d < instruction.b; ++d) edges.push_back(program_.dependents[instruction.a + d].schema);
          break;
        // Where a dynamic reference leads is known only when it is followed; the depth of evaluation bounds it.
        default: break;
      }
    }
    return edges;
  }

  const Program& program_;
  std::vector<State> states_;
};

}  // namespace

std::optional<SchemaId> FindEndlessRecursion(const Program& program) { return Walk(program).Run(); }

}  // namespace spikard::schema
