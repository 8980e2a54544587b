#include "support.hpp"

namespace spikard::schema {
namespace {

TEST(ReportTest, RequiredComesBeforePropertiesInTheirOrder) {
  constexpr std::string_view kSchema = R"({"type": "object",
      "properties": {"z": {"type": "integer"}, "a": {"minLength": 3}, "m": {"enum": [1]}},
      "required": ["missing", "z", "gone"], "additionalProperties": false})";
  EXPECT_EQ(Errors(kSchema, R"({"more": 1, "m": 2, "a": "x", "z": "y", "even more": 2})"),
            (Lines{" required missing", " required gone", "/z type", "/a minLength", "/m enum",
                   " additionalProperties more", " additionalProperties even more"}));
}

TEST(ReportTest, TellsEverythingThatFails) {
  EXPECT_EQ(Errors(R"({"type": "integer", "enum": [1, 2], "maximum": 1, "multipleOf": 2})", "\"x\""),
            (Lines{" type", " enum"}));
  EXPECT_EQ(Errors(
                R"({"allOf": [{"minimum": 5}, {"multipleOf": 2}], "$ref": "#/$defs/a",
             "$defs": {"a": {"maximum": 1}}})",
                "3"),
            (Lines{" maximum", " minimum", " multipleOf"}));
  EXPECT_EQ(Errors(R"({"items": {"properties": {"a/b": {"items": {"type": "null"}}}}})", R"([{}, {"a/b": [null, 1]}])"),
            (Lines{"/1/a~1b/1 type"}));
  EXPECT_EQ(Errors(R"({"prefixItems": [{"type": "null"}], "items": false})", "[1, 2]"), (Lines{"/0 type", "/1 items"}));
  EXPECT_EQ(
      Errors(R"({"dependentRequired": {"a": ["b", "c"]}, "propertyNames": {"maxLength": 1}})", R"({"a": 1, "dd": 2})"),
      (Lines{" propertyNames dd", " dependentRequired b", " dependentRequired c"}));
  EXPECT_EQ(Errors(R"({"contains": {"type": "null"}})", "[1]"), (Lines{" contains"}));
  EXPECT_EQ(Errors(R"({"contains": {"type": "null"}, "minContains": 2})", "[null]"), (Lines{" minContains"}));
  EXPECT_EQ(Errors(R"({"contains": {"type": "null"}, "maxContains": 1})", "[null, null]"), (Lines{" maxContains"}));
  EXPECT_EQ(Errors("false", "1"), (Lines{" false"}));
  EXPECT_EQ(Errors(R"({"properties": {"a": false}})", R"({"a": 1})"), (Lines{"/a false"}));
}

TEST(ReportTest, UnevaluatedNamesTheMember) {
  EXPECT_EQ(Errors(R"({"properties": {"a": true}, "unevaluatedProperties": false})", R"({"a": 1, "b": 2})"),
            (Lines{" unevaluatedProperties b"}));
  EXPECT_EQ(Errors(R"({"prefixItems": [true], "unevaluatedItems": false})", "[1, 2]"), (Lines{"/1 unevaluatedItems"}));
}

TEST(ReportTest, CarriesParametersValuesAndLocation) {
  const auto program = MustCompile(
      R"({"$id": "http://x/s", "properties": {"a": {"$ref": "#/$defs/n n"}}, "additionalProperties": false,
          "$defs": {"n n": {"minimum": 1.50}}})");
  Document document;
  const std::string json = R"({"a": 1.25 , "more": [ 1 ]})";
  ASSERT_TRUE(Parse(json, document).ok());
  const std::vector<Error> errors = Validate(*program, document);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].keyword, Keyword::kMinimum);
  EXPECT_EQ(errors[0].params, "1.50");
  EXPECT_EQ(errors[0].instance, "1.25");
  EXPECT_EQ(errors[0].location, "http://x/s#/$defs/n%20n/minimum");
  EXPECT_EQ(errors[1].property, "more");
  EXPECT_EQ(errors[1].property_value, "[ 1 ]");
  EXPECT_EQ(errors[1].instance, json);
  EXPECT_EQ(errors[1].location, "http://x/s#/additionalProperties");
}

