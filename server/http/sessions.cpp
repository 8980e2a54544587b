#include "http/sessions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>
#include <vector>

#include "http/h1_session.hpp"

namespace spikard::http {

Sessions::Sessions(base::Loop& loop, SessionConfig config, Service service)
    : loop_(loop), config_(config), service_(std::move(service)), deadlines_(loop) {
  deadlines_.Start();
}

Sessions::~Sessions() { deadlines_.Stop(); }

void Sessions::Start(net::Socket socket) {
  auto session = std::make_shared<H1Session>(std::move(socket), *this);
  deadlines_.Add(*session);
  open_.insert(session.get());
  boost::asio::co_spawn(loop_, Serve(std::move(session)), boost::asio::detached);
}

base::Task<void> Sessions::Serve(std::shared_ptr<H1Session> session) {
  co_await session->Run();
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
