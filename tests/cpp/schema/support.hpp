#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/compile.hpp"
#include "schema/parse.hpp"
#include "schema/program.hpp"
#include "schema/validate.hpp"

namespace spikard::schema {

inline std::shared_ptr<const Program> MustCompile(std::string_view schema, const CompileOptions& options = {}) {
  CompileResult result = Compile(schema, options);
  if (const auto* error = std::get_if<CompileError>(&result)) {
    ADD_FAILURE() << error->uri << "#" << error->pointer << ": " << error->message << "\n  in " << schema;
    return MustCompile("true");
  }
  return std::get<0>(result);
}

inline CompileError MustRefuse(std::string_view schema, const CompileOptions& options = {}) {
  CompileResult result = Compile(schema, options);
  if (const auto* error = std::get_if<CompileError>(&result)) return *error;
  ADD_FAILURE() << "should not compile: " << schema;
  return {};
}

inline bool Accepts(const Program& program, std::string_view json) {
  Document document;
  const ParseOutcome outcome = Parse(json, document);
  EXPECT_TRUE(outcome.ok()) << Describe(outcome.code) << ": " << json;
  if (!outcome.ok()) return false;
  const bool valid = IsValid(program, document);
  EXPECT_EQ(valid, Validate(program, document).empty()) << json;
  return valid;
}

inline bool Accepts(std::string_view schema, std::string_view json, const CompileOptions& options = {}) {
  return Accepts(*MustCompile(schema, options), json);
}

inline Resolver ResolverOf(std::map<std::string, std::string, std::less<>> texts) {
  return [texts = std::move(texts)](std::string_view uri) -> std::optional<std::string> {
    const auto found = texts.find(uri);
    if (found == texts.end()) return std::nullopt;
    return found->second;
  };
}

// "pointer keyword property" of every error, which is what most tests ask for.
inline std::vector<std::string> Errors(std::string_view schema, std::string_view json,
                                       const ReportOptions& options = {}) {
  const auto program = MustCompile(schema);
  Document document;
  EXPECT_TRUE(Parse(json, document).ok()) << json;
  std::vector<std::string> lines;
  for (const Error& error : Validate(*program, document, options)) {
    std::string line = error.pointer() + " " + std::string(error.keyword_name());
    if (!error.property.empty()) line += " " + error.property;
    lines.push_back(std::move(line));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace spikard::schema
