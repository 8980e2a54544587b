#include "support.hpp"

namespace spikard::schema {
namespace {

TEST(ReferencesTest, RecursionThroughChildrenIsFine) {
  constexpr std::string_view kTree =
      R"({"type": "object", "properties": {"left": {"$ref": "#"}, "value": {"type": "integer"}}})";
  EXPECT_TRUE(Accepts(kTree, R"({"left": {"left": {"value": 1}}})"));
  EXPECT_FALSE(Accepts(kTree, R"({"left": {"left": {"value": "1"}}})"));
}

TEST(ReferencesTest, EndlessRecursionIsRefused) {
  for (std::string_view schema : {R"({"$ref": "#"})",
                                  R"({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"},
          "b": {"allOf": [{"$ref": "#/$defs/a"}]}}})",
                                  R"({"not": {"$ref": "#"}})", R"({"if": true, "then": {"$ref": "#"}})",
                                  R"({"dependentSchemas": {"a": {"$ref": "#"}}})"}) {
    EXPECT_NE(MustRefuse(schema).message.find("without end"), std::string::npos) << schema;
  }
}

TEST(ReferencesTest, EndlessDynamicRecursionIsInvalid) {
  // What the reference means is known only while running: the depth of evaluation bounds it.
  constexpr std::string_view kSchema = R"({"$dynamicAnchor": "a", "allOf": [{"$dynamicRef": "#a"}]})";
  const auto program = MustCompile(kSchema);
  Document document;
  ASSERT_TRUE(Parse("1", document).ok());
  EXPECT_FALSE(IsValid(*program, document));
  EXPECT_EQ(Validate(*program, document).size(), 1u);
  const auto inside_not = MustCompile(R"({"not": {"$dynamicAnchor": "a", "allOf": [{"$dynamicRef": "#a"}]}})");
  EXPECT_FALSE(IsValid(*inside_not, document));
  EXPECT_EQ(Validate(*inside_not, document).size(), 1u);
}

TEST(ReferencesTest, RemotesComeFromTheCaller) {
  CompileOptions options;
  options.resolver = ResolverOf({{"http://x/a.json", R"({"$defs": {"n": {"$ref": "b.json#n"}}})"},
                                 {"http://x/b.json", R"({"$defs": {"i": {"$anchor": "n", "type": "integer"}}})"}});
  constexpr std::string_view kSchema = R"({"$id": "http://x/root", "items": {"$ref": "a.json#/$defs/n"}})";
  EXPECT_TRUE(Accepts(kSchema, "[1]", options));
  EXPECT_FALSE(Accepts(kSchema, "[\"1\"]", options));
  EXPECT_EQ(MustRefuse(kSchema).message, "cannot resolve the reference to 'http://x/a.json'");
}

TEST(ReferencesTest, ErrorsInRemotesNameThem) {
  CompileOptions options;
  options.resolver =
      ResolverOf({{"http://x/a", R"({"$defs": {"n": {"type": "int"}}, "$ref": "#/$defs/n"})"}, {"http://x/b", "{"}});
  const CompileError error = MustRefuse(R"({"$ref": "http://x/a"})", options);
  EXPECT_EQ(error.uri, "http://x/a");
  EXPECT_EQ(error.pointer, "/$defs/n/type");
  EXPECT_EQ(MustRefuse(R"({"$ref": "http://x/b"})", options).uri, "http://x/b");
}

TEST(ReferencesTest, BaseUriCanBeGiven) {
  CompileOptions options;
  options.base_uri = "http://x/dir/root.json";
  options.resolver = ResolverOf({{"http://x/dir/a", R"({"type": "null"})"}});
  EXPECT_TRUE(Accepts(R"({"$ref": "a"})", "null", options));
}

TEST(ReferencesTest, DynamicReferenceTakesTheOutermostAnchor) {
  constexpr std::string_view kSchema = R"({"$id": "http://x/strings", "$ref": "list", "$defs": {
      "s": {"$dynamicAnchor": "item", "type": "string"},
      "list": {"$id": "list", "items": {"$dynamicRef": "#item"},
      "$defs": {"d": {"$dynamicAnchor": "item"}}}}})";
  EXPECT_TRUE(Accepts(kSchema, R"(["a"])"));
  EXPECT_FALSE(Accepts(kSchema, "[1]"));
}

TEST(ReferencesTest, RecursiveReferenceOf201909) {
  constexpr std::string_view kSchema = R"({"$schema": "https://json-schema.org/draft/2019-09/schema",
      "$id": "http://x/strict", "$recursiveAnchor": true, "$ref": "tree", "unevaluatedProperties": false,
      "$defs": {
      "tree": {"$id": "tree", "$recursiveAnchor": true, "type": "object",
               "properties": {"data": true, "child": {"$recursiveRef": "#"}}}}})";
  EXPECT_TRUE(Accepts(kSchema, R"({"child": {"data": 1}})"));
  EXPECT_FALSE(Accepts(kSchema, R"({"child": {"daat": 1}})"));
}

TEST(ReferencesTest, OlderDraftsKeepTheirMeaning) {
  constexpr std::string_view k07 = R"({"$schema": "http://json-schema.org/draft-07/schema#",
      "definitions": {"n": {"$id": "#n", "type": "integer"}},
      "items": [{"$ref": "#n", "maximum": 1}], "additionalItems": false})";
  EXPECT_TRUE(Accepts(k07, "[5]"));  // siblings of $ref do not count
  EXPECT_FALSE(Accepts(k07, "[5, 6]"));
  EXPECT_FALSE(Accepts(k07, "[\"a\"]"));
  constexpr std::string_view k06 =
      R"({"$schema": "http://json-schema.org/draft-06/schema#", "if": true, "then": false})";
  EXPECT_TRUE(Accepts(k06, "1"));
}

TEST(ReferencesTest, DialectsAndVocabularies) {
  CompileOptions options;
  options.resolver =
      ResolverOf({{"http://x/meta", R"({"$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true,
          "https://json-schema.org/draft/2020-12/vocab/applicator": true, "http://x/vocab": false}})"},
                  {"http://x/strange", R"({"$vocabulary": {"http://x/vocab": true}})"}});
  EXPECT_TRUE(Accepts(R"({"$schema": "http://x/meta", "minimum": 5})", "1", options));
  EXPECT_FALSE(Accepts(R"({"$schema": "http://x/meta", "not": {}})", "1", options));
  EXPECT_NE(MustRefuse(R"({"$schema": "http://x/strange"})", options).message.find("'http://x/vocab'"),
            std::string::npos);
  EXPECT_NE(MustRefuse(R"({"$schema": "http://json-schema.org/draft-04/schema#"})").message.find("draft-04"),
            std::string::npos);
}

}  // namespace
}  // namespace spikard::schema
