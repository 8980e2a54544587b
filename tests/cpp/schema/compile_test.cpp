#include <algorithm>

#include "support.hpp"

namespace spikard::schema {
namespace {

TEST(CompileTest, SaysWhereASchemaIsWrong) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"1", ""},
      {R"({"type": "int"})", "/type"},
      {R"({"type": []})", "/type"},
      {R"({"type": ["null", 1]})", "/type/1"},
      {R"({"enum": 1})", "/enum"},
      {R"({"minimum": "1"})", "/minimum"},
      {R"({"multipleOf": 0})", "/multipleOf"},
      {R"({"multipleOf": -1})", "/multipleOf"},
      {R"({"minLength": -1})", "/minLength"},
      {R"({"minLength": 1.5})", "/minLength"},
      {R"({"pattern": 1})", "/pattern"},
      {R"({"pattern": "("})", "/pattern"},
      {R"({"format": 1})", "/format"},
      {R"({"uniqueItems": 1})", "/uniqueItems"},
      {R"({"items": [true]})", "/items"},
      {R"({"items": 1})", "/items"},
      {R"({"prefixItems": {}})", "/prefixItems"},
      {R"({"required": "a"})", "/required"},
      {R"({"required": [1]})", "/required/0"},
      {R"({"properties": []})", "/properties"},
      {R"({"properties": {"a/b": {"not": 1}}})", "/properties/a~1b/not"},
      {R"({"patternProperties": {"[": {}}})", "/patternProperties/["},
      {R"({"dependentRequired": {"a": 1}})", "/dependentRequired/a"},
      {R"({"allOf": []})", "/allOf"},
      {R"({"anyOf": {}})", "/anyOf"},
      {R"({"$ref": 1})", "/$ref"},
      {R"({"$ref": "#/nowhere"})", "/$ref"},
      {R"({"$ref": "#nowhere"})", "/$ref"},
      {R"({"$ref": "#/type", "type": "string"})", "/type"},
      {R"({"$id": 1})", "/$id"},
      {R"({"$id": "http://x/#a"})", "/$id"},
      {R"({"$anchor": "1a"})", "/$anchor"},
      {R"({"allOf": [{"$anchor": "a"}, {"$anchor": "a"}]})", "/allOf/1/$anchor"},
      {R"({"allOf": [{"$id": "http://x/a"}, {"$id": "http://x/a"}]})", "/allOf/1"},
      {R"({"$schema": 1})", "/$schema"},
  };
  for (const auto& [schema, pointer] : kCases) EXPECT_EQ(MustRefuse(schema).pointer, pointer) << schema;
}

TEST(CompileTest, NamesWhatAPatternNeeds) {
  const CompileError error = MustRefuse(R"json({"properties": {"a": {"pattern": "^(?!x)"}}})json");
  EXPECT_EQ(error.pointer, "/properties/a/pattern");
  EXPECT_NE(error.message.find("lookahead"), std::string::npos);
}

TEST(CompileTest, RefusesMalformedJson) {
  EXPECT_EQ(MustRefuse("{\"a\": 1, \"a\": 2}").message, "an object has two members of the same name at byte 15");
  EXPECT_EQ(MustRefuse("").message, "the text ends too early at byte 0");
}

TEST(CompileTest, LeavesWhatNothingRefersToAlone) {
  EXPECT_TRUE(Accepts(R"json({"$defs": {"unused": {"pattern": "(?=a)"}}})json", "1"));
  EXPECT_TRUE(Accepts(R"({"x-unknown": {"type": "int"}})", "1"));
}

TEST(CompileTest, AProgramOutlivesItsSchemaText) {
  std::shared_ptr<const Program> program;
  {
    std::string text =
        R"({"properties": {"name": {"enum": ["long enough to be allocated", "b"]}}, "required": ["name"]})";
    program = MustCompile(text);
    std::fill(text.begin(), text.end(), 'x');
  }
  EXPECT_TRUE(Accepts(*program, R"({"name": "long enough to be allocated"})"));
  EXPECT_FALSE(Accepts(*program, "{}"));
}

}  // namespace
}  // namespace spikard::schema
