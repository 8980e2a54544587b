#include "stage/arguments.hpp"

#include <gtest/gtest.h>

#include "stage/content.hpp"
#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using protocol::Parameter;
using protocol::ParameterSource;
using protocol::ValueType;

Parameter Of(ParameterSource source, std::string name, ValueType type, bool required = false, bool list = false) {
  return {name, name, source, type, list, required, {}};
}

struct ArgumentsTest : testing::Test {
  void Declare(std::vector<Parameter> parameters, std::string path = "/") {
    protocol::Manifest manifest;
    manifest.routes = {fake::RouteOf("GET", std::move(path))};
    manifest.routes[0].parameters = std::move(parameters);
    call.x.table = fake::TableOf(manifest);
  }
  // The arguments, or the problem's text.
  std::string Convert(const std::string& target = "/") {
    call.x.request.target = target;
    call.x.response.Clear();
    call.x.findings.clear();
    const bool answered =
        ConvertArguments(call.x) == Verdict::kAnswered || SettleFindings(call.x) == Verdict::kAnswered;
    return answered ? call.Text() : call.x.arguments;
  }
  void ExpectFinding(const std::string& text, const std::string& finding) {
    EXPECT_NE(text.find(finding), std::string::npos) << text;
  }

  fake::Call call;
};

TEST_F(ArgumentsTest, NothingDeclaredIsNothingRead) {
  Declare({});
  EXPECT_EQ(Convert("/?%ff"), "");
}

TEST_F(ArgumentsTest, AreReadFromWhereTheyStand) {
  Declare(
      {Of(ParameterSource::kPath, "id", ValueType::kInteger), Of(ParameterSource::kQuery, "q", ValueType::kText),
       Of(ParameterSource::kHeader, "x-n", ValueType::kNumber), Of(ParameterSource::kCookie, "c", ValueType::kBoolean)},
      "/{id:int}/{other}");
  call.x.path_parameters = {"007", "o"};
  call.x.request.fields.Add("X-N", "1.50");
  call.x.request.fields.Add("Cookie", "a=b; c=YES");
  EXPECT_EQ(Convert("/007/o?q=a+%22b%22&unknown=1"), R"({"id":7,"q":"a \"b\"","x-n":1.5,"c":true})");
}

TEST_F(ArgumentsTest, HaveTheirNameAndTheirNameOnTheWire) {
  Parameter parameter = Of(ParameterSource::kHeader, "token", ValueType::kText);
  parameter.wire_name = "X-Token";
  Declare({parameter});
  call.x.request.fields.Add("x-token", "abc");
  EXPECT_EQ(Convert(), R"({"token":"abc"})");
}

TEST_F(ArgumentsTest, TheLastOfAScalarCounts) {
  Declare({Of(ParameterSource::kQuery, "n", ValueType::kInteger)});
  EXPECT_EQ(Convert("/?n=x&n=1&n=2"), R"({"n":2})");
}

TEST_F(ArgumentsTest, EveryOneOfAListCounts) {
  Declare({Of(ParameterSource::kQuery, "n", ValueType::kInteger, false, true),
           Of(ParameterSource::kHeader, "x-l", ValueType::kText, false, true)});
  call.x.request.fields.Add("x-l", "a, b,,c");
  call.x.request.fields.Add("x-l", "d");
  EXPECT_EQ(Convert("/?n=1&n=02&n=3"), R"({"n":[1,2,3],"x-l":["a","b","c","d"]})");
  EXPECT_EQ(Convert("/?n=1"), R"({"n":[1],"x-l":["a","b","c","d"]})");
}

TEST_F(ArgumentsTest, AnAbsentOneIsLeftOutOrMissing) {
  Declare({Of(ParameterSource::kQuery, "a", ValueType::kText), Of(ParameterSource::kQuery, "b", ValueType::kText)});
  EXPECT_EQ(Convert("/?b="), R"({"b":""})");
  EXPECT_EQ(Convert("/"), "{}");
  Declare({Of(ParameterSource::kQuery, "a", ValueType::kText, true)});
  const std::string text = Convert("/?A=1");
  EXPECT_EQ(call.x.response.status, 422);
  ExpectFinding(text, R"({"type":"missing","loc":["query","a"],"msg":"Field required","input":null})");
}

