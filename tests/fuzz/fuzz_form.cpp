// Any bytes as a form: the first byte chooses urlencoded or multipart, and in which pieces a multipart body comes. A
// form that is accepted makes a tree that is JSON, files lie inside the body, and nothing depends on how the bytes
// arrive. The highest first byte makes them a Content-Type, which is refused or has all that it needs.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/manifest.hpp"
#include "schema/parse.hpp"
#include "stage/content_type.hpp"
#include "stage/form.hpp"
#include "stage/multipart.hpp"

using namespace spikard;

static constexpr uint8_t kContentType = 255;

static void CheckTree(const stage::Form& form, size_t body_size) {
  std::string tree;
  if (stage::WriteTree(form, tree) != http::Fault::kNone) return;
  schema::Document document;
  const schema::Limits limits{.max_depth = 64};
  if (!schema::Parse(tree, document, limits).ok()) std::abort();
  if (!schema::Parse(stage::NameFiles(tree, form.files), document, limits).ok()) std::abort();
  if (!schema::Parse(stage::WriteForm(tree, form.files), document, limits).ok()) std::abort();
  for (const stage::FormFile& file : form.files) {
    if (file.offset > body_size || file.size > body_size - file.offset) std::abort();
  }
}

// Sizes of the pieces, which look like chance and can be had again.
class Pieces {
 public:
  explicit Pieces(uint8_t seed) : state_(seed * 2654435761U + 1), most_(1U << (seed / 2 % 12)) {}
  size_t Next() {
    state_ = state_ * 1664525U + 1013904223U;
    return 1 + (state_ >> 8U) % most_;
  }

 private:
  uint32_t state_;
  const uint32_t most_;
};

static void CheckPieces(std::string_view body, uint8_t seed, stage::Form& form) {
  // So that limits are met as well.
  const stage::PartLimits limits = {
      .max_parts = 5, .max_head_size = 200, .max_text_size = 2000, .max_texts_size = 3000};
  stage::MultipartParser whole("b", limits);
  whole.Put(body);
  stage::MultipartParser other("b", limits);
  Pieces pieces(seed);
  for (std::string_view rest = body; !rest.empty();) {
    // In memory of its own, so that reading beyond it is noticed.
    const std::string piece(rest.substr(0, pieces.Next()));
    rest.remove_prefix(piece.size());
    other.Put(piece);
  }
  const http::Fault fault = whole.End();
  if (fault != other.End() || whole.parts().size() != other.parts().size()) std::abort();
  for (size_t i = 0; i < whole.parts().size(); ++i) {
    const stage::Part& a = whole.parts()[i];
    const stage::Part& b = other.parts()[i];
    if (a.head != b.head || a.head_size != b.head_size || a.offset != b.offset || a.size != b.size) std::abort();
    if (a.head > body.size() || a.head_size > body.size() - a.head || a.offset < a.head + a.head_size) std::abort();
    if (a.offset > body.size() || a.size > body.size() - a.offset) std::abort();
  }
  if (fault != http::Fault::kNone) return;
  // A head that was read once is read again, whether the body was seen before or not.
  stage::MultipartParser late("b", limits);
  stage::Form again;
  if (stage::ReadMultipart(stage::BodyBytes{body}, late, again) != http::Fault::kNone) std::abort();
  if (stage::ReadMultipart(stage::BodyBytes{body}, whole, form) != http::Fault::kNone) std::abort();
  if (again.fields.size() != form.fields.size() || again.files.size() != form.files.size()) std::abort();
  CheckTree(form, body.size());
}

static void CheckContentType(std::string_view field) {
  for (uint8_t kinds = 0; kinds < 8; ++kinds) {
    stage::ContentType type;
    const stage::ContentTypeRefusal refusal = stage::ReadContentType(field, kinds, type);
    if (refusal.status == 400 || refusal.status == 415) continue;
    if (refusal.status != 0 || (type.kind & kinds) == 0) std::abort();
    if ((type.kind == protocol::kMultipartMedia) == type.boundary.empty() || type.boundary.size() > 70) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  stage::Form form;
  if (data[0] == kContentType) {
    CheckContentType(body);
  } else if (data[0] % 2 != 0) {
    CheckPieces(body, data[0], form);
  } else if (stage::ReadUrlencoded(body, form) == http::Fault::kNone) {
    CheckTree(form, body.size());
  }
  return 0;
}