TEST(ReportTest, LocationsCountFromTheResource) {
  const auto program = MustCompile(R"({"$id": "http://x/s", "$ref": "t", "$defs": {"t": {"$id": "t", "not": {}}}})");
  Document document;
  ASSERT_TRUE(Parse("1", document).ok());
  EXPECT_EQ(Validate(*program, document).at(0).location, "http://x/t#/not");
}

TEST(ReportTest, AlternativesReportThemselves) {
  constexpr std::string_view kSchema =
      R"({"properties": {"a": {"anyOf": [{"$ref": "#/$defs/m"}, {"type": "null"}]}},
      "$defs": {"m": {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}}})";
  EXPECT_EQ(Errors(kSchema, R"({"a": {}})"), (Lines{"/a anyOf"}));
  EXPECT_EQ(Errors(R"({"oneOf": [{"minimum": 1}, {"maximum": 9}]})", "5"), (Lines{" oneOf"}));
  EXPECT_EQ(Errors(R"({"not": {"minimum": 1}})", "5"), (Lines{" not"}));
}

TEST(ReportTest, AlternativesCanBeExplained) {
  constexpr std::string_view kSchema =
      R"({"properties": {"a": {"anyOf": [{"$ref": "#/$defs/m"}, {"type": "null"}]}},
      "$defs": {"m": {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}}})";
  const ReportOptions explain{.explain_alternatives = true};
  EXPECT_EQ(Errors(kSchema, R"({"a": {}})", explain), (Lines{"/a required x"}));
  EXPECT_EQ(Errors(kSchema, R"({"a": 1})", explain), (Lines{"/a type"}));
  EXPECT_EQ(Errors(R"({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "string"}]})", "1", explain),
            (Lines{" minimum"}));
  EXPECT_EQ(Errors(R"({"anyOf": [{"minimum": 3}, {"multipleOf": 2}]})", "1", explain), (Lines{" anyOf"}));
}

TEST(ReportTest, ATagBehindAReferenceTellsToo) {
  const std::string schema = R"({"anyOf": [{"$ref": "#/$defs/a", "required": ["tag"]},
                                           {"$ref": "#/$defs/b", "required": ["tag"]}],
    "$defs": {"a": {"type": "object", "properties": {"tag": {"enum": ["a"]}, "x": {"type": "integer"}}},
              "b": {"type": "object", "properties": {"tag": {"enum": ["b"]}, "y": {"type": "string"}}}}})";
  const ReportOptions explain{.explain_alternatives = true};
  EXPECT_EQ(Errors(schema, R"({"tag": "b", "y": 1})", explain), (Lines{"/y type"}));
}

TEST(ReportTest, ATagTellsWhichAlternativeIsMeant) {
  for (std::string_view keyword : {"anyOf", "oneOf"}) {
    const std::string schema = "{\"" + std::string(keyword) + R"(": [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}],
      "$defs": {"cat": {"type": "object", "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
                        "required": ["kind", "lives"]},
                "dog": {"type": "object", "properties": {"kind": {"enum": ["dog", "hound"]}}, "required": ["name"]}}})";
    const ReportOptions explain{.explain_alternatives = true};
    const std::string own = " " + std::string(keyword);
    EXPECT_EQ(Errors(schema, R"({"kind": "cat", "lives": "9"})", explain), (Lines{"/lives type"}));
    EXPECT_EQ(Errors(schema, R"({"kind": "hound"})", explain), (Lines{" required name"}));
    EXPECT_EQ(Errors(schema, R"({"kind": "cow"})", explain), (Lines{own}));
    EXPECT_EQ(Errors(schema, R"({"name": 1, "kind": "cat"})", explain), (Lines{" required lives"}));
    EXPECT_EQ(Errors(schema, "{}", explain), (Lines{own}));
  }
  EXPECT_EQ(Errors(R"({"oneOf": [{"type": "integer"}, {"type": "number"}]})", "1", {.explain_alternatives = true}),
            (Lines{" oneOf"}));
}

TEST(ReportTest, ListsNoMoreThanAsked) {
  std::string json = "[0";
  for (int i = 0; i < 1000; ++i) json += ",0";
  EXPECT_EQ(Errors(R"({"items": {"type": "null"}})", json + "]").size(), 100u);
  EXPECT_EQ(Errors(R"({"items": {"type": "null"}})", json + "]", {.max_errors = 3}).size(), 3u);
}

}  // namespace
}  // namespace spikard::schema
