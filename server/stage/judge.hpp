// What a whole body is worth: content coding, syntax, schema, files. Without side effects, so that any thread may do
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/fault.hpp"
#include "http/problem.hpp"
#include "stage/body_store.hpp"
#include "stage/media.hpp"
#include "stage/multipart.hpp"
#include "stage/plan.hpp"

namespace spikard::stage {

struct Judgement {
  http::Fault fault = http::Fault::kNone;
  std::string detail;  // of the fault; empty: its own
  std::vector<http::Invalid> findings;
  std::string form;                // what the worker gets of a form
  std::optional<BodyStore> plain;  // the body without its content coding, if it had one
};

// `limit`: bytes without the content coding. `arrived`: what has read a multipart body as it came, or null.
// REQUIRES: media.kind is one of the plan's.
Judgement Judge(const RoutePlan& plan, const Media& media, BodyBytes body, uint64_t limit, base::Spools& spools,
                MultipartParser* arrived = nullptr);

}  // namespace spikard::stage
