// An exchange without a connection.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "http/exchange.hpp"
#include "route/table.hpp"
#include "stage/plan.hpp"

namespace spikard::fake {

class Body final : public http::BodySource {
 public:
  bool HasBody() const override { return bytes.has_value(); }
  base::Task<http::Fault> ReadBody(std::string& body, uint64_t limit, http::BodySink* sink) override {
    asked = limit;
    ++reads;
    if (fault != http::Fault::kNone) co_return fault;
    if (bytes->size() > limit) co_return http::Fault::kBodyTooLarge;
    for (taken = 0; taken + piece < bytes->size() && piece > 0; taken += piece) {
      body += bytes->substr(taken, piece);
      const http::Fault refused = co_await sink->More(body);
      if (refused != http::Fault::kNone) co_return refused;
      most_kept = std::max(most_kept, body.size());
    }
    body += bytes->substr(taken);
    co_return http::Fault::kNone;
  }

  http::Fault StreamBody(std::string& body, uint64_t limit, std::shared_ptr<http::Upload>& more) override {
    asked = limit;
    body = bytes.value_or("");
    more = rest;
    return fault;
  }

  std::optional<std::string> bytes;
  std::shared_ptr<http::Upload> rest;  // of a body that is streamed
  http::Fault fault = http::Fault::kNone;
  int reads = 0;
  size_t piece = 0;               // how much comes at once; 0: all
  size_t taken = 0;               // before the last piece, or before it was refused
  size_t most_kept = 0;           // in memory by the sink
  std::optional<uint64_t> asked;  // the limit of the last call
};

struct Call {
  explicit Call(std::string method = "GET", std::string target = "/") {
    x.request.method = std::move(method);
    x.request.target = std::move(target);
  }

  // Runs `stage(exchange)` on the loop, as far as it goes without waiting.
  template <typename Stage>
  void Start(base::Loop& loop, Stage stage) {
    base::Spawn([this, stage]() -> base::Task<void> {
      co_await stage(x);
      done = true;
    });
    Turn(loop);
  }
  static void Turn(base::Loop& loop) {
    loop.restart();
    loop.poll();
  }
  std::string Text() const { return std::string(x.response.Body()); }
  std::string Field(std::string_view name) const { return std::string(x.response.fields.Find(name).value_or("")); }

  http::Client client{"10.0.0.1", 4711};
  Body source;
  http::Exchange x{client, source};
  bool done = false;
};

inline protocol::Route RouteOf(std::string method, std::string path) {
  protocol::Route route;
  route.method = std::move(method);
  route.path = std::move(path);
  route.name = "handler";
  return route;
}

inline std::shared_ptr<const route::Table> TableOf(protocol::Manifest manifest, uint64_t generation = 1) {
  return std::get<std::shared_ptr<const route::Table>>(
      route::Table::Build(std::move(manifest), generation, &stage::Plans::Make));
}

}  // namespace spikard::fake
