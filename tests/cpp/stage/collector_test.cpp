// Bodies that come piece by piece.
#include "stage/collector.hpp"

#include <gtest/gtest.h>

#include "stage/body.hpp"
#include "stage/content.hpp"
#include "stage/fake_call.hpp"

namespace spikard::stage {
namespace {

using fake::Call;

const std::string kText = "--b\r\ncontent-disposition: form-data; name=title\r\n\r\nHi";
const std::string kFile = "\r\n--b\r\ncontent-disposition: form-data; name=file; filename=f\r\n\r\n";

struct CollectorTest : testing::Test {
  CollectorTest() { manifest.routes = {fake::RouteOf("POST", "/")}; }

  // Reads and checks a body that comes in pieces of this size: 0, or the status of the answer.
  int Send(const std::string& body, size_t piece, const std::string& type = "multipart/form-data; boundary=b") {
    call.emplace("POST", "/");
    call->x.table = fake::TableOf(manifest);
    call->x.request.fields.Add("content-type", type);
    call->source.bytes = body;
    call->source.piece = piece;
    base::Spawn([this]() -> base::Task<void> {
      Media media;
      if (CheckMedia(call->x, media) == Verdict::kAnswered) co_return;
      Collector collector(*spools);
      Verdict verdict = co_await ReadBody(call->x, media, collector);
      if (verdict == Verdict::kAnswered) co_return;
      if (media.kind != 0) verdict = co_await CheckBody(call->x, media, collector, pool);
      call->done = verdict == Verdict::kGoOn && SettleFindings(call->x) == Verdict::kGoOn;
    });
    loop.restart();
    loop.run();
    return call->done ? 0 : call->x.response.status;
  }
  std::string Spooled() const {
    std::string text(call->x.spooled ? call->x.spooled->Size() : 0, '\0');
    const bool failed = call->x.spooled && call->x.spooled->Bytes().Read(0, text.data(), text.size());
    EXPECT_FALSE(failed);
    return text;
  }

  protocol::Manifest manifest;
  base::Loop loop{1};
  base::Pool pool{loop, 1};
  std::shared_ptr<base::Spools> spools =
      std::make_shared<base::Spools>(loop, base::Spools::Limits{.one = 1'000'000, .all = 1'500'000});
  std::optional<Call> call;
};

TEST_F(CollectorTest, WhatIsLittleStaysInMemory) {
  const std::string body(1'000'000, 'x');
  EXPECT_EQ(Send(body, 70'000), 0);
  EXPECT_TRUE(*call->x.body == body);
  EXPECT_EQ(call->x.spooled, nullptr);
}

TEST_F(CollectorTest, WhatIsMoreLiesInAFile) {
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i) + ",";
  EXPECT_EQ(Send(body, 70'000), 0);
  EXPECT_EQ(*call->x.body, "");
  EXPECT_TRUE(Spooled() == body);
  EXPECT_LE(call->source.most_kept, 1'000'000u);
}

TEST_F(CollectorTest, MemoryOfAllIsBounded) {
  base::Share others(*spools);
  ASSERT_TRUE(others.Grow(1'000'000));
  base::Share more(*spools);
  ASSERT_TRUE(more.Grow(450'000));
  EXPECT_EQ(Send(std::string(200'000, 'x'), 70'000), 0);
  EXPECT_TRUE(Spooled() == std::string(200'000, 'x'));
  EXPECT_LE(call->source.most_kept, 70'000u);
}

TEST_F(CollectorTest, WithoutRoomItIs503) {
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  EXPECT_EQ(Send(std::string(2'000'000, 'x'), 70'000), 503);
  ::unsetenv("TMPDIR");
  EXPECT_EQ(call->Field("retry-after"), "1");
  EXPECT_TRUE(call->x.response.close);
  EXPECT_LE(call->source.taken, 1'100'000u);
  EXPECT_EQ(spools->Count(), 0u);
}

TEST_F(CollectorTest, AFormInAFileIsJudgedLikeAnyOther) {
  manifest.routes[0].body_media = protocol::kMultipartMedia;
  manifest.routes[0].body_schema = R"({"type":"object","properties":{"file":{"type":"string","format":"binary"}}})";
  const std::string body = kText + kFile + std::string(2'000'000, 'x') + "\r\n--b--";
  const std::string place = "\"offset\":" + std::to_string(kText.size() + kFile.size()) + ",\"size\":2000000";
  for (const size_t piece : {size_t{0}, size_t{70'000}, size_t{100}}) {
    EXPECT_EQ(Send(body, piece), 0) << piece;
    EXPECT_TRUE(call->x.form.starts_with(R"({"fields":{"title":"Hi","file":0},)")) << call->x.form;
    EXPECT_NE(call->x.form.find(place), std::string::npos) << call->x.form;
    EXPECT_TRUE((piece > 0 ? Spooled() : *call->x.body) == body);
  }
  manifest.routes[0].body_schema = R"({"required":["other"]})";
  EXPECT_EQ(Send(body, 70'000), 422);
}

TEST_F(CollectorTest, JsonInAFileIsJudgedLikeAnyOther) {
  manifest.routes[0].body_media = protocol::kJsonMedia;
  manifest.routes[0].body_schema = R"({"maxItems":1})";
  const std::string text = "\"" + std::string(2'000'000, 'x') + "\"";
  EXPECT_EQ(Send("[" + text + "]", 70'000, "application/json"), 0);
  EXPECT_TRUE(Spooled() == "[" + text + "]");
  EXPECT_EQ(Send("[" + text + ",1]", 70'000, "application/json"), 422);
  EXPECT_EQ(Send("[" + text, 70'000, "application/json"), 400);
}

TEST_F(CollectorTest, WhatCanBeToldIsToldAtOnce) {
  manifest.routes[0].body_media = protocol::kMultipartMedia;
  manifest.routes[0].file_parts = {{"file", {}, 100'000, false}};
  const std::string large = kText + kFile + std::string(5'000'000, 'x') + "\r\n--b--";
  EXPECT_EQ(Send(large, 10'000), 413);
  EXPECT_NE(call->Text().find("File too large. Maximum size is 100000 bytes"), std::string::npos) << call->Text();
  EXPECT_LE(call->source.taken, 120'000u);
  EXPECT_TRUE(call->x.response.close);
  const std::string broken = "--b\r\nno head\r\n\r\n" + std::string(5'000'000, 'x');
  EXPECT_EQ(Send(broken, 10'000), 400);
  EXPECT_LE(call->source.taken, 10'000u);
  // So is a text that is no file.
  EXPECT_EQ(Send(kText + std::string(5'000'000, 'x') + "\r\n--b--", 10'000), 413);
  EXPECT_LE(call->source.taken, 1'100'000u);
}

TEST_F(CollectorTest, AVerdictThatIsWantedComesWithTheBody) {
  manifest.routes[0].body_media = protocol::kMultipartMedia;
  manifest.routes[0].wants_verdict = true;
  const std::string broken = "--b\r\nno head\r\n\r\n" + std::string(2'000'000, 'x');
  EXPECT_EQ(Send(broken, 10'000), 0);
  EXPECT_EQ(call->x.verdict, R"({"status":400,"detail":"Invalid request format"})");
  EXPECT_TRUE(Spooled() == broken);
}

}  // namespace
}  // namespace spikard::stage
