#include "schema/coerce.hpp"

#include <vector>

#include "schema/evaluator.hpp"
#include "schema/parse.hpp"
#include "schema/program.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

constexpr KindSet kBooleans = BitOf(Kind::kFalse) | BitOf(Kind::kTrue);
constexpr KindSet kStrings = BitOf(Kind::kString);
constexpr KindSet kArrays = BitOf(Kind::kArray);
constexpr KindSet kNull = BitOf(Kind::kNull);
constexpr KindSet kScalars = kBooleans | kStrings | kNumberKinds;

// Schemas at one value, on the way through references and combinators; only a $dynamicRef could nest without
// end, and those are not followed.
class Coercer {
 public:
  explicit Coercer(const Program& program) : program_(program) {}

  void Texts(SchemaId schema, std::span<const std::string_view> texts, std::string& out) const {
    const KindSet kinds = schema == kNoSchema ? kStrings : KindsOf(schema);
    const bool empty = texts.empty() || (texts.size() == 1 && texts.front().empty());
    const bool null_meant = empty && (kinds & kNull) != 0;
    const bool scalar_meant = (kinds & kScalars) != 0 || null_meant;
    if ((kinds & kArrays) == 0 || (scalar_meant && texts.size() <= 1)) {
      return Scalar(schema, kinds, texts.empty() ? std::string_view() : texts.back(), out);
    }
    out.push_back('[');
    for (size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) out.push_back(',');
      // A text is no array of its own: an item that wants to be one stays a string.
      const SchemaId item = ItemSchema(schema, i);
      Scalar(item, item == kNoSchema ? kStrings : KindsOf(item), texts[i], out);
    }
    out.push_back(']');
  }

  void Tree(SchemaId schema, const Document& tree, NodeIndex node, std::string& out) const {
    const Kind kind = tree.KindOf(node);
    if (kind == Kind::kString) {
      const std::string_view text = tree.Text(node);
      Texts(schema, {&text, 1}, out);
    } else if (kind == Kind::kObject) {
      out.push_back('{');
      for (NodeIndex key = node + 1; key < tree.End(node); key = tree.Next(key + 1)) {
        if (key != node + 1) out.push_back(',');
        AppendJsonString(out, tree.Text(key));
        out.push_back(':');
        Tree(schema == kNoSchema ? kNoSchema : MemberSchema(schema, tree.Text(key)), tree, key + 1, out);
      }
      out.push_back('}');
    } else if (kind == Kind::kArray) {
      Array(schema, tree, node, out);
    } else {
      out.append(tree.Raw(node));
    }
  }

  bool WantsArray(SchemaId schema) const { return schema != kNoSchema && (KindsOf(schema) & kArrays) != 0; }

  // The schema of a member, kNoSchema if nothing is said about it.
  SchemaId MemberSchema(SchemaId schema, std::string_view name) const {
    return Search(schema, [&](const Instruction& instruction) {
      if (instruction.op != Op::kObject) return kNoSchema;
      const Shape& shape = program_.shapes[instruction.a];
      uint32_t expected = UINT32_MAX;
      const Property* property = FindProperty(program_, shape, name, NameHash(name), expected);
      return property != nullptr && property->schema != kNoSchema ? property->schema : shape.additional;
    });
  }

 private:
  void Array(SchemaId schema, const Document& tree, NodeIndex node, std::string& out) const {
    std::vector<std::string_view> texts;
    for (NodeIndex item = node + 1; item < tree.End(node); item = tree.Next(item)) {
      if (tree.KindOf(item) == Kind::kString) texts.push_back(tree.Text(item));
    }
    const bool all_texts = !texts.empty() && texts.size() == tree.Count(node);
    if (all_texts && schema != kNoSchema) return Texts(schema, texts, out);
    out.push_back('[');
    size_t position = 0;
    for (NodeIndex item = node + 1; item < tree.End(node); item = tree.Next(item), ++position) {
      if (position > 0) out.push_back(',');
      Tree(schema == kNoSchema ? kNoSchema : ItemSchema(schema, position), tree, item, out);
    }
    out.push_back(']');
  }

  void Scalar(SchemaId schema, KindSet kinds, std::string_view text, std::string& out) const {
    if ((kinds & (kNull | kNumberKinds | kBooleans)) == 0) return AppendJsonString(out, text);
    std::vector<std::string> candidates;
    auto add = [&](std::string json) {
      if (!json.empty()) candidates.push_back(std::move(json));
    };
    std::string string;
    AppendJsonString(string, text);
    if ((kinds & kStrings) != 0) add(string);
    if ((kinds & kNull) != 0 && text.empty() && ((kinds & kStrings) == 0 || !IsText(schema))) add("null");
    if ((kinds & kNumberKinds) != 0) add((kinds & BitOf(Kind::kDecimal)) != 0 ? NumberOf(text) : IntegerOf(text));
    if ((kinds & kBooleans) != 0) add(BooleanOf(text));
    if (candidates.size() > 1) {
      for (const std::string& candidate : candidates) {
        if (Accepts(schema, candidate)) return void(out.append(candidate));
      }
    }
    out.append(candidates.empty() ? string : candidates.front());
  }

  bool Accepts(SchemaId schema, const std::string& json) const {
    if (schema == kNoSchema) return true;
    Document document;
    EvaluationState state;
    return Parse(json, document).ok() &&
           Evaluator<false>(program_, document, state, nullptr).Run(schema, document.root(), kNoMarks);
  }

  SchemaId ItemSchema(SchemaId schema, size_t position) const {
    return Search(schema, [&](const Instruction& instruction) {
      if (instruction.op != Op::kItems) return kNoSchema;
      const ItemsRule& rule = program_.items[instruction.a];
      return position < rule.count ? program_.lists[rule.first + position] : rule.rest;
    });
  }

  // The first answer among the schemas that apply to the same value.
  template <typename Ask>
  SchemaId Search(SchemaId id, const Ask& ask) const {
    const Subschema& schema = program_.schemas[id];
    for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
      const Instruction& instruction = program_.code[i];
      SchemaId found = ask(instruction);
      if (instruction.op == Op::kRef) found = Search(instruction.a, ask);
      if (IsCombinator(instruction.op)) {
        for (uint32_t branch = 0; branch < instruction.b && found == kNoSchema; ++branch) {
          found = Search(program_.lists[instruction.a + branch], ask);
        }
      }
      if (found != kNoSchema) return found;
    }
    return kNoSchema;
  }

  // The kinds that a schema's types, values, references and combinators leave.
  KindSet KindsOf(SchemaId id) const {
    const Subschema& schema = program_.schemas[id];
    KindSet kinds = schema.types;
    for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
      const Instruction& instruction = program_.code[i];
      if (instruction.op == Op::kRef) {
        kinds &= KindsOf(instruction.a);
      } else if (instruction.op == Op::kConst) {
        kinds &= KindsOfValue(program_.document(schema), instruction.a);
      } else if (instruction.op == Op::kEnum) {
        const EnumSet& set = program_.enums[instruction.a];
        kinds &= static_cast<KindSet>(EnumKinds(set) | (set.string_count > 0 ? kStrings : 0));
      } else if (IsCombinator(instruction.op)) {
        KindSet branches = instruction.op == Op::kAllOf ? kAnyKind | kIntegralDecimal : 0;
        for (uint32_t branch = 0; branch < instruction.b; ++branch) {
          const KindSet one = KindsOf(program_.lists[instruction.a + branch]);
          branches = instruction.op == Op::kAllOf ? branches & one : branches | one;
        }
        kinds &= branches;
      }
    }
    return kinds;
  }

  // Whether any text can be a value, and not only those of a format or a list.
  bool IsText(SchemaId id) const {
    const Subschema& schema = program_.schemas[id];
    if ((schema.types & kStrings) == 0) return false;
    for (uint32_t i = schema.first; i < schema.first + schema.count; ++i) {
      const Instruction& instruction = program_.code[i];
      const Op op = instruction.op;
      if (op == Op::kFormat || op == Op::kConst || op == Op::kEnum) return false;
      if (op == Op::kRef && !IsText(instruction.a)) return false;
      if (!IsCombinator(op)) continue;
      uint32_t texts = 0;
      for (uint32_t branch = 0; branch < instruction.b; ++branch) {
        texts += IsText(program_.lists[instruction.a + branch]) ? 1 : 0;
      }
      if (texts < (op == Op::kAllOf ? instruction.b : 1)) return false;
    }
    return true;
  }

  static bool IsCombinator(Op op) { return op == Op::kAllOf || op == Op::kAnyOf || op == Op::kOneOf; }

  static KindSet KindsOfValue(const Document& document, NodeIndex value) {
    const Kind kind = document.KindOf(value);
    return IsNumber(kind) ? kNumberKinds | kIntegralDecimal : BitOf(kind);
  }

  static KindSet EnumKinds(const EnumSet& set) {
    return (set.other_kinds & kNumberKinds) != 0 ? set.other_kinds | kIntegralDecimal : set.other_kinds;
  }

  const Program& program_;
};

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::vector<std::string_view> Split(const ParameterTexts& parameter) {
  std::vector<std::string_view> parts;
  for (std::string_view text : parameter.texts) {
    while (!Trim(text).empty()) {
      const size_t end = std::min(text.find(parameter.separator), text.size());
      parts.push_back(Trim(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return parts;
}

void Append(const Coercer& coercer, SchemaId schema, const ParameterTexts& parameter, std::string& json) {
  if (parameter.separator != '\0' && coercer.WantsArray(schema)) {
    coercer.Texts(schema, Split(parameter), json);
  } else {
    coercer.Texts(schema, parameter.texts, json);
  }
}

}  // namespace

std::string CoerceParameters(const Program& program, std::span<const ParameterTexts> parameters) {
  const Coercer coercer(program);
  std::string json = "{";
  for (const ParameterTexts& parameter : parameters) {
    if (json.size() > 1) json.push_back(',');
    AppendJsonString(json, parameter.name);
    json.push_back(':');
    const SchemaId schema = coercer.MemberSchema(program.root, parameter.name);
    Append(coercer, schema, parameter, json);
  }
  return json + "}";
}

void CoerceParameter(const Program& program, const ParameterTexts& parameter, std::string& json) {
  Append(Coercer(program), program.root, parameter, json);
}

std::string CoerceTree(const Program& program, const Document& tree) {
  std::string json;
  Coercer(program).Tree(program.root, tree, tree.root(), json);
  return json;
}

}  // namespace spikard::schema
