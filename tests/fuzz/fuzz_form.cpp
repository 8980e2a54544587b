// Any bytes as a form: the first byte chooses urlencoded or multipart, and where a multipart body is cut in two. A form
// that is accepted makes a tree that is JSON, files lie inside the body, and nothing depends on how the bytes arrive.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "schema/parse.hpp"
#include "stage/form.hpp"
#include "stage/multipart.hpp"

using namespace spikard;

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

static void CheckPieces(std::string_view body, size_t cut) {
  stage::MultipartParser whole("b");
  const http::Fault fault = whole.Advance(body, true);
  stage::MultipartParser pieces("b");
  http::Fault other = pieces.Advance(body.substr(0, cut), false);
  if (other == http::Fault::kNone) other = pieces.Advance(body, true);
  if (fault != other || whole.parts().size() != pieces.parts().size()) std::abort();
  for (size_t i = 0; i < whole.parts().size(); ++i) {
    const stage::Part& a = whole.parts()[i];
    const stage::Part& b = pieces.parts()[i];
    if (a.offset != b.offset || a.size != b.size || a.name != b.name || a.filename != b.filename) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  stage::Form form;
  if (data[0] % 2 == 0) {
    if (stage::ReadUrlencoded(body, form) == http::Fault::kNone) CheckTree(form, body.size());
  } else {
    CheckPieces(body, body.size() * (data[0] / 2U) / 128U);
    if (stage::ReadMultipart(body, "b", form) == http::Fault::kNone) CheckTree(form, body.size());
  }
  return 0;
}
