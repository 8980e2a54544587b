#include "http/response.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

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

TEST(Status, PhrasesAreThoseOfRfc9110) {
  EXPECT_EQ(ReasonPhrase(404), "Not Found");
  EXPECT_EQ(ReasonPhrase(413), "Content Too Large");
  EXPECT_EQ(ReasonPhrase(422), "Unprocessable Content");
  EXPECT_EQ(ReasonPhrase(299), "");
}

TEST(Status, SomeHaveNoBody) {
  for (const int status : {100, 204, 304}) EXPECT_TRUE(IsBodiless(static_cast<uint16_t>(status)));
  for (const int status : {200, 205, 404}) EXPECT_FALSE(IsBodiless(static_cast<uint16_t>(status)));
}

}  // namespace
}  // namespace spikard::http
