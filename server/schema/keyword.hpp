#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "schema/document.hpp"

namespace spikard::schema {

// Every keyword that a schema can fail by, or that says where schemas are.
enum class Keyword : uint8_t {
  kSchema,
  kId,
  kRef,
  kAnchor,
  kDynamicRef,
  kDynamicAnchor,
  kRecursiveRef,
  kRecursiveAnchor,
  kDefs,
  kDefinitions,
  kType,
  kConst,
  kEnum,
  kMultipleOf,
  kMinimum,
  kMaximum,
  kExclusiveMinimum,
  kExclusiveMaximum,
  kMinLength,
  kMaxLength,
  kPattern,
  kFormat,
  kMinItems,
  kMaxItems,
  kUniqueItems,
  kMinContains,
  kMaxContains,
  kPrefixItems,
  kItems,
  kAdditionalItems,
  kContains,
  kUnevaluatedItems,
  kMinProperties,
  kMaxProperties,
  kRequired,
  kDependentRequired,
  kDependencies,
  kProperties,
  kPatternProperties,
  kAdditionalProperties,
  kPropertyNames,
  kDependentSchemas,
  kUnevaluatedProperties,
  kAllOf,
  kAnyOf,
  kOneOf,
  kNot,
  kIf,
  kThen,
  kElse,
  kContentSchema,
  kFalse,  // no keyword: the schema `false` itself
};

inline constexpr size_t kKeywordCount = static_cast<size_t>(Keyword::kFalse) + 1;

enum class Draft : uint8_t { k06, k07, k2019, k2020 };

// The vocabularies of 2019-09 and 2020-12, as bits; the two drafts' sets are told apart by Draft.
enum Vocabulary : uint8_t {
  kCoreVocabulary = 1,
  kApplicatorVocabulary = 2,
  kUnevaluatedVocabulary = 4,
  kValidationVocabulary = 8,
  kFormatAnnotationVocabulary = 16,
  kFormatAssertionVocabulary = 32,
  kContentVocabulary = 64,
  kMetaDataVocabulary = 128,
};

inline constexpr uint8_t kAllVocabularies = 0xFF & ~kFormatAssertionVocabulary;

// The language a schema is written in.
struct Dialect {
  Draft draft = Draft::k2020;
  uint8_t vocabularies = kAllVocabularies;
};

// Where the value of a keyword holds schemas.
enum class Holds : uint8_t {
  kNothing,
  kSchema,
  kList,          // [schema, ...]
  kMap,           // {name: schema, ...}
  kSchemaOrList,  // items before 2020-12
  kDependencies,  // {name: schema or [name, ...]}
};

struct KeywordInfo {
  std::string_view name;
  Holds holds;
  uint8_t vocabularies;  // any of these defines it
  Draft first;
  Draft last;
};

const KeywordInfo& InfoOf(Keyword keyword);
std::string_view NameOf(Keyword keyword);

// The keywords of one schema object that its dialect defines: the value of each, kNoNode for those that are
// absent.
class Keywords {
 public:
  Keywords(const Document& document, NodeIndex schema, const Dialect& dialect);

  NodeIndex operator[](Keyword keyword) const { return values_[static_cast<size_t>(keyword)]; }
  bool Has(Keyword keyword) const { return (*this)[keyword] != kNoNode; }

 private:
  std::array<NodeIndex, kKeywordCount> values_;
};

}  // namespace spikard::schema
