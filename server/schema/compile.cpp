#include "schema/compile.hpp"

#include <algorithm>

#include "schema/compiler.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

KindSet KindsOf(std::string_view type) {
  if (type == "null") return BitOf(Kind::kNull);
  if (type == "boolean") return BitOf(Kind::kFalse) | BitOf(Kind::kTrue);
  if (type == "integer") return BitOf(Kind::kInteger) | kIntegralDecimal;
  if (type == "number") return kNumberKinds | kIntegralDecimal;
  if (type == "string") return BitOf(Kind::kString);
  if (type == "array") return BitOf(Kind::kArray);
  if (type == "object") return BitOf(Kind::kObject);
  return 0;
}

}  // namespace

CompileResult Compile(std::string_view schema_json, const CompileOptions& options) {
  return Compiler(options).Run(schema_json);
}

CompileResult Compiler::Run(std::string_view schema_json) {
  Site root;
  if (!registry_.Load(std::string(schema_json), options_.base_uri, root)) return registry_.error();
  program_.root = Require(root);
  if (!CompilePending()) return registry_.error();
  if (const auto endless = FindEndlessRecursion(program_)) {
    registry_.Fail(program_.schemas[*endless].site, "the schema refers to itself without end");
    return registry_.error();
  }
  MarkRecursive(program_);
  for (const Resource& resource : registry_.resources()) {
    program_.resource_uris.push_back(resource.uri);
    program_.resource_roots.push_back(resource.root.node);
  }
  program_.documents = registry_.TakeDocuments();
  return std::make_shared<const Program>(std::move(program_));
}

SchemaId Compiler::Require(Site site) {
  uint32_t& known = registry_.document(site.document).schema_of[site.node];
  if (known == 0) {
    Subschema schema;
    schema.site = site;
    schema.resource = registry_.ResourceOf(site);
    program_.schemas.push_back(schema);
    known = static_cast<uint32_t>(program_.schemas.size());
    pending_.push_back(known - 1);
  }
  return known - 1;
}

bool Compiler::CompilePending() {
  do {
    while (!pending_.empty()) {
      const SchemaId next = pending_.back();
      pending_.pop_back();
      if (!CompileSchema(next)) return false;
    }
    CompileDynamicTargets();
  } while (!pending_.empty());
  return true;
}

bool Compiler::CompileSchema(SchemaId id) {
  Subschema schema = program_.schemas[id];
  const Document& json = registry_.document(schema.site.document).json;
  schema.first = static_cast<uint32_t>(program_.code.size());
  if (json.KindOf(schema.site.node) == Kind::kFalse) {
    schema.types = 0;
    schema.is_false = true;
  } else if (json.KindOf(schema.site.node) == Kind::kObject) {
    const Dialect dialect = registry_.resource(schema.resource).dialect;
    const Keywords keywords(json, schema.site.node, dialect);
    const Context context{schema.site, schema.resource, dialect, json, keywords};
    // The order in which errors are reported.
    if (!CompileTypes(context, schema) || !CompileValues(context) || !CompileNumbers(context) ||
        !CompileStrings(context) || !CompileArrays(context) || !CompileObjects(context) ||
        !CompileReferences(context) || !CompileCombinators(context) || !CompileUnevaluated(context)) {
      return false;
    }
    schema.looks_at_unevaluated =
        keywords.Has(Keyword::kUnevaluatedItems) || keywords.Has(Keyword::kUnevaluatedProperties);
  }
  schema.count = static_cast<uint32_t>(program_.code.size()) - schema.first;
  schema.leaf = std::all_of(program_.code.begin() + schema.first, program_.code.end(),
                            [](const Instruction& instruction) { return instruction.op <= Op::kMaxProperties; });
  program_.schemas[id] = schema;
  return true;
}

bool Compiler::CompileTypes(const Context& context, Subschema& schema) {
  const NodeIndex value = context.keywords[Keyword::kType];
  if (value == kNoNode) return true;
  const Document& json = context.json;
  schema.types = 0;
  schema.type_value = value;
  auto add = [&](NodeIndex name) {
    const KindSet kinds = json.KindOf(name) == Kind::kString ? KindsOf(json.Text(name)) : 0;
    schema.types |= kinds;
    return kinds != 0 || Fail(context, name, "type must name one of the seven types of JSON Schema");
  };
  if (json.KindOf(value) != Kind::kArray) return add(value);
  if (json.Count(value) == 0) return Fail(context, value, "type must name at least one type");
  for (NodeIndex name = value + 1; name < json.End(value); name = json.Next(name)) {
    if (!add(name)) return false;
  }
  return true;
}

bool Compiler::CompilePattern(const Context& context, NodeIndex value, std::string_view text, uint32_t& index) {
  const auto [known, added] = pattern_numbers_.emplace(text, static_cast<uint32_t>(program_.patterns.size()));
  index = known->second;
  if (!added) return true;
  auto compiled = Pattern::Compile(text);
  if (const auto* reason = std::get_if<std::string>(&compiled)) {
    return Fail(context, value, "the pattern '" + std::string(text) + "' cannot be used: " + *reason);
  }
  program_.patterns.push_back(std::get<Pattern>(std::move(compiled)));
  return true;
}

bool Compiler::ReadCount(const Context& context, NodeIndex value, uint32_t& count) {
  if (IsNumber(context.json.KindOf(value))) {
    const Decimal decimal(context.json.Raw(value));
    if (decimal.IsInteger() && !decimal.negative()) {
      // No document has as many characters, items or members as the largest count.
      count = decimal.exponent() + decimal.count() > 9 ? UINT32_MAX : 0;
      Decimal::Digits digits(decimal);
      for (int64_t left = decimal.exponent() + decimal.count(); count != UINT32_MAX && left > 0; --left) {
        count = count * 10 + (digits.more() ? digits.Next() : 0);
      }
      return true;
    }
  }
  return Fail(context, value, "the value must be a non-negative integer");
}

bool Compiler::ReadNames(const Context& context, NodeIndex value, std::vector<std::string_view>& names) {
  const Document& json = context.json;
  if (json.KindOf(value) != Kind::kArray) return Fail(context, value, "the value must be an array of names");
  for (NodeIndex item = value + 1; item < json.End(value); item = json.Next(item)) {
    if (json.KindOf(item) != Kind::kString) return Fail(context, item, "a name must be a string");
    names.push_back(json.Text(item));
  }
  return true;
}

void Compiler::Emit(Op op, Keyword keyword, KindSet applies, NodeIndex value, uint32_t a, uint32_t b) {
  program_.code.push_back({op, keyword, applies, value, a, b});
}

bool Compiler::EmitCount(const Context& context, Op op, Keyword keyword, KindSet applies) {
  if (!context.keywords.Has(keyword)) return true;
  uint32_t count = 0;
  const NodeIndex value = context.keywords[keyword];
  if (!ReadCount(context, value, count)) return false;
  Emit(op, keyword, applies, value, count);
  return true;
}

SchemaId Compiler::RequireKeyword(const Context& context, Keyword keyword) {
  if (!context.keywords.Has(keyword)) return kNoSchema;
  return Require({context.site.document, context.keywords[keyword]});
}

}  // namespace spikard::schema
