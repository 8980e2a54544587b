#include "schema/coerce.hpp"

#include "support.hpp"

namespace spikard::schema {
namespace {

std::string Value(std::string_view schema, std::vector<std::string_view> texts, char separator = '\0') {
  CompileOptions options;
  options.assert_format = true;
  const auto program = MustCompile(std::string(R"({"properties": {"p": )") + std::string(schema) + "}}", options);
  const ParameterTexts parameter{"p", texts, separator};
  const std::string json = CoerceParameters(*program, {&parameter, 1});
  EXPECT_TRUE(json.starts_with(R"({"p":)")) << json;
  return json.substr(5, json.size() - 6);
}

TEST(CoerceTest, Integers) {
  constexpr std::string_view kSchema = R"({"type": "integer"})";
  EXPECT_EQ(Value(kSchema, {"0123"}), "123");
  EXPECT_EQ(Value(kSchema, {"-007"}), "-7");
  EXPECT_EQ(Value(kSchema, {"+5"}), "5");
  EXPECT_EQ(Value(kSchema, {"-0"}), "0");
  EXPECT_EQ(Value(kSchema, {"123456789012345678901234567890"}), "123456789012345678901234567890");
  for (std::string_view text : {"42.5", "abc", "", " 1", "1_000", "0x1", "--1"}) {
    std::string json;
    EXPECT_EQ(Value(kSchema, {text}), '"' + std::string(text) + '"');
  }
}

TEST(CoerceTest, Numbers) {
  constexpr std::string_view kSchema = R"({"type": "number"})";
  EXPECT_EQ(Value(kSchema, {"1.50"}), "1.50");
  EXPECT_EQ(Value(kSchema, {"00.5"}), "0.5");
  EXPECT_EQ(Value(kSchema, {".5"}), "0.5");
  EXPECT_EQ(Value(kSchema, {"5."}), "5");
  EXPECT_EQ(Value(kSchema, {"-1E+05"}), "-1e5");
  EXPECT_EQ(Value(kSchema, {"7"}), "7");
  for (std::string_view text : {"nan", "inf", "Infinity", "1e", ".", "1.2.3", "e5", "1e9999999999999999999"}) {
    EXPECT_EQ(Value(kSchema, {text}), '"' + std::string(text) + '"');
  }
}

TEST(CoerceTest, Booleans) {
  constexpr std::string_view kSchema = R"({"type": "boolean"})";
  for (std::string_view text : {"true", "True", "1", "on", "YES"}) EXPECT_EQ(Value(kSchema, {text}), "true") << text;
  for (std::string_view text : {"false", "FALSE", "0", "off", "no", ""})
    EXPECT_EQ(Value(kSchema, {text}), "false") << text;
  EXPECT_EQ(Value(kSchema, {"2"}), R"("2")");
  EXPECT_EQ(Value(kSchema, {"null"}), R"("null")");
}

TEST(CoerceTest, EmptyOptionalsThatAreNoMereText) {
  for (const std::string type : {R"({"type": "string", "format": "date"})", R"({"enum": ["a", "b"]})",
                                 R"({"anyOf": [{"type": "number"}, {"type": "string", "format": "uuid"}]})",
                                 R"({"$ref": "#/properties/p/$defs/d"})"}) {
    const std::string schema =
        R"({"anyOf": [)" + type + R"(, {"type": "null"}], "$defs": {"d": {"type": "string", "format": "date"}}})";
    EXPECT_EQ(Value(schema, {""}), "null") << schema;
    EXPECT_EQ(Value(schema, {"x"}), R"("x")") << schema;
  }
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]})", {""}), R"("")");
  EXPECT_EQ(Value(R"({"anyOf": [{"enum": ["", "a"]}, {"type": "null"}]})", {""}), R"("")");
  EXPECT_EQ(Value(R"({"type": "string", "format": "date"})", {""}), R"("")");
}

TEST(CoerceTest, EmptyOptionals) {
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "integer"}, {"type": "null"}]})", {""}), "null");
  EXPECT_EQ(Value(R"({"type": ["boolean", "null"]})", {""}), "null");
  EXPECT_EQ(Value(R"({"type": ["string", "null"]})", {""}), R"("")");
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "integer"}, {"type": "null"}]})", {"null"}), R"("null")");
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]})", {""}), "null");
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]})", {"1"}), "[1]");
}

