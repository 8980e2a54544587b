#include "support.hpp"

namespace spikard::schema {
namespace {

TEST(AnnotationsTest, PropertiesOfSubschemasAreEvaluated) {
  constexpr std::string_view kSchema = R"({
    "allOf": [{"properties": {"a": true}}],
    "anyOf": [{"properties": {"b": {"const": 1}}, "required": ["b"]}, {"patternProperties": {"^c": true}}],
    "unevaluatedProperties": false})";
  EXPECT_TRUE(Accepts(kSchema, R"({"a": 1, "b": 1, "c1": 1})"));
  EXPECT_TRUE(Accepts(kSchema, R"({"a": 1, "c1": 1})"));
  EXPECT_FALSE(Accepts(kSchema, R"({"a": 1, "b": 2})"));
  EXPECT_FALSE(Accepts(kSchema, R"({"d": 2})"));
}

TEST(AnnotationsTest, WhatFailedEvaluatedNothing) {
  constexpr std::string_view kSchema = R"({
    "if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": true}},
    "else": {"properties": {"c": true}}, "unevaluatedProperties": false})";
  EXPECT_TRUE(Accepts(kSchema, R"({"a": 1, "b": 1})"));
  EXPECT_FALSE(Accepts(kSchema, R"({"a": 2, "c": 1})"));
  EXPECT_TRUE(Accepts(kSchema, R"({"c": 1})"));
}

TEST(AnnotationsTest, NothingIsEvaluatedBehindNot) {
  EXPECT_FALSE(
      Accepts(R"({"not": {"not": {"properties": {"a": true}}}, "unevaluatedProperties": false})", R"({"a": 1})"));
}

TEST(AnnotationsTest, CousinsDoNotSeeEachOther) {
  constexpr std::string_view kSchema = R"({"allOf": [{"properties": {"a": true}}, {"unevaluatedProperties": false}]})";
  EXPECT_FALSE(Accepts(kSchema, R"({"a": 1})"));
}

TEST(AnnotationsTest, InnerUnevaluatedCountsOutside) {
  constexpr std::string_view kSchema =
      R"({"allOf": [{"unevaluatedProperties": {"type": "integer"}}], "unevaluatedProperties": false})";
  EXPECT_TRUE(Accepts(kSchema, R"({"a": 1})"));
  EXPECT_FALSE(Accepts(kSchema, R"({"a": "x"})"));
}

TEST(AnnotationsTest, ItemsAndContains) {
  constexpr std::string_view kSchema =
      R"({"prefixItems": [true], "contains": {"type": "string"}, "unevaluatedItems": {"type": "null"}})";
  EXPECT_TRUE(Accepts(kSchema, R"([1, "a", null, "b"])"));
  EXPECT_FALSE(Accepts(kSchema, R"([1, "a", 2])"));
  EXPECT_TRUE(Accepts(R"({"items": true, "unevaluatedItems": false})", "[1, 2]"));
  EXPECT_TRUE(
      Accepts(R"({"$ref": "#/$defs/a", "$defs": {"a": {"prefixItems": [true]}}, "unevaluatedItems": false})", "[1]"));
}

TEST(AnnotationsTest, MoreThanOneWordOfMarks) {
  std::string schema = R"({"allOf": [{"patternProperties": {"^a": true}}], "unevaluatedProperties": false})";
  std::string json = "{\"a\":0";
  for (int i = 0; i < 200; ++i) json += ",\"a" + std::to_string(i) + "\":0";
  EXPECT_TRUE(Accepts(schema, json + "}"));
  EXPECT_FALSE(Accepts(schema, json + ",\"b\":0}"));
}

TEST(AnnotationsTest, ContainsDidNotEvaluateIn201909) {
  constexpr std::string_view kSchema =
      R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "contains": {"const": 1},
         "unevaluatedItems": false})";
  EXPECT_FALSE(Accepts(kSchema, "[1]"));
}

}  // namespace
}  // namespace spikard::schema
