#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/compile.hpp"
#include "schema/document.hpp"
#include "schema/keyword.hpp"

namespace spikard::schema {

// One schema text and what is known about its values. Kept by the program, which refers to names and values
// in it.
struct SchemaDocument {
  std::string uri;
  std::string text;
  Document json;
  // By node: 1 + the resource that the schema at this node belongs to, 0 if no schema is known to be there.
  std::vector<uint32_t> resource_of;
  // By node: 1 + the number of the compiled schema, 0 before it is needed.
  std::vector<uint32_t> schema_of;
};

using ResourceId = uint32_t;

// The place of a schema.
struct Site {
  uint32_t document = 0;
  NodeIndex node = 0;
};

struct Anchor {
  std::string_view name;
  NodeIndex node;
  bool dynamic;
};

// The name under which 2019-09's `$recursiveAnchor: true` is kept: no anchor can be called so.
inline constexpr std::string_view kRecursiveAnchorName = "#";

// A schema resource (Core 4.3.5): what one $id governs.
struct Resource {
  std::string uri;
  Site root;
  Dialect dialect;
  std::vector<Anchor> anchors;

  const Anchor* Find(std::string_view name) const;
};

// All schema texts of one compilation, with their resources and anchors, found before any reference is
// resolved.
class Registry {
 public:
  explicit Registry(const CompileOptions& options) : options_(options) {}

  // Reads a schema text and registers what is in it. After a failure `error()` says why.
  bool Load(std::string text, std::string uri, Site& root);

  // Follows a reference (Core 8.2.3) from a schema of resource `from`. `anchor` is set if the fragment is the
  // name of an anchor.
  struct Target {
    Site site;
    std::optional<Anchor> anchor;
  };
  bool Resolve(ResourceId from, Site site, std::string_view reference, Target& target);

  const SchemaDocument& document(uint32_t id) const { return *documents_[id]; }
  SchemaDocument& document(uint32_t id) { return *documents_[id]; }
  const Resource& resource(ResourceId id) const { return resources_[id]; }
  const std::vector<Resource>& resources() const { return resources_; }
  ResourceId ResourceOf(Site site) const { return documents_[site.document]->resource_of[site.node] - 1; }
  // The texts for the program, without what only compiling needs.
  std::vector<std::unique_ptr<SchemaDocument>> TakeDocuments();

  bool Fail(Site site, std::string message);
  const CompileError& error() const { return error_; }

 private:
  bool Index(Site site, ResourceId parent);
  bool IndexChildren(Site site, Keyword keyword, NodeIndex value, ResourceId resource);
  bool Identify(Site site, const Keywords& keywords, ResourceId& resource);
  bool AddResource(Site site, std::string uri, const Dialect& dialect, ResourceId& id);
  bool AddAnchor(Site site, ResourceId resource, NodeIndex name, bool dynamic);
  // The dialect that a resource root declares, `otherwise` if it declares none.
  bool ReadDialect(Site site, const Dialect& otherwise, Dialect& dialect);
  bool CustomDialect(Site site, const std::string& uri, size_t hops, Dialect& dialect);
  bool ReadVocabularies(Site site, const Document& metaschema, NodeIndex vocabularies, Dialect& dialect);
  bool FindResource(Site site, const std::string& uri, ResourceId& id);
  bool FollowPointer(Site from, ResourceId resource, std::string_view pointer, Site& target);

  const CompileOptions& options_;
  std::vector<std::unique_ptr<SchemaDocument>> documents_;
  std::vector<Resource> resources_;
  std::unordered_map<std::string, ResourceId> by_uri_;
  CompileError error_;
};

}  // namespace spikard::schema
