// All connections that speak HTTP: what they share, and how they end together.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <unordered_set>

#include "base/task.hpp"
#include "http/date.hpp"
#include "http/exchange.hpp"
#include "http/request_parser.hpp"
#include "net/deadlines.hpp"
#include "net/listener.hpp"

namespace spikard::http {

class H1Session;

struct SessionConfig {
  RequestLimits limits;
  std::chrono::milliseconds header_timeout;
  std::chrono::milliseconds body_timeout;
  std::chrono::milliseconds keep_alive;
  std::chrono::milliseconds write_timeout;
};

// How sessions reach the rooms to their right.
struct Service {
  // Fills the response, whatever happens.
  std::function<base::Task<void>(Exchange&)> answer;
  // Answers a request that could not be read.
  std::function<void(Exchange&, Fault)> refuse;
};

class Sessions {
 public:
  Sessions(base::Loop& loop, SessionConfig config, Service service);
  ~Sessions();

  void Start(net::Socket socket);
  // Watches one of a session's deadlines beside its own.
  void Watch(net::Deadline& deadline) { deadlines_.Add(deadline); }
  size_t Count() const { return open_.size(); }
  // From now on connections end with their next response, or no longer do.
  void CloseAfterAnswers(bool close) { closing_ = close; }
  // Idle connections end now, the others with their next response.
  void Drain();
  // Cuts off all connections. Whoever waits for an answer ends when it comes.
  void Abort();
  bool Draining() const { return draining_; }
  bool Closing() const { return closing_ || draining_; }
  // Called when the last connection has ended.
  void OnEmpty(std::function<void()> callback) { on_empty_ = std::move(callback); }

  const SessionConfig& config() const { return config_; }
  const Service& service() const { return service_; }
  const std::shared_ptr<Kept>& kept() const { return kept_; }
  std::string_view Date() { return date_.Now(); }

 private:
  base::Task<void> Serve(std::shared_ptr<H1Session> session);

  const SessionConfig config_;
  const Service service_;
  net::Deadlines deadlines_;
  const std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();  // outlives uploads that a worker still reads
  DateSource date_;
  std::unordered_set<H1Session*> open_;
  std::function<void()> on_empty_;
  bool closing_ = false;
  bool draining_ = false;
};

}  // namespace spikard::http
