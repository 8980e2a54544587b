#include "stage/multipart.hpp"

#include <gtest/gtest.h>

#include <random>

#include "stage/form.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

const std::string kPart = "--b\r\ncontent-disposition: form-data; name=n\r\n\r\n";

Fault ReadMultipart(const std::string& body, Form& form) {
  MultipartParser parser("b");
  parser.Put(body);
  const Fault fault = parser.End();
  return fault != Fault::kNone ? fault : ReadParts(BodyBytes{body}, parser.parts(), form);
}

std::string Texts(const std::string& body) {
  Form form;
  if (ReadMultipart(body, form) != Fault::kNone) return "fault";
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
    EXPECT_EQ(ReadMultipart(body, form), Fault::kNone) << disposition;
    return form.files.empty() ? "" : form.files[0].filename;
  };
  EXPECT_EQ(file("name=\"n\"; filename=\"a%22b.txt\""), "a\"b.txt");
  EXPECT_EQ(file("name=\"n\"; filename=\"a\\\"b.txt\""), "a\"b.txt");
  EXPECT_EQ(file("name=\"n\"; filename=\"C:\\dir\\f;g.txt\""), "C:\\dir\\f;g.txt");
  EXPECT_EQ(file("name=n;filename=plain"), "plain");
  EXPECT_EQ(file("name=n; filename=x; filename*=UTF-8''caf%C3%A9"), "caf\xC3\xA9");
  EXPECT_EQ(file("name=n; filename=\"caf\xC3\xA9\""), "caf\xC3\xA9");
}

TEST(Multipart, APartHasOneMeaning) {
  const auto texts = [](const std::string& lines) { return Texts("--b\r\n" + lines + "\r\n\r\nx\r\n--b--"); };
  const std::string disposition = "Content-Disposition: form-data; ";
  for (const std::string parameters : {"name=n; name=m", "name=n; NAME=n", "name=n; filename=a; filename=b",
                                       "name=n; filename*=UTF-8''a; filename*=UTF-8''b"}) {
    EXPECT_EQ(texts(disposition + parameters), "fault") << parameters;
  }
  EXPECT_EQ(texts(disposition + "name=n\r\n" + disposition + "name=m"), "fault");
  EXPECT_EQ(texts(disposition + "name=n\r\nContent-Type: text/plain\r\ncontent-type: text/html"), "fault");
  EXPECT_EQ(texts(disposition + "name=n\r\nX-A: 1\r\nX-A: 2"), "n=x;");
}

TEST(Multipart, ParametersEndInOnePlace) {
  for (const std::string parameters : {"name=n\"", "name=n\"; x=\"", "x y=1; name=n", "=1; name=n", "\"x\"=1; name=n"})
    EXPECT_EQ(Texts("--b\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\nx\r\n--b--"), "fault")
        << parameters;
  EXPECT_EQ(Texts("--b\r\nContent-Disposition: form-data; x=a b; name=n m\r\n\r\nx\r\n--b--"), "n m=x;");
}

TEST(Multipart, WhatHasANameThatCannotBeReadIsNoText) {
  const auto texts = [](const std::string& parameters) {
    return Texts("--b\r\nContent-Disposition: form-data; name=n; " + parameters + "\r\n\r\nx\r\n--b--");
  };
  for (const std::string name :
       {"UTF-8''caf%E9", "UTF-8''%00", "UTF-8''a%4", "ISO-8859-1''caf%E9", "UTF-8'a", "a.txt", ""}) {
    EXPECT_EQ(texts("filename*=" + name), "fault") << name;
    EXPECT_EQ(texts("filename=a; filename*=" + name), "n=file;") << name;
    EXPECT_EQ(texts("filename*=" + name + "; filename=a"), "n=file;") << name;
  }
  EXPECT_EQ(texts("filename*=utf-8'fr'caf%C3%A9"), "n=file;");
}

TEST(Multipart, AFieldWithoutAFileIsNone) {
  const std::string head = "--b\r\ncontent-disposition: form-data; name=n; filename=\"\"\r\n\r\n";
  EXPECT_EQ(Texts(head + "\r\n--b--"), "");
  EXPECT_EQ(Texts(head + "x\r\n--b--"), "n=file;");
}

// What a parser tells of a body that comes in these pieces.
std::string Told(MultipartParser parser, const std::vector<std::string_view>& pieces) {
  for (const std::string_view piece : pieces) parser.Put(piece);
  std::string told = std::to_string(static_cast<int>(parser.End()));
  for (const Part& part : parser.parts()) {
    for (const uint64_t place : {part.head, part.head_size, part.offset, part.size})
      told += " " + std::to_string(place);
  }
  return told;
}

