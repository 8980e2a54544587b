#include "schema/registry.hpp"

#include <algorithm>

#include "schema/parse.hpp"
#include "schema/pointer.hpp"
#include "schema/uri.hpp"

namespace spikard::schema {

namespace {

bool IsAnchorName(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

}  // namespace

const Anchor* Resource::Find(std::string_view name) const {
  const auto found = std::find_if(anchors.begin(), anchors.end(), [&](const Anchor& a) { return a.name == name; });
  return found == anchors.end() ? nullptr : &*found;
}

std::vector<std::unique_ptr<SchemaDocument>> Registry::TakeDocuments() {
  for (const auto& document : documents_) {
    document->resource_of = {};
    document->schema_of = {};
  }
  return std::move(documents_);
}

bool Registry::Fail(Site site, std::string message) {
  const SchemaDocument& document = *documents_[site.document];
  error_ = {document.uri, PointerTo(document.json, site.node), std::move(message)};
  return false;
}

bool Registry::Load(std::string text, std::string uri, Site& root) {
  auto document = std::make_unique<SchemaDocument>();
  document->uri = std::move(uri);
  document->text = std::move(text);
  const ParseOutcome outcome = Parse(document->text, document->json, options_.limits);
  if (!outcome.ok()) {
    error_ = {document->uri, "", std::string(Describe(outcome.code)) + " at byte " + std::to_string(outcome.offset)};
    return false;
  }
  document->resource_of.resize(document->json.node_count());
  document->schema_of.resize(document->json.node_count());
  documents_.push_back(std::move(document));
  root = {static_cast<uint32_t>(documents_.size() - 1), 0};

  Dialect dialect;
  ResourceId resource = 0;
  // Known by the URI it was had from, and by its own $id if that is another.
  return ReadDialect(root, Dialect{}, dialect) && AddResource(root, documents_.back()->uri, dialect, resource) &&
         Index(root, resource);
}

bool Registry::AddResource(Site site, std::string uri, const Dialect& dialect, ResourceId& id) {
  id = static_cast<ResourceId>(resources_.size());
  const auto [known, added] = by_uri_.emplace(uri, id);
  if (!added) {
    const Resource& other = resources_[known->second];
    if (other.root.document == site.document && other.root.node == site.node) {
      id = known->second;
      return true;
    }
    return Fail(site, "the URI '" + uri + "' identifies two schemas");
  }
  resources_.push_back({std::move(uri), site, dialect, {}});
  return true;
}

bool Registry::Index(Site site, ResourceId parent) {
  SchemaDocument& document = *documents_[site.document];
  const Kind kind = document.json.KindOf(site.node);
  if (kind == Kind::kTrue || kind == Kind::kFalse) {
    document.resource_of[site.node] = parent + 1;
    return true;
  }
  if (kind != Kind::kObject) return Fail(site, "a schema is an object or a boolean");

  ResourceId resource = parent;
  Keywords keywords(document.json, site.node, resources_[parent].dialect);
  if (!Identify(site, keywords, resource)) return false;
  // A resource of its own may speak another dialect.
  if (resource != parent) keywords = Keywords(document.json, site.node, resources_[resource].dialect);
  document.resource_of[site.node] = resource + 1;

  if (keywords.Has(Keyword::kAnchor) && !AddAnchor(site, resource, keywords[Keyword::kAnchor], false)) return false;
  if (keywords.Has(Keyword::kDynamicAnchor) && !AddAnchor(site, resource, keywords[Keyword::kDynamicAnchor], true)) {
    return false;
  }
  const NodeIndex recursive = keywords[Keyword::kRecursiveAnchor];
  if (recursive != kNoNode && document.json.KindOf(recursive) == Kind::kTrue) {
    resources_[resource].anchors.push_back({kRecursiveAnchorName, site.node, true});
  }
  for (size_t i = 0; i < kKeywordCount; ++i) {
    const auto keyword = static_cast<Keyword>(i);
    if (keywords.Has(keyword) && !IndexChildren(site, keyword, keywords[keyword], resource)) return false;
  }
  return true;
}

bool Registry::IndexChildren(Site site, Keyword keyword, NodeIndex value, ResourceId resource) {
  const Document& json = documents_[site.document]->json;
  const Holds holds = InfoOf(keyword).holds;
  const Kind kind = json.KindOf(value);
  if (holds == Holds::kNothing) return true;
  const bool list = kind == Kind::kArray && (holds == Holds::kList || holds == Holds::kSchemaOrList);
  const bool map = kind == Kind::kObject && (holds == Holds::kMap || holds == Holds::kDependencies);
  if (!list && !map) {
    if (holds != Holds::kSchema && holds != Holds::kSchemaOrList) {
      return Fail({site.document, value}, std::string(NameOf(keyword)) + " must be an " +
                                              (holds == Holds::kList ? "array" : "object") + " of schemas");
    }
    return Index({site.document, value}, resource);
  }
  for (NodeIndex child = value + (map ? 2 : 1); child < json.End(value); child = json.Next(child) + (map ? 1 : 0)) {
    if (holds == Holds::kDependencies && json.KindOf(child) == Kind::kArray) continue;
    if (!Index({site.document, child}, resource)) return false;
  }
  return true;
}

bool Registry::Identify(Site site, const Keywords& keywords, ResourceId& resource) {
  const NodeIndex id = keywords[Keyword::kId];
  if (id == kNoNode) return true;
  const SchemaDocument& document = *documents_[site.document];
  if (document.json.KindOf(id) != Kind::kString) return Fail({site.document, id}, "$id must be a string");
  const std::string_view text = document.json.Text(id);
  const auto [reference, fragment] = SplitFragment(text);
  const Draft draft = resources_[resource].dialect.draft;
  if (!fragment.empty()) {
    if (draft > Draft::k07) return Fail({site.document, id}, "$id must not have a fragment");
    if (reference.empty()) {
      resources_[resource].anchors.push_back({fragment, site.node, false});
      return true;
    }
  }
  if (reference.empty()) return true;
  std::string uri = ResolveUri(resources_[resource].uri, reference);
  Dialect dialect;
  if (!ReadDialect(site, resources_[resource].dialect, dialect)) return false;
  return AddResource(site, std::move(uri), dialect, resource);
}

bool Registry::AddAnchor(Site site, ResourceId resource, NodeIndex name, bool dynamic) {
  const Document& json = documents_[site.document]->json;
  if (json.KindOf(name) != Kind::kString || !IsAnchorName(json.Text(name))) {
    return Fail({site.document, name}, "an anchor must be a plain name");
  }
  const std::string_view text = json.Text(name);
  const Anchor* known = resources_[resource].Find(text);
  if (known != nullptr && known->node != site.node) {
    return Fail({site.document, name}, "the anchor '" + std::string(text) + "' stands at two schemas");
  }
  resources_[resource].anchors.push_back({text, site.node, dynamic});
  return true;
}

bool Registry::FindResource(Site site, const std::string& uri, ResourceId& id) {
  auto known = by_uri_.find(uri);
  if (known == by_uri_.end() && options_.resolver) {
    if (std::optional<std::string> text = options_.resolver(uri)) {
      Site root;
      if (!Load(std::move(*text), uri, root)) return false;
      known = by_uri_.find(uri);
    }
  }
  if (known == by_uri_.end()) return Fail(site, "cannot resolve the reference to '" + uri + "'");
  id = known->second;
  return true;
}

bool Registry::Resolve(ResourceId from, Site site, std::string_view reference, Target& target) {
  const std::string uri = ResolveUri(resources_[from].uri, reference);
  const auto [absolute, encoded_fragment] = SplitFragment(uri);
  ResourceId id = 0;
  if (!FindResource(site, std::string(absolute), id)) return false;
  const std::string fragment = PercentDecode(encoded_fragment);
  target = {resources_[id].root, std::nullopt};
  if (fragment.empty()) return true;
  if (fragment.front() == '/') {
    return FollowPointer(site, id, fragment, target.site);
  }
  // A document whose $id differs from the URI it was had from is one resource under two names.
  const ResourceId root = ResourceOf(target.site);
  if (const Anchor* anchor = resources_[root].Find(fragment)) target.anchor = *anchor;
  if (!target.anchor) return Fail(site, "there is no anchor '" + fragment + "' to refer to");
  target.site.node = target.anchor->node;
  return true;
}

bool Registry::FollowPointer(Site from, ResourceId resource, std::string_view pointer, Site& target) {
  std::vector<std::string> tokens;
  if (!SplitPointer(pointer, tokens)) return Fail(from, "the fragment of the reference is no JSON Pointer");
  target = resources_[resource].root;
  SchemaDocument& document = *documents_[target.document];
  for (const std::string& token : tokens) {
    // The innermost schema on the way governs what is found below it.
    if (document.resource_of[target.node] != 0) resource = document.resource_of[target.node] - 1;
    target.node = Child(document.json, target.node, token);
    if (target.node == kNoNode) {
      return Fail(from, "there is nothing at '" + std::string(pointer) + "' to refer to");
    }
  }
  return document.resource_of[target.node] != 0 || Index(target, resource);
}

}  // namespace spikard::schema
