#include "stage/multipart.hpp"

#include <gtest/gtest.h>

#include "stage/form.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

const std::string kPart = "--b\r\ncontent-disposition: form-data; name=n\r\n\r\n";

std::string Texts(const std::string& body) {
  Form form;
  if (ReadMultipart(body, "b", form) != Fault::kNone) return "fault";
  std::string texts;
  for (const FormField& field : form.fields) texts += field.name + "=" + (field.file ? "file" : field.text) + ";";
  return texts;
}

TEST(Multipart, BytesAreExact) {
  EXPECT_EQ(Texts(kPart + "a\r\n--b--"), "n=a;");
  EXPECT_EQ(Texts(kPart + "\r\n--b--"), "n=;");
  EXPECT_EQ(Texts(kPart + "--b--"), "n=;") << "the blank line may be the delimiter's";
  EXPECT_EQ(Texts(kPart + "\r\n\r\n\r\n--b--"), "n=\r\n\r\n;");
  EXPECT_EQ(Texts(kPart + "--b\r\n--bc\r\n --b--\r\n--b--"), "fault")
      << "a delimiter at once, then a line that is none";
  EXPECT_EQ(Texts(kPart + "x\r\n--bc\r\n--b--"), "n=x\r\n--bc;");
  EXPECT_EQ(Texts("preamble\r\n" + kPart + "a\r\n--b \t\r\n" + kPart.substr(5) + "c\r\n--b--epilogue"), "n=a;n=c;");
}

TEST(Multipart, WhatIsNoneIsRefused) {
  for (const std::string& bad : {std::string("x"), std::string("--b"), kPart, kPart + "a", kPart + "a\r\n--b",
                                 kPart + "a\r\n--b\r\n", std::string("--b\r\n\r\nx\r\n--b--"),
                                 std::string("--b\r\ncontent-disposition: attachment; name=n\r\n\r\nx\r\n--b--"),
                                 std::string("--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--"),
                                 std::string("--b\r\ncontent-disposition: form-data; name=\"n\r\n\r\nx\r\n--b--"),
                                 std::string("--b\ncontent-disposition: form-data; name=n\n\nx\n--b--")}) {
    EXPECT_EQ(Texts(bad), "fault") << bad;
  }
  EXPECT_EQ(Texts("--b--"), "") << "no part is none";
}

TEST(Multipart, NamesAreReadAsBrowsersWriteThem) {
  const auto file = [](const std::string& disposition) {
    Form form;
    const std::string body = "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\nx\r\n--b--";
    EXPECT_EQ(ReadMultipart(body, "b", form), Fault::kNone) << disposition;
    return form.files.empty() ? "" : form.files[0].filename;
  };
  EXPECT_EQ(file("name=\"n\"; filename=\"a%22b.txt\""), "a\"b.txt");
  EXPECT_EQ(file("name=\"n\"; filename=\"a\\\"b.txt\""), "a\"b.txt");
  EXPECT_EQ(file("name=\"n\"; filename=\"C:\\dir\\f;g.txt\""), "C:\\dir\\f;g.txt");
  EXPECT_EQ(file("name=n;filename=plain"), "plain");
  EXPECT_EQ(file("name=n; filename=x; filename*=UTF-8''caf%C3%A9"), "caf\xC3\xA9");
  EXPECT_EQ(file("name=n; filename=\"caf\xC3\xA9\""), "caf\xC3\xA9");
}

TEST(Multipart, AFieldWithoutAFileIsNone) {
  const std::string head = "--b\r\ncontent-disposition: form-data; name=n; filename=\"\"\r\n\r\n";
  EXPECT_EQ(Texts(head + "\r\n--b--"), "");
  EXPECT_EQ(Texts(head + "x\r\n--b--"), "n=file;");
}

TEST(Multipart, TheSameHoweverItArrives) {
  const std::string body = "pre\r\n" + kPart + "x\r\n--bc\r\n\r\n" + kPart + "\r\n" + kPart + "--b--end";
  MultipartParser whole("b");
  ASSERT_EQ(whole.Advance(body, true), Fault::kNone);
  ASSERT_EQ(whole.parts().size(), 3);
  for (size_t step = 1; step < 7; ++step) {
    MultipartParser parser("b");
    for (size_t end = 0; end < body.size(); end += step) {
      ASSERT_EQ(parser.Advance(std::string_view(body).substr(0, end), false), Fault::kNone);
    }
    ASSERT_EQ(parser.Advance(body, true), Fault::kNone);
    ASSERT_EQ(parser.parts().size(), 3);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(parser.parts()[i].offset, whole.parts()[i].offset);
      EXPECT_EQ(parser.parts()[i].size, whole.parts()[i].size);
    }
  }
}

TEST(Multipart, HasLimits) {
  const auto fault = [](const std::string& body, PartLimits limits) {
    return MultipartParser("b", limits).Advance(body, false);
  };
  EXPECT_EQ(fault(kPart + "x\r\n" + kPart, {.max_parts = 1}), Fault::kBodyTooLarge);
  EXPECT_EQ(fault("--b\r\nx: " + std::string(200, 'a'), {.max_header_size = 100}), Fault::kBodyTooLarge);
  EXPECT_EQ(fault(kPart + std::string(200, 'a'), {.max_text_size = 100}), Fault::kBodyTooLarge)
      << "before it has ended";
  EXPECT_EQ(fault(kPart + std::string(101, 'a') + "\r\n--b--", {.max_text_size = 100}), Fault::kBodyTooLarge);
}

}  // namespace
}  // namespace spikard::stage
