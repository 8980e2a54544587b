// Error bodies (RFC 9457). Every one that the system sends is written here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/fault.hpp"
#include "http/response.hpp"

namespace spikard::http {

// One finding of a validation.
struct Invalid {
  std::string type;              // "int_parsing"
  std::vector<std::string> loc;  // {"path", "id"}
  std::string msg;
  std::string input = "null";  // JSON text
  std::string ctx;             // JSON text, empty if there is none
};

struct Problem {
  uint16_t status = 500;
  std::string_view slug;        // last part of the type URI; empty: the status' own
  std::string_view detail;      // empty: the status' own
  std::string_view errors;      // JSON array, empty if there is none
  std::string_view incident{};  // under which the log tells the story
  bool passes = false;          // soon: the client may try again, and is told so
};

// Findings that one response lists.
inline constexpr size_t kMaxListed = 100;

// The JSON array of the first findings.
std::string ListFindings(const std::vector<Invalid>& findings);
// "3 validation errors in request".
std::string CountFindings(size_t count);

// The problem a fault stands for.
Problem ProblemOf(Fault fault);

// Fills `response`; its fields stay, so that Allow can be added before.
// `instance`: the request's id, empty if it has none.
void RenderProblem(const Problem& problem, std::string_view instance, Response& response);
// The 422 that lists `findings`, at least one.
void RenderInvalid(const std::vector<Invalid>& findings, std::string_view instance, Response& response);

}  // namespace spikard::http