TEST_F(ArgumentsTest, AllThatIsWrongIsToldAtOnce) {
  Declare({Of(ParameterSource::kQuery, "n", ValueType::kInteger), Of(ParameterSource::kQuery, "fine", ValueType::kText),
           Of(ParameterSource::kQuery, "l", ValueType::kUuid, false, true),
           Of(ParameterSource::kHeader, "x-d", ValueType::kDate),
           Of(ParameterSource::kCookie, "c", ValueType::kText, true)});
  call.x.request.fields.Add("x-d", "today");
  const std::string text = Convert("/?n=5.0&l=a&l=b&fine=x");
  EXPECT_EQ(call.x.response.status, 422);
  ExpectFinding(text, "\"5 validation errors in request\"");
  ExpectFinding(text, R"({"type":"int_parsing","loc":["query","n"])");
  ExpectFinding(text, R"("input":"5.0"})");
  ExpectFinding(text,
                R"({"type":"uuid_parsing","loc":["query","l","0"],"msg":"Input should be a valid UUID","input":"a"})");
  ExpectFinding(text, R"("loc":["query","l","1"],"msg":"Input should be a valid UUID","input":"b"})");
  ExpectFinding(text, R"({"type":"date_parsing","loc":["headers","x-d"])");
  ExpectFinding(text, R"({"type":"missing","loc":["cookie","c"])");
}

TEST_F(ArgumentsTest, OctetsThatAreNoTextAreRefused) {
  Declare({Of(ParameterSource::kHeader, "x", ValueType::kText)});
  call.x.request.fields.Add("x", "a\xff");
  const std::string text = Convert();
  EXPECT_EQ(call.x.response.status, 422);
  ExpectFinding(text, R"({"type":"string_unicode","loc":["headers","x"])");
  ExpectFinding(text, R"("input":null})");
}

TEST_F(ArgumentsTest, AQueryThatMeansNothingIsRefused) {
  Declare({Of(ParameterSource::kQuery, "a", ValueType::kText)});
  Convert("/?b=%ff");
  EXPECT_EQ(call.x.response.status, 400);
}

struct SchemaArgumentsTest : ArgumentsTest {
  static Parameter By(std::string schema, std::string name = "p", ParameterSource source = ParameterSource::kQuery) {
    Parameter parameter = Of(source, name, ValueType::kText);
    parameter.schema = std::move(schema);
    return parameter;
  }
  std::string Read(std::string schema, const std::string& query) {
    Declare({By(std::move(schema))});
    return Convert("/?" + query);
  }
};

TEST_F(SchemaArgumentsTest, TheSchemaSaysHowATextIsRead) {
  EXPECT_EQ(Read(R"({"type":"integer"})", "p=0123"), R"({"p":123})");
  EXPECT_EQ(Read(R"({"type":"integer"})", "p=123456789012345678901234567890"),
            R"({"p":123456789012345678901234567890})");
  EXPECT_EQ(Read(R"({"type":"number"})", "p=1e3"), R"({"p":1e3})");
  EXPECT_EQ(Read(R"({"type":"boolean"})", "p="), R"({"p":false})");
  EXPECT_EQ(Read(R"({"type":"boolean"})", "p=ON"), R"({"p":true})");
  EXPECT_EQ(Read(R"({"type":["integer","null"]})", "p="), R"({"p":null})");
  EXPECT_EQ(Read(R"({"type":["string","null"]})", "p=null"), R"({"p":"null"})");
  EXPECT_EQ(Read(R"({"enum":["1",1]})", "p=1"), R"({"p":"1"})");
  EXPECT_EQ(Read(R"({"type":"array","items":{"type":"integer"}})", "p=1&p=02"), R"({"p":[1,2]})");
  EXPECT_EQ(Read(R"({"type":"integer"})", "p=x&p=2"), R"({"p":2})") << "the last of a scalar counts";
  EXPECT_EQ(Read(R"({"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}})", "p=7"), R"({"p":7})");
}

