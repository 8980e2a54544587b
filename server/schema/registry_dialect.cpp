#include <algorithm>
#include <iterator>

#include "schema/parse.hpp"
#include "schema/registry.hpp"
#include "schema/uri.hpp"

namespace spikard::schema {

namespace {

// A metaschema may name another as its own; the chain ends here.
constexpr size_t kMaxMetaschemas = 8;

struct KnownDialect {
  std::string_view uri;
  Draft draft;
};

constexpr KnownDialect kDialects[] = {
    {"https://json-schema.org/draft/2020-12/schema", Draft::k2020},
    {"https://json-schema.org/draft/2019-09/schema", Draft::k2019},
    {"http://json-schema.org/draft-07/schema", Draft::k07},
    {"http://json-schema.org/draft-06/schema", Draft::k06},
};

struct KnownVocabulary {
  std::string_view name;
  uint8_t bit;
};

constexpr KnownVocabulary kVocabularies[] = {
    {"core", kCoreVocabulary},
    {"applicator", kApplicatorVocabulary},
    {"unevaluated", kUnevaluatedVocabulary},
    {"validation", kValidationVocabulary},
    {"meta-data", kMetaDataVocabulary},
    {"format", kFormatAnnotationVocabulary},
    {"format-annotation", kFormatAnnotationVocabulary},
    {"format-assertion", kFormatAssertionVocabulary},
    {"content", kContentVocabulary},
};

// The bit of a vocabulary, 0 if it is unknown. In 2019-09 the applicator vocabulary has the unevaluated
// keywords.
uint8_t BitOf(std::string_view uri, Draft& draft) {
  constexpr std::string_view k2020 = "https://json-schema.org/draft/2020-12/vocab/";
  constexpr std::string_view k2019 = "https://json-schema.org/draft/2019-09/vocab/";
  const bool older = uri.starts_with(k2019);
  if (!older && !uri.starts_with(k2020)) return 0;
  const std::string_view name = uri.substr(k2020.size());
  const auto found = std::find_if(std::begin(kVocabularies), std::end(kVocabularies),
                                  [&](const KnownVocabulary& v) { return v.name == name; });
  if (found == std::end(kVocabularies)) return 0;
  if (!older) return found->bit;
  draft = Draft::k2019;
  return name == "applicator" ? kApplicatorVocabulary | kUnevaluatedVocabulary : found->bit;
}

}  // namespace

bool Registry::ReadDialect(Site site, const Dialect& otherwise, Dialect& dialect) {
  dialect = otherwise;
  const Document& json = documents_[site.document]->json;
  if (json.KindOf(site.node) != Kind::kObject) return true;
  const NodeIndex value = json.Find(site.node, "$schema");
  if (value == kNoNode) return true;
  if (json.KindOf(value) != Kind::kString) return Fail({site.document, value}, "$schema must be a string");
  return CustomDialect({site.document, value}, std::string(SplitFragment(json.Text(value)).first), 0, dialect);
}

bool Registry::CustomDialect(Site site, const std::string& uri, size_t hops, Dialect& dialect) {
  const auto known =
      std::find_if(std::begin(kDialects), std::end(kDialects), [&](const KnownDialect& d) { return d.uri == uri; });
  if (known != std::end(kDialects)) {
    dialect = {known->draft, kAllVocabularies};
    return true;
  }
  const std::optional<std::string> text = options_.resolver ? options_.resolver(uri) : std::nullopt;
  if (!text) return Fail(site, "the dialect '" + uri + "' is not supported and its metaschema cannot be had");
  Document metaschema;
  if (!Parse(*text, metaschema, options_.limits).ok() || metaschema.KindOf(0) != Kind::kObject) {
    return Fail(site, "the metaschema '" + uri + "' is no JSON object");
  }
  // The metaschema's own language is that of the schemas it describes, less what it leaves out.
  dialect = {};
  const NodeIndex own = metaschema.Find(0, "$schema");
  if (own != kNoNode && metaschema.KindOf(own) == Kind::kString) {
    const std::string next(SplitFragment(metaschema.Text(own)).first);
    if (next != uri && hops < kMaxMetaschemas && !CustomDialect(site, next, hops + 1, dialect)) return false;
  }
  const NodeIndex vocabularies = metaschema.Find(0, "$vocabulary");
  return vocabularies == kNoNode || ReadVocabularies(site, metaschema, vocabularies, dialect);
}

bool Registry::ReadVocabularies(Site site, const Document& metaschema, NodeIndex vocabularies, Dialect& dialect) {
  if (metaschema.KindOf(vocabularies) != Kind::kObject) return Fail(site, "$vocabulary must be an object");
  dialect.vocabularies = kCoreVocabulary;
  for (NodeIndex key = vocabularies + 1; key < metaschema.End(vocabularies); key = metaschema.Next(key + 1)) {
    const std::string_view name = metaschema.Text(key);
    const uint8_t bit = BitOf(name, dialect.draft);
    // Core 8.1.2.1: what is required and unknown must not be processed; what is optional may be.
    if (bit == 0 && metaschema.KindOf(key + 1) == Kind::kTrue) {
      return Fail(site, "the vocabulary '" + std::string(name) + "' is required and not supported");
    }
    dialect.vocabularies |= bit;
  }
  return true;
}

}  // namespace spikard::schema
