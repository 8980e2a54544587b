#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/compile.hpp"
#include "schema/program.hpp"
#include "schema/registry.hpp"

namespace spikard::schema {

// One compilation. Schemas are compiled as they are needed, from the root on: what nothing refers to is only
// indexed. Members return false after the first error.
class Compiler {
 public:
  explicit Compiler(const CompileOptions& options) : options_(options), registry_(options) {}

  CompileResult Run(std::string_view schema_json);

 private:
  // What a schema's keywords are compiled from.
  struct Context {
    Site site;
    ResourceId resource;
    Dialect dialect;
    const Document& json;
    const Keywords& keywords;
  };

  // The number of the schema at a site, which will be compiled if it has not been.
  SchemaId Require(Site site);
  bool CompilePending();
  bool CompileSchema(SchemaId id);

  bool CompileTypes(const Context& context, Subschema& schema);
  bool CompileValues(const Context& context);
  bool CompileNumbers(const Context& context);
  bool CompileStrings(const Context& context);
  bool CompileArrays(const Context& context);
  bool CompileItems(const Context& context);
  bool CompileContains(const Context& context);
  bool CompileObjects(const Context& context);
  bool CompileShape(const Context& context);
  bool CompileProperties(const Context& context, Shape& shape);
  bool CompileRequired(const Context& context, Shape& shape);
  bool CompilePatternProperties(const Context& context, Shape& shape);
  void CompileSlots(Shape& shape);
  bool CompileDependents(const Context& context, Keyword keyword);
  bool CompileReferences(const Context& context);
  bool CompileDynamicRef(const Context& context);
  bool CompileRecursiveRef(const Context& context);
  bool CompileCombinators(const Context& context);
  bool CompileUnevaluated(const Context& context);
  // Gives every $dynamicRef the targets that its name has in the resources known by now.
  void CompileDynamicTargets();
  uint32_t DynamicNameOf(std::string_view name);

  bool CompilePattern(const Context& context, NodeIndex value, std::string_view text, uint32_t& index);
  bool ReadCount(const Context& context, NodeIndex value, uint32_t& count);
  bool ReadNames(const Context& context, NodeIndex value, std::vector<std::string_view>& names);
  void Emit(Op op, Keyword keyword, KindSet applies, NodeIndex value, uint32_t a = 0, uint32_t b = 0);
  bool EmitCount(const Context& context, Op op, Keyword keyword, KindSet applies);
  SchemaId RequireKeyword(const Context& context, Keyword keyword);
  bool Fail(const Context& context, NodeIndex value, std::string message) {
    return registry_.Fail({context.site.document, value}, std::move(message));
  }

  const CompileOptions& options_;
  Registry registry_;
  Program program_;
  std::vector<SchemaId> pending_;
  std::unordered_map<std::string_view, uint32_t> pattern_numbers_;
};

// A chain of schemas that apply to the same value and come back to themselves, which would never end
// (Core 9.4.1): one of them, or nothing.
std::optional<SchemaId> FindEndlessRecursion(const Program& program);

// Marks the schemas from which a cycle of references can be reached.
void MarkRecursive(Program& program);

}  // namespace spikard::schema
