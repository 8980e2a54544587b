#include "http/response.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "http/status.hpp"

namespace spikard::http {
namespace {

TEST(Response, CopiesABody) {
  Response response;
  std::string text = "hello";
  response.SetBody(text);
  text = "other";
  EXPECT_EQ(response.Body(), "hello");
}

TEST(Response, SharesABodyAsLongAsItIsThere) {
  Response response;
  auto owner = std::make_shared<std::string>("shared");
  response.SetBody(*owner, owner);
  const std::weak_ptr<std::string> watched = owner;
  owner.reset();
  EXPECT_EQ(response.Body(), "shared");
  response.SetBody("own");
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(response.Body(), "own");
}

TEST(Response, ClearForgetsAll) {
  Response response;
  response.status = 404;
  response.close = true;
  response.fields.Add("a", "b");
  response.SetBody(std::string(100'000, 'x'));
  response.Clear();
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.close);
  EXPECT_EQ(response.fields.size(), 0U);
  EXPECT_TRUE(response.Body().empty());
}

TEST(Response, AsksToCloseByItsFields) {
  for (const auto& [name, value, asks] :
       {std::tuple{"connection", "close", true}, std::tuple{"Connection", "x, CLOSE", true},
        std::tuple{"connection", "closed", false}, std::tuple{"x", "close", false}}) {
    Response response;
    response.fields.Add("a", "b");
    response.fields.Add(name, value);
    EXPECT_EQ(response.AsksToClose(), asks) << name << ": " << value;
  }
}

TEST(Response, SaysItsLengthIfThatMakesSense) {
  for (const auto& [text, length] :
       {std::pair{"0", std::optional<uint64_t>(0)}, std::pair{"12", std::optional<uint64_t>(12)},
        std::pair{"", std::optional<uint64_t>()}, std::pair{"1x", std::optional<uint64_t>()},
        std::pair{"18446744073709551616", std::optional<uint64_t>()}}) {
    Response response;
    EXPECT_EQ(response.SaidLength(), std::nullopt);
    response.fields.Add("content-length", text);
    EXPECT_EQ(response.SaidLength(), length) << text;
    response.fields.Add("content-length", text);
    EXPECT_EQ(response.SaidLength(), std::nullopt) << text;
  }
}

TEST(Status, PhrasesAreThoseOfRfc9110) {
  EXPECT_EQ(ReasonPhrase(404), "Not Found");
  EXPECT_EQ(ReasonPhrase(413), "Content Too Large");
  EXPECT_EQ(ReasonPhrase(422), "Unprocessable Content");
  EXPECT_EQ(ReasonPhrase(299), "");
}

TEST(Status, SomeHaveNoBody) {
  for (const int status : {100, 204, 304}) EXPECT_TRUE(IsBodiless(static_cast<uint16_t>(status)));
  for (const int status : {200, 205, 404}) EXPECT_FALSE(IsBodiless(static_cast<uint16_t>(status)));
  EXPECT_TRUE(IsEmpty(205));
  EXPECT_FALSE(IsEmpty(200));
}

}  // namespace
}  // namespace spikard::http
