#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "schema/format.hpp"
#include "schema/limits.hpp"

namespace spikard::schema {

struct Program;

// Gives the text of the schema at an absolute URI without fragment, or nothing. Called while compiling, never
// later.
using Resolver = std::function<std::optional<std::string>(std::string_view uri)>;

struct CompileOptions {
  // Whether `format` asserts. A dialect whose metaschema names the format-assertion vocabulary asserts
  // anyway.
  bool assert_format = false;
  // Formats besides the specification's, by name; null for one that it does not know either.
  FormatCheck (*more_formats)(std::string_view name) = nullptr;
  // Whether `dependencies` of draft 7 counts in 2019-09 and 2020-12 too.
  bool legacy_dependencies = true;
  // For references to schemas outside, and for metaschemas other than those of the drafts 6 to 2020-12.
  Resolver resolver;
  // The URI that relative references count from if the schema has no $id.
  std::string base_uri;
  // Of the schema's own text; schemas nest deeper than data.
  Limits limits{.max_depth = 256};
};

struct CompileError {
  std::string uri;      // of the schema document at fault, empty for the one that was given
  std::string pointer;  // into it (RFC 6901)
  std::string message;
};

using CompileResult = std::variant<std::shared_ptr<const Program>, CompileError>;

// Compiles a schema: of draft 2020-12, or of 2019-09, 07 or 06 if its $schema says so. Everything that can be
// wrong with a schema is found here: keywords with values of the wrong kind, references that lead nowhere or
// in circles, patterns that cannot be matched in linear time, vocabularies that are required and unknown.
CompileResult Compile(std::string_view schema_json, const CompileOptions& options = {});

}  // namespace spikard::schema
