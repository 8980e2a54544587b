#include <algorithm>

#include "schema/compiler.hpp"

namespace spikard::schema {

bool Compiler::CompileReferences(const Context& context) {
  const NodeIndex value = context.keywords[Keyword::kRef];
  if (value != kNoNode) {
    if (context.json.KindOf(value) != Kind::kString) return Fail(context, value, "$ref must be a string");
    Registry::Target target;
    if (!registry_.Resolve(context.resource, {context.site.document, value}, context.json.Text(value), target)) {
      return false;
    }
    Emit(Op::kRef, Keyword::kRef, kAnyKind, value, Require(target.site));
  }
  return CompileDynamicRef(context) && CompileRecursiveRef(context);
}

// Core 8.2.3.2: the static target decides; only if it is a $dynamicAnchor does the scope matter.
bool Compiler::CompileDynamicRef(const Context& context) {
  const NodeIndex value = context.keywords[Keyword::kDynamicRef];
  if (value == kNoNode) return true;
  if (context.json.KindOf(value) != Kind::kString) return Fail(context, value, "$dynamicRef must be a string");
  Registry::Target target;
  if (!registry_.Resolve(context.resource, {context.site.document, value}, context.json.Text(value), target)) {
    return false;
  }
  const SchemaId schema = Require(target.site);
  if (target.anchor && target.anchor->dynamic) {
    Emit(Op::kDynamicRef, Keyword::kDynamicRef, kAnyKind, value, schema, DynamicNameOf(target.anchor->name));
  } else {
    Emit(Op::kRef, Keyword::kDynamicRef, kAnyKind, value, schema);
  }
  return true;
}

// 2019-09 Core 8.2.4.2: "#" only, and dynamic if the root it means has $recursiveAnchor.
bool Compiler::CompileRecursiveRef(const Context& context) {
  const NodeIndex value = context.keywords[Keyword::kRecursiveRef];
  if (value == kNoNode) return true;
  if (context.json.KindOf(value) != Kind::kString || context.json.Text(value) != "#") {
    return Fail(context, value, "$recursiveRef must be \"#\"");
  }
  const SchemaId schema = Require(registry_.resource(context.resource).root);
  const Anchor* anchor = registry_.resource(context.resource).Find(kRecursiveAnchorName);
  if (anchor != nullptr && anchor->node == registry_.resource(context.resource).root.node) {
    Emit(Op::kDynamicRef, Keyword::kRecursiveRef, kAnyKind, value, schema, DynamicNameOf(kRecursiveAnchorName));
  } else {
    Emit(Op::kRef, Keyword::kRecursiveRef, kAnyKind, value, schema);
  }
  return true;
}

uint32_t Compiler::DynamicNameOf(std::string_view name) {
  auto& names = program_.dynamic_names;
  const auto found = std::find_if(names.begin(), names.end(), [&](const DynamicName& d) { return d.name == name; });
  if (found != names.end()) return static_cast<uint32_t>(found - names.begin());
  names.push_back({name, {}});
  return static_cast<uint32_t>(names.size() - 1);
}

void Compiler::CompileDynamicTargets() {
  for (DynamicName& name : program_.dynamic_names) {
    name.targets.clear();
    for (ResourceId id = 0; id < registry_.resources().size(); ++id) {
      const Resource& resource = registry_.resource(id);
      const auto anchor = std::find_if(resource.anchors.begin(), resource.anchors.end(),
                                       [&](const Anchor& a) { return a.dynamic && a.name == name.name; });
      if (anchor == resource.anchors.end()) continue;
      name.targets.emplace_back(id, Require({resource.root.document, anchor->node}));
    }
  }
}

bool Compiler::CompileCombinators(const Context& context) {
  const Document& json = context.json;
  constexpr std::pair<Keyword, Op> kLists[] = {
      {Keyword::kAllOf, Op::kAllOf}, {Keyword::kAnyOf, Op::kAnyOf}, {Keyword::kOneOf, Op::kOneOf}};
  for (const auto& [keyword, op] : kLists) {
    const NodeIndex value = context.keywords[keyword];
    if (value == kNoNode) continue;
    if (json.Count(value) == 0) {
      return Fail(context, value, std::string(NameOf(keyword)) + " must have at least one schema");
    }
    Emit(op, keyword, kAnyKind, value, static_cast<uint32_t>(program_.lists.size()), json.Count(value));
    for (NodeIndex item = value + 1; item < json.End(value); item = json.Next(item)) {
      program_.lists.push_back(Require({context.site.document, item}));
    }
  }
  const SchemaId negated = RequireKeyword(context, Keyword::kNot);
  if (negated != kNoSchema) Emit(Op::kNot, Keyword::kNot, kAnyKind, context.keywords[Keyword::kNot], negated);

  const Conditional conditional{RequireKeyword(context, Keyword::kIf), RequireKeyword(context, Keyword::kThen),
                                RequireKeyword(context, Keyword::kElse)};
  // Without branches `if` still collects annotations, which unevaluatedProperties and unevaluatedItems look
  // at.
  if (conditional.condition != kNoSchema) {
    Emit(Op::kIf, Keyword::kIf, kAnyKind, context.keywords[Keyword::kIf],
         static_cast<uint32_t>(program_.conditionals.size()));
    program_.conditionals.push_back(conditional);
  }
  return true;
}

bool Compiler::CompileUnevaluated(const Context& context) {
  const SchemaId items = RequireKeyword(context, Keyword::kUnevaluatedItems);
  if (items != kNoSchema) {
    Emit(Op::kUnevaluatedItems, Keyword::kUnevaluatedItems, BitOf(Kind::kArray),
         context.keywords[Keyword::kUnevaluatedItems], items);
  }
  const SchemaId properties = RequireKeyword(context, Keyword::kUnevaluatedProperties);
  if (properties != kNoSchema) {
    Emit(Op::kUnevaluatedProperties, Keyword::kUnevaluatedProperties, BitOf(Kind::kObject),
         context.keywords[Keyword::kUnevaluatedProperties], properties);
  }
  return true;
}

}  // namespace spikard::schema
