// One request and its one response. A session fills the first part, stages fill the second and pass it on,
// whoever answers fills the response.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/spool.hpp"
#include "base/task.hpp"
#include "http/fault.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "http/upload.hpp"

namespace spikard::route {
class Table;
}

namespace spikard::http {

// Who takes a body off its source's hands while it comes.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // More of `body` has come, and this is not the end: what is taken out of it is no longer there. A fault ends it.
  virtual base::Task<Fault> More(std::string& body) = 0;
};

// Where the request's body comes from: the session, or a test.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual bool HasBody() const = 0;
  // Reads the whole body, at most `limit` bytes. `sink` may be null.
  virtual base::Task<Fault> ReadBody(std::string& body, uint64_t limit, BodySink* sink) = 0;
  // Instead: takes what has come. If that is the body, `body` has it, else `rest` is where it comes.
  virtual Fault StreamBody(std::string& body, uint64_t limit, std::shared_ptr<Upload>& rest) = 0;
};

struct Client {
  std::string host;
  uint16_t port = 0;
};

struct Exchange {
  static constexpr size_t kMaxKept = 64 * 1024;

  Exchange(const Client& from, BodySource& source) : client(from), body_source(source) {}

  // ---- from the session
  const Client& client;
  BodySource& body_source;
  Request request;

  // Nobody is left to answer: whoever waits for something on the exchange's behalf gives up.
  bool gone = false;
  // Its body has been read, as far as anybody wants it.
  bool body_read = false;

  // ---- from the stages
  std::string request_id;
  std::shared_ptr<const route::Table> table;  // the generation it was matched by
  uint32_t route = 0;
  std::vector<std::string> path_parameters;  // decoded, in the order of the route's segments
  std::string arguments;                     // JSON object: the declared parameters, converted
  std::vector<Invalid> findings;             // what breaks a schema, to be told all at once
  std::string form;                          // JSON object: a form's fields and files, converted
  std::string verdict;                       // JSON object: a problem that the worker wants to hear of
  std::shared_ptr<std::string> body = std::make_shared<std::string>();  // kept by frames on their way, too

  std::shared_ptr<Upload> upload;        // instead of `body`, while the body still comes
  std::shared_ptr<base::Spool> spooled;  // instead of `body`, if it is too much for memory

  // ---- from whoever makes the exchange wait
  std::function<void()> on_gone;  // called when `gone` is set

  // ---- from whoever answers
  Response response;
  // Instead of an answer: the generation it was matched by is no more, so it is to be matched by the active one.
  bool rematch = false;
  uint8_t attempts = 0;  // how often a worker got it before

  // Makes it ready for the connection's next request; memory is kept, unless it is much.
  void Clear() {
    gone = body_read = rematch = false;
    attempts = 0;
    request_id.clear();
    Unmatch();
    if (form.capacity() > kMaxKept) form.shrink_to_fit();
    upload.reset();
    spooled.reset();
    if (body.use_count() > 1 || body->capacity() > kMaxKept) {
      body = std::make_shared<std::string>();
    } else {
      body->clear();
    }
    response.Clear();
  }

  // Forgets what the stages have found out by its table.
  void Unmatch() {
    table.reset();
    path_parameters.clear();
    arguments.clear();
    findings.clear();
    form.clear();
    verdict.clear();
  }

  // `incident`: under which the log tells why, if it does.
  void Answer(Fault fault, std::string_view incident = {}) {
    Problem problem = ProblemOf(fault);
    problem.incident = incident;
    Answer(problem);
  }
  void Answer(const Problem& problem) { RenderProblem(problem, request_id, response); }
  // 422 with all findings, of which there are some.
  void AnswerInvalid() { RenderInvalid(findings, request_id, response); }
};

}  // namespace spikard::http
