#include "stage/content.hpp"

#include <memory>
#include <string>
#include <utility>

#include "base/json.hpp"
#include "base/log.hpp"
#include "stage/judge.hpp"
#include "stage/plan.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

// Up to this size a body is judged in less time than a thread takes to be told.
constexpr size_t kMaxOnLoop = 64 * 1024;
// The same for what has to be decompressed first, and may become a thousand times as much.
constexpr size_t kMaxCodedOnLoop = 1024;
// Of a body without content coding, where the application sets no limit.
constexpr uint64_t kMaxDecoded = 256 * 1024 * 1024;

void HandOver(http::Exchange& x, const http::Problem& problem) {
  x.verdict = "{\"status\":" + std::to_string(problem.status) + ",\"detail\":";
  base::AppendJsonString(x.verdict, problem.detail);
  if (!problem.errors.empty()) x.verdict.append(",\"errors\":").append(problem.errors);
  x.verdict += '}';
  x.arguments.clear();
  x.form.clear();
  x.findings.clear();
}

Verdict Refuse(http::Exchange& x, Fault fault, const std::string& detail) {
  http::Problem problem = http::ProblemOf(fault);
  if (!detail.empty()) problem.detail = detail;
  if (problem.status == 400 && x.table->At(x.route).wants_verdict) {
    HandOver(x, problem);
    return Verdict::kGoOn;
  }
  if (fault == Fault::kNoRoom) spdlog::error("a body could not be kept in {}", base::Spools::Folder());
  x.Answer(problem);
  return Verdict::kAnswered;
}

}  // namespace

base::Task<Verdict> CheckBody(http::Exchange& x, const Media& media, Collector& collector, base::Pool& pool) {
  const RoutePlan& plan = PlanOf(*x.table, x.route);
  const uint64_t own_limit = x.table->MaxBodySize(x.route);
  const uint64_t limit = own_limit != 0 && own_limit != UINT64_MAX ? own_limit : kMaxDecoded;
  const std::shared_ptr<const std::string> body = x.body;
  const BodyBytes bytes{*body, x.spooled ? x.spooled->Bytes() : base::FileBytes{}};
  Judgement judgement;
  const auto judge = [&] { judgement = Judge(plan, media, bytes, limit, collector.spools(), collector.parser()); };
  if (bytes.Size() > (media.coding == Coding::kIdentity ? kMaxOnLoop : kMaxCodedOnLoop)) {
    co_await pool.Run(judge);
  } else {
    judge();
  }
  if (judgement.fault != Fault::kNone) co_return Refuse(x, judgement.fault, judgement.detail);
  x.findings.insert(x.findings.end(), std::make_move_iterator(judgement.findings.begin()),
                    std::make_move_iterator(judgement.findings.end()));
  x.form = std::move(judgement.form);
  if (media.coding != Coding::kIdentity) {
    // An empty body is what it was.
    if (judgement.plain) {
      x.body = std::make_shared<std::string>(judgement.plain->TakeMemory());
      x.spooled = judgement.plain->TakeFile();
    }
    x.request.fields.Remove("content-encoding");
    x.request.fields.Remove("content-length");
  }
  co_return Verdict::kGoOn;
}

Verdict SettleFindings(http::Exchange& x) {
  if (x.findings.empty()) return Verdict::kGoOn;
  if (!x.table->At(x.route).wants_verdict) {
    x.AnswerInvalid();
    return Verdict::kAnswered;
  }
  http::Problem problem = http::ProblemOf(Fault::kInvalidRequest);
  const std::string detail = http::CountFindings(x.findings.size());
  const std::string errors = http::ListFindings(x.findings);
  problem.detail = detail;
  problem.errors = errors;
  HandOver(x, problem);
  return Verdict::kGoOn;
}

}  // namespace spikard::stage
