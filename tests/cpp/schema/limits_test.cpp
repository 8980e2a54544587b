#include "support.hpp"

namespace spikard::schema {
namespace {

// Inputs that a validator of quadratic cost would take minutes for; each runs in well under a second.
TEST(LimitsTest, ManyMembersOfOneHash) {
  // Names of three bytes are hashed by their first, middle and last byte, so that longer middles of equal
  // ends collide as an attacker could make them.
  std::string json = "{";
  for (int i = 0; i < 50000; ++i) json += (i ? ",\"" : "\"") + std::string(20, 'a') + std::to_string(i) + "\":1";
  EXPECT_TRUE(Accepts(R"({"additionalProperties": {"type": "integer"}})", json + "}"));
}

TEST(LimitsTest, UnevaluatedOverManyMembers) {
  std::string json = "{\"x\":0";
  for (int i = 0; i < 20000; ++i) json += ",\"a" + std::to_string(i) + "\":1";
  EXPECT_TRUE(Accepts(R"({"anyOf": [{"patternProperties": {"^a": true}}, {"properties": {"x": true}}],
                          "unevaluatedProperties": false})",
                      json + "}"));
}

TEST(LimitsTest, UniqueItemsOverObjects) {
  std::string json = "[{}";
  for (int i = 0; i < 20000; ++i) json += ",{\"id\":" + std::to_string(i) + ",\"b\":[1,2]}";
  EXPECT_TRUE(Accepts(R"({"uniqueItems": true})", json + "]"));
}

TEST(LimitsTest, VeryLongNumbers) {
  const std::string digits(300000, '7');
  EXPECT_TRUE(Accepts(R"({"type": "integer", "minimum": 1, "multipleOf": 7})", digits));
  EXPECT_FALSE(Accepts(R"({"multipleOf": 123456789012345678901234567890})", digits));
  EXPECT_TRUE(Accepts(R"({"exclusiveMaximum": 1})", "0." + digits));
}

TEST(LimitsTest, DeepDocuments) {
  const std::string deep = std::string(128, '[') + std::string(128, ']');
  EXPECT_TRUE(Accepts(R"({"items": {"$ref": "#"}})", deep));
  EXPECT_FALSE(Accepts(R"({"items": {"$ref": "#"}, "minItems": 1})", deep));
  EXPECT_FALSE(Accepts(R"({"$dynamicAnchor": "n", "items": {"$dynamicRef": "#n"}, "minItems": 1})", deep));
}

// Each level may be asked about in two ways, and each way leads to the next level.
TEST(LimitsTest, AlternativesThatRecurse) {
  std::string json = "{\"bad\":1}";
  for (int i = 0; i < 100; ++i) json = "{\"n\":" + json + "}";
  for (std::string_view schema : {
           R"({"properties": {"bad": false}, "anyOf": [{"properties": {"n": {"$ref": "#"}}, "required": ["x"]},
                                                       {"properties": {"n": {"$ref": "#"}}}]})",
           R"({"properties": {"bad": false}, "oneOf": [{"properties": {"n": {"$ref": "#"}}, "required": ["x"]},
                                                       {"properties": {"n": {"$ref": "#"}}}]})",
           R"({"properties": {"bad": false, "n": {"$ref": "#"}}, "patternProperties": {"n": {"$ref": "#"}}})",
           R"({"properties": {"bad": false}, "allOf": [{"properties": {"n": {"$ref": "#"}}},
             {"properties": {"n": {"$ref": "#"}}}]})",
           R"({"$dynamicAnchor": "t", "properties": {"bad": false}, "anyOf": [
               {"properties": {"n": {"$dynamicRef": "#t"}}, "required": ["x"]},
               {"properties": {"n": {"$dynamicRef": "#t"}}}]})",
           R"({"properties": {"bad": false}, "unevaluatedProperties": false, "anyOf": [
               {"properties": {"n": {"$ref": "#"}}, "required": ["x"]},
               {"properties": {"n": {"$ref": "#"}}}]})",
       }) {
    EXPECT_FALSE(Accepts(schema, json)) << schema;
    const std::string good = "{\"n\":" + json.substr(0, json.find("{\"bad")) + "{}" + std::string(101, '}');
    EXPECT_TRUE(Accepts(schema, good)) << schema;
  }
}

TEST(LimitsTest, SchemasNestDeeperThanData) {
  std::string schema = "true";
  for (int i = 0; i < 200; ++i) schema = "{\"not\":" + schema + "}";
  EXPECT_TRUE(Accepts(schema, "1"));
  for (int i = 0; i < 100; ++i) schema = "{\"not\":" + schema + "}";
  EXPECT_EQ(MustRefuse(schema).message, "arrays and objects are nested too deeply at byte 1792");
}

}  // namespace
}  // namespace spikard::schema
