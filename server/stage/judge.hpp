// What a whole body is worth: content coding, syntax, schema, files. Without side effects, so that any thread may do
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/fault.hpp"
#include "http/problem.hpp"
#include "stage/media.hpp"
#include "stage/plan.hpp"

namespace spikard::stage {

struct Judgement {
  http::Fault fault = http::Fault::kNone;
  std::string detail;  // of the fault; empty: its own
  std::vector<http::Invalid> findings;
  std::string form;   // what the worker gets of a form
  std::string plain;  // the body without its content coding, if it had one
};

// `limit`: bytes without the content coding. REQUIRES: media.kind is one of the plan's.
Judgement Judge(const RoutePlan& plan, const Media& media, std::string_view body, uint64_t limit);

}  // namespace spikard::stage