TEST_F(SchemaArgumentsTest, AndWhatIsWrongWithIt) {
  ExpectFinding(Read(R"({"type":"integer"})", "p=5.0"),
                R"([{"type":"int_parsing","loc":["query","p"],"msg":"Input should be a valid integer, unable to parse )"
                R"(string as an integer","input":"5.0"}])");
  ExpectFinding(Read(R"({"type":"number"})", "p=nan"), R"("type":"float_parsing")");
  ExpectFinding(Read(R"({"anyOf":[{"type":"boolean"},{"type":"null"}]})", "p=maybe"),
                R"("msg":"Input should be a valid boolean, unable to interpret input","input":"maybe")");
  ExpectFinding(Read(R"({"type":"integer","minimum":3})", "p=02"),
                R"("type":"greater_than_equal","loc":["query","p"],"msg":"Input should be greater than or equal to 3",)"
                R"("input":"02","ctx":{"ge":3})");
  ExpectFinding(Read(R"({"type":"array","items":{"type":"integer"},"minItems":3})", "p=1&p=x"),
                R"({"type":"int_parsing","loc":["query","p","1"])");
  ExpectFinding(
      Read(R"({"type":"array","maxItems":1})", "p=a&p=b"),
      R"("msg":"List should have at most 1 items after validation","input":["a","b"],"ctx":{"max_length":1})");
  ExpectFinding(Read(R"({"type":"string","format":"spikard-date-time"})", "p=today"), R"("type":"datetime_parsing")");
  EXPECT_EQ(Read(R"({"type":"string","format":"spikard-date-time"})", "p=2025-01-02T03:04:05"),
            R"({"p":"2025-01-02T03:04:05"})");
}

TEST_F(SchemaArgumentsTest, DurationsAreWhatPythonCanReadAsOne) {
  const std::string schema = R"({"type":"string","format":"spikard-duration"})";
  for (const std::string text : {"P1D", "PT1H1M1S", "P1DT2H", "%2BP1D", "-PT1.5S", "p1dt5m", "P0.5D", "PT1M1.25S"}) {
    EXPECT_EQ(Read(schema, "p=" + text).substr(0, 5), R"({"p":)") << text;
  }
  for (const std::string text :
       {"",      "P",    "PT",     "P1DT",   "P1",        "PT5",      "P1Y",   "P1W",   "P1M",
        "P1H",   "PT1D", "PT1S1H", "PT1S1S", "PT1.5H30M", "P1.5DT1H", "PT1.S", "PT.5S", "PT1,5S",
        "--P1D", "P-1D", "1D",     "90",     "P1D ",      "P 1D",     "PT1H-"}) {
    ExpectFinding(Read(schema, "p=" + text),
                  R"("type":"duration_parsing","loc":["query","p"],"msg":"Input should be a valid duration")");
  }
}

TEST_F(SchemaArgumentsTest, ListsSplitAtSeparatorsAndInFieldsAtCommas) {
  Parameter piped = By(R"({"type":"array"})");
  piped.separator = '|';
  Declare({piped, By(R"({"type":"array"})", "X-L", ParameterSource::kHeader),
           By(R"({"type":"string"})", "X-S", ParameterSource::kHeader)});
  call.x.request.fields.Add("x-l", "a, b");
  call.x.request.fields.Add("x-l", "c");
  call.x.request.fields.Add("x-s", "a, b");
  EXPECT_EQ(Convert("/?p=1|2&p=3"), R"({"p":["1","2","3"],"X-L":["a","b","c"],"X-S":"a, b"})");
}

TEST_F(SchemaArgumentsTest, ObjectsAreSpread) {
  Parameter first = By(R"({"type":"integer"})", "limit");
  first.object = "page";
  Parameter second = By(R"({"type":"integer"})", "offset");
  second.object = "page";
  Declare({first, By(R"({"type":"string"})", "q"), second});
  EXPECT_EQ(Convert("/?q=x&offset=2&limit=1"), R"({"q":"x","page":{"limit":1,"offset":2}})");
  EXPECT_EQ(Convert("/?q=x"), R"({"q":"x"})");
}

TEST_F(SchemaArgumentsTest, WhatNobodyDeclaredMayBeRefused) {
  protocol::Manifest manifest;
  manifest.routes = {fake::RouteOf("GET", "/")};
  manifest.routes[0].parameters = {By(R"({"type":"string"})", "q")};
  manifest.routes[0].query_closed = true;
  call.x.table = fake::TableOf(manifest);
  EXPECT_EQ(Convert("/?q=1"), R"({"q":"1"})");
  ExpectFinding(Convert("/?q=1&r=2"), R"({"type":"validation_error","loc":["query","r"])");
}

TEST_F(SchemaArgumentsTest, AFaultyAndTypedSegmentIsToldOnce) {
  Declare({By(R"({"type":"integer","minimum":3})", "id", ParameterSource::kPath)}, "/{id:int}");
  call.x.path_parameters = {"x"};
  call.x.findings = {{"int_parsing", {"path", "id"}, "", "\"x\"", {}}};
  EXPECT_EQ(ConvertArguments(call.x), Verdict::kGoOn);
  EXPECT_EQ(call.x.findings.size(), 1);
}

}  // namespace
}  // namespace spikard::stage