TEST(CoerceTest, SeveralTexts) {
  EXPECT_EQ(Value(R"({"type": "integer"})", {"1", "2"}), "2");
  EXPECT_EQ(Value(R"({"type": "array", "items": {"type": "integer"}})", {"1", "02", "x"}), R"([1,2,"x"])");
  EXPECT_EQ(Value(R"({"type": "array", "items": {"type": "integer"}})", {"1,2"}), R"(["1,2"])");
  EXPECT_EQ(Value(R"({"type": "array", "items": {"type": "integer"}})", {"1, 2,", "3"}, ','), "[1,2,3]");
  EXPECT_EQ(Value(R"({"type": "array", "items": {"type": "integer"}})", {""}, ','), "[]");
  EXPECT_EQ(Value(R"({"type": "integer"})", {"1,2"}, ','), R"("1,2")");
  EXPECT_EQ(Value(R"({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]})", {"1", "2"}),
            R"([1,"2"])");
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]})", {"1", "2"}),
            "[1,2]");
  EXPECT_EQ(Value(R"({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]})", {"1"}), "1");
}

TEST(CoerceTest, ATextIsNoNestedArray) {
  EXPECT_EQ(Value(R"({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}})", {"1"}), R"(["1"])");
  const auto program = MustCompile(R"({"type": "array", "items": {"$ref": "#"}})");
  Document document;
  ASSERT_TRUE(Parse(R"(["1", ["2"]])", document).ok());
  EXPECT_EQ(CoerceTree(*program, document), R"([["1"],["2"]])");
}

TEST(CoerceTest, TheSchemaDecidesAmongTypes) {
  EXPECT_EQ(Value(R"({"type": ["integer", "string"]})", {"5"}), R"("5")");
  EXPECT_EQ(Value(R"({"enum": [1, 2, "a"]})", {"2"}), "2");
  EXPECT_EQ(Value(R"({"enum": [1, 2, "a"]})", {"a"}), R"("a")");
  EXPECT_EQ(Value(R"({"enum": [1, 2]})", {"x"}), R"("x")");
  EXPECT_EQ(Value(R"({"const": true})", {"yes"}), "true");
  EXPECT_EQ(Value(R"({"$ref": "#/$defs/n"}}, "$defs": {"n": {"allOf": [{"type": "integer"}]})", {"1"}).substr(0, 1),
            "1");
  EXPECT_EQ(Value(R"({"type": ["integer", "boolean"]})", {"on"}), "true");
  EXPECT_EQ(Value("{}", {"5"}), R"("5")");
}

TEST(CoerceTest, UnknownParametersStayText) {
  const auto program = MustCompile(R"({"properties": {"a": {"type": "integer"}}})");
  const std::string_view one[] = {"1"};
  const std::string_view quoted[] = {"x\"\n"};
  const ParameterTexts parameters[] = {{"a", one}, {"b", one}, {"q\"", quoted}};
  EXPECT_EQ(CoerceParameters(*program, parameters), R"({"a":1,"b":"1","q\"":"x\"\u000a"})");
  EXPECT_EQ(CoerceParameters(*program, {}), "{}");
}

TEST(CoerceTest, Trees) {
  const auto program = MustCompile(R"({"properties": {
      "user": {"$ref": "#/$defs/user"}, "ids": {"items": {"type": "integer"}, "type": "array"},
      "rows": {"type": "array", "items": {"$ref": "#/$defs/user"}}, "last": {"type": "integer"}},
      "$defs": {"user": {"type": "object", "properties": {"age": {"type": "integer"}},
      "additionalProperties": {"type": "boolean"}}}})");
  Document document;
  ASSERT_TRUE(Parse(R"({"user": {"age": "07", "admin": "on"}, "ids": ["1", "2"], "rows": [{"age": "3"}],
                        "last": ["1", "2"], "other": {"x": ["1"]}})",
                    document)
                  .ok());
  EXPECT_EQ(CoerceTree(*program, document),
            R"({"user":{"age":7,"admin":true},"ids":[1,2],"rows":[{"age":3}],"last":2,"other":{"x":["1"]}})");
}

TEST(CoerceTest, FailuresBecomeErrorsOfTheSchema) {
  const auto program = MustCompile(R"({"properties": {"n": {"type": "integer"}}, "required": ["n", "m"]})");
  const std::string_view texts[] = {"abc"};
  const ParameterTexts parameter{"n", texts};
  const std::string json = CoerceParameters(*program, {&parameter, 1});
  Document document;
  ASSERT_TRUE(Parse(json, document).ok());
  const std::vector<Error> errors = Validate(*program, document);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].property, "m");
  EXPECT_EQ(errors[1].pointer(), "/n");
  EXPECT_EQ(errors[1].instance, R"("abc")");
}

}  // namespace
}  // namespace spikard::schema
