#include "support.hpp"

namespace spikard::schema {
namespace {

struct Case {
  std::string_view schema, json;
  bool valid;
};

void ExpectAll(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(Accepts(c.schema, c.json), c.valid) << c.schema << " " << c.json;
}

TEST(KeywordsTest, BooleansAndTypes) {
  ExpectAll({
      {"true", "1", true},
      {"false", "1", false},
      {"{}", "[]", true},
      {R"({"type": "integer"})", "1.0", true},
      {R"({"type": "integer"})", "1e400", true},
      {R"({"type": "integer"})", "1.5", false},
      {R"({"type": "number"})", "12345678901234567890123", true},
      {R"({"type": ["string", "null"]})", "null", true},
      {R"({"type": ["string", "null"]})", "false", false},
      {R"({"type": "boolean"})", "0", false},
  });
}

TEST(KeywordsTest, Values) {
  ExpectAll({
      {R"({"const": {"a": [1, 2.0]}})", R"({"a": [1.0, 2]})", true},
      {R"({"const": false})", "0", false},
      {R"({"enum": ["a", "b", 1, null]})", R"("b")", true},
      {R"({"enum": ["a", "b", 1, null]})", "1.0", true},
      {R"({"enum": ["a", "b", 1, null]})", "true", false},
      {R"({"enum": []})", "1", false},
  });
}

TEST(KeywordsTest, NumbersKeepEveryDigit) {
  ExpectAll({
      {R"({"maximum": 18446744073709551615})", "18446744073709551616", false},
      {R"({"minimum": 0})", "-0.0", true},
      {R"({"exclusiveMinimum": 0})", "1e-400", true},
      {R"({"exclusiveMinimum": 3})", "3.0", false},
      {R"({"exclusiveMinimum": 3})", "3.0001", true},
      {R"({"exclusiveMaximum": 3})", "2.9999", true},
      {R"({"maximum": 3})", "3.0000000000000000000001", false},
      {R"({"maximum": -1})", "-1.5", true},
      {R"({"minimum": 10})", "1.1e1", true},
      {R"({"multipleOf": 0.01})", "0.07", true},
  });
}

TEST(KeywordsTest, StringsCountCharacters) {
  ExpectAll({
      {R"({"minLength": 2})", R"("😀")", false},
      {R"({"maxLength": 2})", R"("😀😀")", true},
      {R"({"maxLength": 2.0})", R"("abc")", false},
      {R"({"minLength": 9})", R"("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9")", true},
      {R"({"pattern": "b"})", R"("abc")", true},
      {R"({"pattern": "^b"})", "1", true},
  });
}

TEST(KeywordsTest, Arrays) {
  ExpectAll({
      {R"({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}})", R"(["a", 1, 2])", true},
      {R"({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}})", R"(["a", "b"])", false},
      {R"({"items": false})", "[]", true},
      {R"({"contains": {"type": "null"}, "minContains": 2, "maxContains": 3})", "[null, 1, null]", true},
      {R"({"contains": {"type": "null"}, "minContains": 2, "maxContains": 3})", "[null, null, null, null]", false},
      {R"({"contains": {"type": "null"}, "minContains": 0})", "[]", true},
      {R"({"minContains": 5})", "[]", true},
      {R"({"uniqueItems": true})", "[1, 1.0]", false},
      {R"({"uniqueItems": false})", "[1, 1]", true},
      {R"({"maxItems": 1e0})", "[1, 2]", false},
      {R"({"minItems": 100000000000000000000})", "[1, 2]", false},
  });
}

TEST(KeywordsTest, Objects) {
  ExpectAll({
      {R"({"required": ["a", "b"]})", R"({"b": 1, "a": 2})", true},
      {R"({"required": ["a", "b", "a"]})", R"({"b": 1})", false},
      {R"({"required": ["toString"], "properties": {"a": {}}})", R"({"a": 1})", false},
      {R"({"properties": {"a": {"type": "null"}}, "additionalProperties": false})", R"({"a": null})", true},
      {R"({"properties": {"a": {"type": "null"}}, "additionalProperties": false})", R"({"b": null})", false},
      {R"({"required": ["b"], "additionalProperties": false})", R"({"b": null})", false},
      {R"({"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": {"type": "null"}})",
       R"({"x1": 1, "y": null})", true},
      {R"({"properties": {"x": {"minimum": 5}}, "patternProperties": {"x": {"maximum": 6}}})", R"({"x": 7})", false},
      {R"({"propertyNames": {"maxLength": 2}})", R"({"abc": 1})", false},
      {R"({"propertyNames": {"pattern": "^\\u00e9$"}})", R"({"\u00e9": 1})", true},
      {R"({"minProperties": 1, "maxProperties": 2})", R"({"a": 1, "b": 2, "c": 3})", false},
      {R"({"dependentRequired": {"a": ["b"]}})", R"({"a": 1})", false},
      {R"({"dependentSchemas": {"a": {"maxProperties": 1}}})", R"({"a": 1, "b": 1})", false},
  });
}

TEST(KeywordsTest, Combinators) {
  ExpectAll({
      {R"({"allOf": [{"minimum": 1}, {"maximum": 2}]})", "3", false},
      {R"({"anyOf": [{"minimum": 5}, {"type": "string"}]})", "3", false},
      {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "3", false},
      {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "9", true},
      {R"({"not": {"type": "integer"}})", "3", false},
      {R"({"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {"multipleOf": 3}})", "6", true},
      {R"({"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {"multipleOf": 3}})", "7", false},
      {R"({"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {"multipleOf": 3}})", "4", false},
      {R"({"then": false})", "4", true},
  });
}

TEST(KeywordsTest, DependenciesAreAnOption) {
  constexpr std::string_view kSchema = R"({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}})";
  EXPECT_FALSE(Accepts(kSchema, R"({"a": 1})"));
  EXPECT_FALSE(Accepts(kSchema, R"({"c": 1})"));
  EXPECT_TRUE(Accepts(kSchema, R"({"a": 1, "b": 1, "c": 1, "d": 1})"));
  CompileOptions strict;
  strict.legacy_dependencies = false;
  EXPECT_TRUE(Accepts(kSchema, R"({"a": 1})", strict));
}

TEST(KeywordsTest, FormatAssertsByChoice) {
  EXPECT_TRUE(Accepts(R"({"format": "ipv4"})", R"("x")"));
  CompileOptions asserting;
  asserting.assert_format = true;
  EXPECT_FALSE(Accepts(R"({"format": "ipv4"})", R"("x")", asserting));
  EXPECT_TRUE(Accepts(R"({"format": "ipv4"})", "1", asserting));
  EXPECT_TRUE(Accepts(R"({"format": "no-such"})", R"("x")", asserting));
}

}  // namespace
}  // namespace spikard::schema