// Pieces of a form, whole and broken ones.
const std::vector<std::string> kPieces = {"pre", "\r\n",    "\r",  "\n",  "--b",   "--bc",     "--", "-",
                                          "x",   "\r\n--b", " \t", kPart, "--b--", "\r\n\r\n", "b"};

std::string RandomForm(std::mt19937& random) {
  std::string body;
  const size_t count = random() % 12;
  for (size_t i = 0; i < count; ++i) {
    body += random() % 3 == 0 ? "\r\n" + kPart : kPieces[random() % kPieces.size()];
    if (random() % 4 == 0) body += std::string(random() % 2000, 'y');
  }
  return random() % 2 == 0 ? body + "\r\n--b--" : body;
}

TEST(Multipart, TheSameWhereverItIsCut) {
  const std::string body = "pre\r\n" + kPart + "x\r\n--bc\r\n\r\n" + kPart + "\r\n" + kPart + "--b  \r\n" +
                           kPart.substr(5) + "z\r\n--b--end";
  const std::string_view view = body;
  const std::string whole = Told(MultipartParser("b"), {view});
  ASSERT_EQ(whole.front(), '0');
  for (size_t first = 0; first <= body.size(); ++first) {
    for (size_t second = first; second <= body.size(); ++second) {
      const std::vector<std::string_view> pieces = {view.substr(0, first), view.substr(first, second - first),
                                                    view.substr(second)};
      ASSERT_EQ(Told(MultipartParser("b"), pieces), whole) << first << " " << second;
    }
  }
}

TEST(Multipart, TheSameInAnyPieces) {
  std::mt19937 random(1);
  const PartLimits tight{.max_parts = 3, .max_head_size = 60, .max_text_size = 1500, .max_texts_size = 2500};
  for (int round = 0; round < 3000; ++round) {
    const std::string body = RandomForm(random);
    std::vector<std::string_view> pieces;
    for (size_t at = 0; at < body.size();) {
      const size_t size = random() % 4 == 0 ? random() % 1500 : random() % 4;
      pieces.push_back(std::string_view(body).substr(at, size));
      at += pieces.back().size();
    }
    for (const PartLimits& limits : {PartLimits(), tight}) {
      ASSERT_EQ(Told(MultipartParser("b", limits), pieces), Told(MultipartParser("b", limits), {body})) << body;
    }
  }
}

TEST(Multipart, APartIsKnownWhileItComes) {
  MultipartParser parser("b");
  parser.Put("--b\r\ncontent-disposition: form-data; name=n; filename=f\r\n\r");
  EXPECT_EQ(parser.current(), nullptr);
  parser.Put("\nabc\r\n--");
  ASSERT_NE(parser.current(), nullptr);
  EXPECT_EQ(parser.current()->filename, "f");
  EXPECT_EQ(parser.current_size(), 3u) << "what may be a delimiter is not counted yet";
  parser.Put("c\r\n--b\r\n");
  EXPECT_EQ(parser.current(), nullptr);
  ASSERT_EQ(parser.parts().size(), 1u);
  EXPECT_EQ(parser.parts()[0].size, 8u);
}

TEST(Multipart, HasLimits) {
  const auto fault = [](const std::string& body, PartLimits limits) { return MultipartParser("b", limits).Put(body); };
  const std::string next = "\r\n" + kPart;
  EXPECT_EQ(fault(kPart + "x" + next, {.max_parts = 1}), Fault::kBodyTooLarge);
  EXPECT_EQ(fault("--b\r\nx: " + std::string(200, 'a'), {.max_head_size = 100}), Fault::kBodyTooLarge);
  EXPECT_EQ(fault(kPart + std::string(200, 'a'), {.max_text_size = 100}), Fault::kBodyTooLarge)
      << "before it has ended";
  EXPECT_EQ(fault(kPart + std::string(101, 'a') + "\r\n--b--", {.max_text_size = 100}), Fault::kBodyTooLarge);
  const std::string hundred(100, 'a');
  EXPECT_EQ(fault(kPart + hundred + next + hundred + "\r\n--b--", {.max_texts_size = 200}), Fault::kNone);
  EXPECT_EQ(fault(kPart + hundred + next + hundred + "a", {.max_texts_size = 200}), Fault::kBodyTooLarge);
  EXPECT_EQ(fault("--b" + std::string(2000, ' '), {}), Fault::kBadBody) << "white space without end";
}

}  // namespace
}  // namespace spikard::stage
