#include "schema/keyword.hpp"

#include "schema/text.hpp"

namespace spikard::schema {

namespace {

// In the order of the enumeration. `definitions` is kept by the metaschema of 2020-12 for schemas of older
// drafts, and `dependencies` by the option legacy_dependencies.
constexpr KeywordInfo kInfos[kKeywordCount] = {
    {"$schema", Holds::kNothing, kCoreVocabulary, Draft::k06, Draft::k2020},
    {"$id", Holds::kNothing, kCoreVocabulary, Draft::k06, Draft::k2020},
    {"$ref", Holds::kNothing, kCoreVocabulary, Draft::k06, Draft::k2020},
    {"$anchor", Holds::kNothing, kCoreVocabulary, Draft::k2019, Draft::k2020},
    {"$dynamicRef", Holds::kNothing, kCoreVocabulary, Draft::k2020, Draft::k2020},
    {"$dynamicAnchor", Holds::kNothing, kCoreVocabulary, Draft::k2020, Draft::k2020},
    {"$recursiveRef", Holds::kNothing, kCoreVocabulary, Draft::k2019, Draft::k2019},
    {"$recursiveAnchor", Holds::kNothing, kCoreVocabulary, Draft::k2019, Draft::k2019},
    {"$defs", Holds::kMap, kCoreVocabulary, Draft::k2019, Draft::k2020},
    {"definitions", Holds::kMap, kCoreVocabulary, Draft::k06, Draft::k2020},
    {"type", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"const", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"enum", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"multipleOf", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"minimum", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"maximum", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"exclusiveMinimum", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"exclusiveMaximum", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"minLength", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"maxLength", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"pattern", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"format", Holds::kNothing, kFormatAnnotationVocabulary | kFormatAssertionVocabulary, Draft::k06, Draft::k2020},
    {"minItems", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"maxItems", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"uniqueItems", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"minContains", Holds::kNothing, kValidationVocabulary, Draft::k2019, Draft::k2020},
    {"maxContains", Holds::kNothing, kValidationVocabulary, Draft::k2019, Draft::k2020},
    {"prefixItems", Holds::kList, kApplicatorVocabulary, Draft::k2020, Draft::k2020},
    {"items", Holds::kSchemaOrList, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"additionalItems", Holds::kSchema, kApplicatorVocabulary, Draft::k06, Draft::k2019},
    {"contains", Holds::kSchema, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"unevaluatedItems", Holds::kSchema, kUnevaluatedVocabulary, Draft::k2019, Draft::k2020},
    {"minProperties", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"maxProperties", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"required", Holds::kNothing, kValidationVocabulary, Draft::k06, Draft::k2020},
    {"dependentRequired", Holds::kNothing, kValidationVocabulary, Draft::k2019, Draft::k2020},
    {"dependencies", Holds::kDependencies, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"properties", Holds::kMap, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"patternProperties", Holds::kMap, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"additionalProperties", Holds::kSchema, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"propertyNames", Holds::kSchema, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"dependentSchemas", Holds::kMap, kApplicatorVocabulary, Draft::k2019, Draft::k2020},
    {"unevaluatedProperties", Holds::kSchema, kUnevaluatedVocabulary, Draft::k2019, Draft::k2020},
    {"allOf", Holds::kList, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"anyOf", Holds::kList, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"oneOf", Holds::kList, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"not", Holds::kSchema, kApplicatorVocabulary, Draft::k06, Draft::k2020},
    {"if", Holds::kSchema, kApplicatorVocabulary, Draft::k07, Draft::k2020},
    {"then", Holds::kSchema, kApplicatorVocabulary, Draft::k07, Draft::k2020},
    {"else", Holds::kSchema, kApplicatorVocabulary, Draft::k07, Draft::k2020},
    {"contentSchema", Holds::kSchema, kContentVocabulary, Draft::k2019, Draft::k2020},
    {"false", Holds::kNothing, 0, Draft::k06, Draft::k2020},
};

// An open hash table of the names, filled once.
class NameTable {
 public:
  NameTable() {
    slots_.fill(kKeywordCount);
    for (size_t i = 0; i + 1 < kKeywordCount; ++i) {
      size_t slot = NameHash(kInfos[i].name) % kSlots;
      while (slots_[slot] != kKeywordCount) slot = (slot + 1) % kSlots;
      slots_[slot] = static_cast<uint8_t>(i);
    }
  }

  // kKeywordCount if there is no such keyword.
  size_t Find(std::string_view name, uint32_t hash) const {
    size_t slot = hash % kSlots;
    while (slots_[slot] != kKeywordCount && kInfos[slots_[slot]].name != name) slot = (slot + 1) % kSlots;
    return slots_[slot];
  }

 private:
  static constexpr size_t kSlots = 256;
  std::array<uint8_t, kSlots> slots_{};
};

const NameTable& Names() {
  static const NameTable table;
  return table;
}

}  // namespace

const KeywordInfo& InfoOf(Keyword keyword) { return kInfos[static_cast<size_t>(keyword)]; }
std::string_view NameOf(Keyword keyword) { return InfoOf(keyword).name; }

Keywords::Keywords(const Document& document, NodeIndex schema, const Dialect& dialect) {
  values_.fill(kNoNode);
  if (document.KindOf(schema) != Kind::kObject) return;
  for (NodeIndex key = schema + 1; key < document.End(schema); key = document.Next(key + 1)) {
    const size_t found = Names().Find(document.Text(key), document.At(key).link);
    if (found == kKeywordCount) continue;
    const KeywordInfo& info = kInfos[found];
    if ((info.vocabularies & dialect.vocabularies) == 0) continue;
    if (dialect.draft < info.first || dialect.draft > info.last) continue;
    values_[found] = key + 1;
  }
  // Up to draft 7 a reference replaces the schema it stands in (draft 7, section 8.3).
  if (dialect.draft <= Draft::k07 && Has(Keyword::kRef)) {
    const NodeIndex ref = (*this)[Keyword::kRef];
    values_.fill(kNoNode);
    values_[static_cast<size_t>(Keyword::kRef)] = ref;
  }
}

}  // namespace spikard::schema
