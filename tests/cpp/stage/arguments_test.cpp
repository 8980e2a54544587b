#include "stage/arguments.hpp"

#include <gtest/gtest.h>

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
    const Verdict verdict = ConvertArguments(call.x);
    return verdict == Verdict::kGoOn ? call.x.arguments : call.Text();
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
                R"({"type":"uuid_parsing","loc":["query","l"],"msg":"Input should be a valid UUID","input":"a"})");
  ExpectFinding(text, R"("input":"b"})");
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

}  // namespace
}  // namespace spikard::stage
