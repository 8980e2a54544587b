#include "http/sessions.hpp"

#include <exception>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "http/h1_session.hpp"

namespace spikard::http {

Sessions::Sessions(base::Loop& loop, SessionConfig config, Service service)
    : config_(config), service_(std::move(service)), deadlines_(loop) {
  deadlines_.Start();
}

Sessions::~Sessions() { deadlines_.Stop(); }

void Sessions::Start(net::Socket socket) {
  auto session = std::make_shared<H1Session>(std::move(socket), *this);
  deadlines_.Add(*session);
  open_.insert(session.get());
  base::Spawn(Serve(std::move(session)));
}

base::Task<void> Sessions::Serve(std::shared_ptr<H1Session> session) {
  try {
    co_await session->Run();
  } catch (const std::exception& error) {
    // Out of memory, for one: the other connections go on.
    spdlog::error("a connection is given up: {}", error.what());
  }
  open_.erase(session.get());
  if (open_.empty() && on_empty_) on_empty_();
}

void Sessions::Drain() {
  draining_ = true;
  for (H1Session* session : open_) session->Drain();
}

void Sessions::Abort() {
  draining_ = true;
  for (H1Session* session : open_) session->Abort();
}

}  // namespace spikard::http
