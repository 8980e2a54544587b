#include "stage/judge.hpp"

#include <utility>

#include "schema/coerce.hpp"
#include "stage/coding.hpp"
#include "stage/file_checks.hpp"
#include "stage/form.hpp"
#include "stage/wording.hpp"

namespace spikard::stage {
namespace {

using http::Fault;
using http::Invalid;
using schema::Document;

// A thread that has seen one huge body does not keep its memory.
constexpr size_t kMaxKept = 4 * 1024 * 1024;

const Place kBody = {"body"};

// The thread's document, which keeps its memory from body to body.
class Scratch {
 public:
  ~Scratch() {
    if (document_.MemoryHeld() > kMaxKept) document_.Release();
  }
  Document& document() { return document_; }

 private:
  static thread_local Document document_;
};
thread_local Document Scratch::document_;

void FindErrors(const RoutePlan& plan, const Document& document, std::vector<Invalid>& findings) {
  if (plan.body == nullptr || schema::IsValid(*plan.body, document)) return;
  for (const schema::Error& error : schema::Validate(*plan.body, document, {kMaxFindings, true})) {
    findings.push_back(Word(error, kBody, Origin::kBody));
  }
}

Fault JudgeJson(const RoutePlan& plan, std::string_view json, std::vector<Invalid>& findings) {
  Scratch scratch;
  if (!schema::Parse(json, scratch.document(), {.max_depth = plan.max_json_depth}).ok()) return Fault::kBadBody;
  FindErrors(plan, scratch.document(), findings);
  return Fault::kNone;
}

Fault JudgeForm(const RoutePlan& plan, const Form& form, Judgement& judgement) {
  std::string tree;
  if (const Fault named = WriteTree(form, tree); named != Fault::kNone) return named;
  Scratch scratch;
  if (!schema::Parse(tree, scratch.document(), {.max_depth = plan.max_json_depth}).ok()) return Fault::kBadBody;
  if (plan.body != nullptr) {
    tree = schema::CoerceTree(*plan.body, scratch.document());
    if (!schema::Parse(tree, scratch.document(), {.max_depth = plan.max_json_depth}).ok()) return Fault::kBadBody;
    const size_t before = judgement.findings.size();
    FindErrors(plan, scratch.document(), judgement.findings);
    for (size_t i = before; i < judgement.findings.size(); ++i) {
      Invalid& invalid = judgement.findings[i];
      invalid.input = NameFiles(invalid.input, form.files);
      invalid.msg = NameFiles(invalid.msg, form.files);
    }
  }
  judgement.detail = CheckFiles(plan.declared->file_parts, form, judgement.findings);
  if (!judgement.detail.empty()) return Fault::kBodyTooLarge;
  judgement.form = WriteForm(tree, form.files);
  return Fault::kNone;
}

// What is read in one piece, wherever it lies.
Fault JudgeText(const RoutePlan& plan, const Media& media, const BodyBytes& body, Judgement& judgement) {
  std::string buffer;
  const auto text = body.At(0, body.Size(), buffer);
  if (!text) return Fault::kNoRoom;
  if (media.kind == protocol::kJsonMedia) return JudgeJson(plan, *text, judgement.findings);
  Form form;
  const Fault fault = ReadUrlencoded(*text, form);
  return fault != Fault::kNone ? fault : JudgeForm(plan, form, judgement);
}

}  // namespace

Judgement Judge(const RoutePlan& plan, const Media& media, BodyBytes body, uint64_t limit, base::Spools& spools,
                MultipartParser* arrived) {
  Judgement judgement;
  if (media.coding != Coding::kIdentity && body.Size() > 0) {
    BodyStore& plain = judgement.plain.emplace(spools, limit);
    judgement.fault = Decode(media.coding, body, [&plain](std::string_view bytes) { return plain.Put(bytes); });
    if (judgement.fault != Fault::kNone) return judgement;
    body = plain.Bytes();
  }
  if (body.Size() == 0) {
    if (plan.declared->body_required) judgement.findings.push_back(Missing(kBody));
    if (plan.declared->body_keyed) judgement.fault = JudgeJson(plan, "{}", judgement.findings);
  } else if (media.kind == protocol::kMultipartMedia) {
    Form form;
    MultipartParser late(media.boundary);
    judgement.fault = ReadMultipart(body, arrived != nullptr ? *arrived : late, form);
    if (judgement.fault == Fault::kNone) judgement.fault = JudgeForm(plan, form, judgement);
  } else {
    judgement.fault = JudgeText(plan, media, body, judgement);
  }
  return judgement;
}

}  // namespace spikard::stage
