#include "stage/collector.hpp"

#include <utility>

#include "base/log.hpp"
#include "stage/file_checks.hpp"

namespace spikard::stage {

using http::Fault;

namespace {
// What is written at once: a thread has to be told.
constexpr size_t kMaxUnwritten = 128 * 1024;
}  // namespace

void Collector::Expect(const RoutePlan& plan, const Media& media) {
  // What is coded tells nothing yet.
  if (media.kind != protocol::kMultipartMedia || media.coding != Coding::kIdentity) return;
  plan_ = &plan;
  media_ = &media;
}

base::Task<Fault> Collector::More(std::string& body) {
  if (const Fault fault = Look(body); fault != Fault::kNone) co_return fault;
  if (!file_ ? share_.Grow(body.size()) : body.size() < kMaxUnwritten) co_return Fault::kNone;
  const Fault fault = co_await Write(body);
  co_return fault;
}

base::Task<Fault> Collector::End(std::string& body) {
  Fault fault = Look(body);
  if (fault == Fault::kNone && file_) fault = co_await Write(body);
  co_return fault;
}

Fault Collector::Look(std::string_view bytes) {
  if (plan_ == nullptr) return Fault::kNone;
  if (!parser_) parser_ = std::make_unique<MultipartParser>(media_->boundary);
  const Fault fault = parser_->Put(bytes.substr(looked_));
  looked_ = bytes.size();
  if (fault == Fault::kBadBody && plan_->declared->wants_verdict) {
    // Its hooks may want the body: they hear of it when that is whole.
    parser_.reset();
    plan_ = nullptr;
    return Fault::kNone;
  }
  if (fault != Fault::kNone) return fault;
  const PartHead* head = parser_->current();
  if (head == nullptr || !head->filename) return Fault::kNone;
  detail_ = CheckSize(plan_->declared->file_parts, head->name, parser_->current_size());
  return detail_.empty() ? Fault::kNone : Fault::kBodyTooLarge;
}

base::Task<Fault> Collector::Write(std::string& body) {
  const bool first = !file_;
  base::ErrorCode error;
  co_await spools_.disk().Run([&] {
    if (first) file_ = spools_.Open(error);
    if (file_) error = file_->Append(body);
  });
  if (error) {
    spdlog::error("a body could not be written to {}: {}", base::Spools::Folder(), error.message());
    file_.reset();
    co_return Fault::kNoRoom;
  }
  // Its memory was as large as what was collected until now.
  if (first) std::string().swap(body);
  body.clear();
  share_.Release();
  looked_ = 0;
  co_return Fault::kNone;
}

}  // namespace spikard::stage
