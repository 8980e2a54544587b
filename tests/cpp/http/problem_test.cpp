#include "http/problem.hpp"

#include <gmock/gmock.h>

#include <string>

#include "http/status.hpp"

namespace spikard::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Problem, HasTheFormOfRfc9457) {
  Response response;
  RenderProblem(ProblemOf(Fault::kNotFound), "id-1", response);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.fields.Find("content-type"), "application/problem+json");
  EXPECT_EQ(response.Body(),
            R"({"type":"https://spikard.dev/errors/not-found","title":"Resource Not Found","status":404,)"
            R"("detail":"No route matches this path","instance":"id-1"})");
}

TEST(Problem, OfAStatusWithoutPhraseHasATitle) {
  Response response;
  RenderProblem({418, {}, {}, {}}, {}, response);
  EXPECT_EQ(response.Body(),
            R"({"type":"https://spikard.dev/errors/error","title":"Error","status":418,"detail":"Error"})");
}

TEST(Problem, WithoutIdHasNoInstance) {
  Response response;
  RenderProblem(ProblemOf(Fault::kMalformed), {}, response);
  EXPECT_THAT(std::string(response.Body()), Not(HasSubstr("instance")));
}

TEST(Problem, EveryFaultHasAStatus) {
  for (int i = static_cast<int>(Fault::kMalformed); i <= static_cast<int>(Fault::kBadAnswer); ++i) {
    const Problem problem = ProblemOf(static_cast<Fault>(i));
    EXPECT_GE(problem.status, 400) << i;
    EXPECT_FALSE(ReasonPhrase(problem.status).empty()) << i;
  }
  EXPECT_EQ(ProblemOf(Fault::kUriTooLong).status, 414);
  EXPECT_EQ(ProblemOf(Fault::kHeaderTooLarge).status, 431);
  EXPECT_EQ(ProblemOf(Fault::kIncomplete).status, 400);
}

TEST(Problem, ListsAllFindings) {
  Response response;
  RenderInvalid({{"missing", {"query", "q"}, "Field required", "null", {}},
                 {"int_parsing", {"path", "id"}, "not \"an\" int", "\"x\"", R"({"le":3})"}},
                {}, response);
  EXPECT_EQ(response.status, 422);
  const std::string body(response.Body());
  EXPECT_THAT(body, HasSubstr(R"("detail":"2 validation errors in request")"));
  EXPECT_THAT(body, HasSubstr(R"({"type":"missing","loc":["query","q"],"msg":"Field required","input":null})"));
  EXPECT_THAT(body, HasSubstr(R"("msg":"not \"an\" int","input":"x","ctx":{"le":3})"));
}

}  // namespace
}  // namespace spikard::http
