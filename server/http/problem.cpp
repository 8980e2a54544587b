#include "http/problem.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "http/status.hpp"

namespace spikard::http {
namespace {

struct Kind {
  uint16_t status;
  std::string_view slug;
  std::string_view title;  // empty: the status' reason phrase
};

constexpr std::array kKinds = {
    Kind{400, "bad-request", ""},
    Kind{401, "unauthorized", ""},
    Kind{403, "forbidden", ""},
    Kind{404, "not-found", "Resource Not Found"},
    Kind{405, "method-not-allowed", ""},
    Kind{408, "request-timeout", ""},
    Kind{412, "precondition-failed", ""},
    Kind{413, "payload-too-large", ""},
    Kind{414, "uri-too-long", ""},
    Kind{415, "unsupported-media-type", ""},
    Kind{415, "unsupported-charset", "Unsupported Charset"},
    Kind{416, "range-not-satisfiable", ""},
    Kind{422, "validation-error", "Request Validation Failed"},
    Kind{429, "too-many-requests", ""},
    Kind{431, "header-too-large", ""},
    Kind{500, "internal-server-error", ""},
    Kind{500, "poisoned", "Request Poisoned"},
    Kind{501, "not-implemented", ""},
    Kind{502, "worker-lost", ""},
    Kind{503, "service-unavailable", ""},
    Kind{504, "deadline-exceeded", ""},
    Kind{505, "version-not-supported", ""},
};

// A slug has its own title, if it stands there; the first of a status is the status' own.
Kind KindOf(uint16_t status, std::string_view slug) {
  auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.status == status && k.slug == slug; });
  if (found == kKinds.end()) {
    found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.status == status; });
  }
  return found != kKinds.end() ? *found : Kind{status, "error", ""};
}

}  // namespace

std::string ListFindings(const std::vector<Invalid>& findings) {
  std::string out = "[";
  size_t listed = 0;
  for (const Invalid& finding : findings) {
    if (listed++ == kMaxListed) break;
    if (out.size() > 1) out += ',';
    out += "{\"type\":";
    base::AppendJsonString(out, finding.type);
    out += ",\"loc\":[";
    for (const std::string& part : finding.loc) {
      if (out.back() != '[') out += ',';
      base::AppendJsonString(out, part);
    }
    out += "],\"msg\":";
    base::AppendJsonString(out, finding.msg);
    out += ",\"input\":" + finding.input;
    if (!finding.ctx.empty()) out += ",\"ctx\":" + finding.ctx;
    out += '}';
  }
  return out + ']';
}

std::string CountFindings(size_t count) {
  return std::to_string(count) + (count == 1 ? " validation error" : " validation errors") + " in request";
}

Problem ProblemOf(Fault fault) {
  switch (fault) {
    case Fault::kNone:
    case Fault::kClientGone:
      break;
    case Fault::kMalformed:
      return {400, {}, "The request is not valid HTTP", {}};
    case Fault::kUnsupportedVersion:
      return {505, {}, "HTTP/1.0 and HTTP/1.1 are spoken here", {}};
    case Fault::kUnsupportedCoding:
      return {501, {}, "The only transfer coding supported is chunked", {}};
    case Fault::kUnsupportedMethod:
      return {501, {}, "No tunnels start here", {}};
    case Fault::kUriTooLong:
      return {414, {}, "The request line is too long", {}};
    case Fault::kHeaderTooLarge:
      return {431, {}, "The header section has too many bytes or fields", {}};
    case Fault::kBodyTooLarge:
      return {413, {}, "The body is larger than this route allows", {}};
    case Fault::kRequestTimeout:
      return {408, {}, "The request was not received in time", {}};
    case Fault::kIncomplete:
      return {400, {}, "The connection was ended in the middle of the request", {}};
    case Fault::kNoRoom:
      return {503, {}, "The server has no room for a body of this size", {}, {}, true};
    case Fault::kBadTarget:
      return {400, {}, "The request target is not valid", {}};
    case Fault::kNotFound:
      return {404, {}, "No route matches this path", {}};
    case Fault::kMethodNotAllowed:
      return {405, {}, "This path has no such method", {}};
    case Fault::kBadBody:
      return {400, {}, "Invalid request format", {}};
    case Fault::kInvalidRequest:
      return {422, {}, {}, {}};
    case Fault::kNoWorker:
      return {503, {}, "No worker became ready in time", {}, {}, true};
    case Fault::kQueueFull:
      return {503, {}, "Too many requests are waiting for a worker", {}, {}, true};
    case Fault::kStopping:
      return {503, {}, "The server is stopping", {}};
    case Fault::kWorkerLost:
      return {502, {}, "The worker that had begun this request was lost", {}};
    case Fault::kPoisoned:
      return {500, "poisoned", "Workers have died of this request; it is not handed out for a minute", {}};
    case Fault::kBadAnswer:
      return {500, {}, {}, {}};
    case Fault::kDeadline:
      return {504, {}, "The request was not answered in time", {}};
  }
  return {};
}

void RenderProblem(const Problem& problem, std::string_view instance, Response& response) {
  const Kind kind = KindOf(problem.status, problem.slug);
  // Applications may use a status that nobody has registered.
  const std::string_view reason = ReasonPhrase(problem.status).empty() ? "Error" : ReasonPhrase(problem.status);
  const std::string_view title = kind.title.empty() ? reason : kind.title;
  std::string body = "{\"type\":";
  base::AppendJsonString(body,
                         "https://spikard.dev/errors/" + std::string(problem.slug.empty() ? kind.slug : problem.slug));
  body += ",\"title\":";
  base::AppendJsonString(body, title);
  body += ",\"status\":" + std::to_string(problem.status) + ",\"detail\":";
  base::AppendJsonString(body, problem.detail.empty() ? title : problem.detail);
  if (!instance.empty()) {
    body += ",\"instance\":";
    base::AppendJsonString(body, instance);
  }
  if (!problem.incident.empty()) {
    body += ",\"incident\":";
    base::AppendJsonString(body, problem.incident);
  }
  if (!problem.errors.empty()) body.append(",\"errors\":").append(problem.errors);
  body += '}';
  response.status = problem.status;
  if (problem.passes) response.fields.Add("retry-after", "1");
  response.fields.Add("content-type", "application/problem+json");
  response.SetBody(body);
}

void RenderInvalid(const std::vector<Invalid>& findings, std::string_view instance, Response& response) {
  const std::string detail = CountFindings(findings.size());
  const std::string errors = ListFindings(findings);
  Problem problem = ProblemOf(Fault::kInvalidRequest);
  problem.detail = detail;
  problem.errors = errors;
  RenderProblem(problem, instance, response);
}

}  // namespace spikard::http
