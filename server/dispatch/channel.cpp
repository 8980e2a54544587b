#include "dispatch/channel.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "dispatch/repeat.hpp"

namespace spikard::dispatch {

using http::Exchange;
using net::Clock;
using protocol::Frame;

namespace {
// What FlatBuffers adds to a message and to each of its texts, at most.
constexpr size_t kMessageOverhead = 512;
constexpr size_t kTextOverhead = 16;
// A batch of so many bytes, or that has waited for so many turns of the loop, waits for no more.
constexpr size_t kEnough = 16 * 1024;
constexpr int kMostGathered = 4;

// An upper bound of a request's bytes in a batch.
size_t SizeOf(const protocol::Request& request) {
  size_t size = kMessageOverhead + request.method.size() + request.target.size() + request.arguments.size() +
                request.request_id.size() + request.client_host.size() + request.body.bytes.size() +
                request.form.size() + request.verdict.size();
  for (const auto& [name, value] : request.headers) size += name.size() + value.size() + 2 * kTextOverhead;
  for (const std::string_view text : request.path_parameters) size += text.size() + kTextOverhead;
  return size;
}

// What does not fit into one batch is sent in parts, whatever the route says.
std::shared_ptr<http::Upload> Rest(const std::shared_ptr<std::string>& body) {
  auto upload = std::make_shared<http::Upload>(false, nullptr);
  upload->Put(body);
  upload->End(http::Fault::kNone);
  return upload;
}
}  // namespace

Channel::Channel(base::Loop& loop, route::Active& active, DispatchLimits limits)
    : loop_(loop),
      active_(active),
      incarnation_(base::SecureNumber()),
      heartbeat_(loop),
      watch_(loop),
      deadlines_(loop),
      dispatcher_(limits) {
  Beat();
  Watch();
  deadlines_.Start();
}

bool Channel::Ready() const { return active_.Get() && dispatcher_.Ready(active_.Get()->Generation()); }

base::Task<void> Channel::HandOver(Exchange& x) {
  if (x.gone) co_return;
  if (x.upload && x.upload->state() == http::Upload::State::kBroken) {
    // While it was matched again.
    x.response.close = true;
    x.Answer(x.upload->fault());
    co_return;
  }
  if (!guard_.Idle() && guard_.IsPoison(Clock::now(), PrintOf(x))) {
    x.Answer(http::Fault::kPoisoned);
    co_return;
  }
  base::Wake wake(loop_);
  const ExchangeId id = ++last_exchange_;
  Pending& pending = pending_.try_emplace(id, *this, id, x, wake).first->second;
  if (const auto timeout = x.table->Timeout(x.route); timeout.count() != 0) {
    pending.timeout = timeout;
    // From the request read.
    if (!x.upload) pending.Expire(net::Clock::now() + timeout);
    deadlines_.Add(pending);
  }
  if (x.upload) x.upload->OnChange([this, id] { OnUpload(id); });
  x.on_gone = [this, id] { Cancel(id, protocol::CancelReason::kClientGone); };
  const bool repeatable = IsRepeatable(x.request.method, x.table->At(x.route), x.request.fields);
  Feed(Submitted{id, x.table->Generation(), repeatable, x.request.target.size() + x.body->size() + x.form.size(),
                 x.attempts});
  co_await wake.Wait();
  x.on_gone = nullptr;
}

void Channel::OnBatch(const PeerAddress& from, std::vector<Frame> frames) {
  std::vector<std::string_view> views;
  views.reserve(frames.size());
  for (const Frame& frame : frames) views.push_back(frame.bytes);
  protocol::Errc error = reader_.Open(std::move(views));
  const auto known = peers_.find(from);
  Peer* peer = known != peers_.end() ? &known->second : nullptr;

  if (peer == nullptr) return OnStranger(from, error);
  if (error != protocol::Errc::kOk) return Lose(*peer, protocol::Describe(error));
  if (reader_.Head().incarnation != incarnation_) return Lose(*peer, "a batch of another incarnation");
  if (reader_.Head().sequence != peer->last_received + 1) return Lose(*peer, "a batch is missing");
  peer->last_received = reader_.Head().sequence;
  peer->heard = Clock::now();

  answer_frames_ = &frames;
  for (;;) {
    protocol::Message message;
    bool end = false;
    error = reader_.Next(&message, &end);
    if (error != protocol::Errc::kOk) return Lose(*peer, protocol::Describe(error));
    if (end) return;
    if (const std::string_view cause = OnMessage(*peer, message); !cause.empty()) return Lose(*peer, cause);
    // It may have been lost, or have left, by what it said.
    if (peers_.find(from) == peers_.end()) return;
  }
}

void Channel::OnStranger(const PeerAddress& from, protocol::Errc error) {
  if (error == protocol::Errc::kOtherVersion) return RefuseVersion(from);
  // A stranger may say Hello, alone, and nothing else. Whoever was forgotten is a stranger.
  protocol::Message message;
  bool end = false;
  if (error == protocol::Errc::kOk) error = reader_.Next(&message, &end);
  const auto* hello = std::get_if<protocol::Hello>(&message.payload);
  if (error != protocol::Errc::kOk || end || hello == nullptr) return;
  const protocol::BatchHead head = reader_.Head();
  // Without an attach socket the incarnation cannot be known yet.
  const bool ours = head.incarnation == incarnation_ || (head.incarnation == 0 && hello->token.empty());
  if (!ours || head.sequence != 1) return;
  OnHello(from, *hello);
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  error = reader_.Next(&message, &end);
  if (error != protocol::Errc::kOk || !end) Lose(known->second, "more than a Hello in its first batch");
}

std::string_view Channel::OnMessage(Peer& peer, const protocol::Message& message) {
  const bool serving = peer.state == Peer::State::kReady || peer.state == Peer::State::kDraining;
  const auto& payload = message.payload;
  if (const auto* response = std::get_if<protocol::Response>(&payload)) {
    if (!serving) return "a response out of turn";
    answer_ = &message;
    if (response->last) {
      Feed(Ended{peer.id, message.exchange, message.slot});
    } else {
      Feed(Said{peer.id, message.exchange, message.slot, Part::kHead});
    }
  } else if (const auto* chunk = std::get_if<protocol::Chunk>(&payload)) {
    if (!serving) return "a chunk out of turn";
    answer_ = &message;
    if (chunk->last) {
      Feed(Ended{peer.id, message.exchange, message.slot, Ending::kStream});
    } else {
      Feed(Said{peer.id, message.exchange, message.slot, Part::kChunk});
    }
  } else if (std::holds_alternative<protocol::Window>(payload)) {
    if (!serving) return "a window out of turn";
    answer_ = &message;
    Feed(Said{peer.id, message.exchange, message.slot, Part::kWindow});
  } else if (std::holds_alternative<protocol::Problem>(payload)) {
    if (!serving) return "a problem out of turn";
    answer_ = &message;
    Feed(Ended{peer.id, message.exchange, message.slot, Ending::kProblem});
  } else if (std::holds_alternative<protocol::Returned>(payload)) {
    if (!serving) return "a return out of turn";
    // Before the slot can be given to another one.
    if (peer.recorder) (*peer.recorder)->Free(message.slot, message.exchange);
    Feed(Returned{peer.id, message.exchange, message.slot});
  } else if (const auto* offer = std::get_if<protocol::ManifestOffer>(&payload)) {
    if (peer.state == Peer::State::kDraining) return {};  // it has crossed the Drain
    if (peer.state != Peer::State::kHello) return "a manifest out of turn";
    OnManifest(peer, offer->manifest);
  } else if (std::holds_alternative<protocol::Ready>(payload)) {
    return OnReady(peer);
  } else if (std::holds_alternative<protocol::Leaving>(payload)) {
    OnAsked(peer);
  } else if (std::holds_alternative<protocol::Goodbye>(payload)) {
    spdlog::info("{} has left", peer.Name());
    Leave(peer);
  } else if (const auto* pong = std::get_if<protocol::Pong>(&payload)) {
    if (peer.state == Peer::State::kHello) return "a pong out of turn";
    return OnPong(peer, pong->number);
  } else {
    return "a message that workers do not send";
  }
  return {};
}

void Channel::Feed(const Event& event) {
  std::vector<Action> actions = std::move(spare_actions_);
  actions.clear();
  dispatcher_.On(Clock::now(), event, actions);
  for (const Action& action : actions) {
    tally_.Count(action);
    std::visit([this](const auto& a) { Perform(a); }, action);
  }
  spare_actions_ = std::move(actions);
}

void Channel::Perform(const Offer& offer) {
  // Lost by an earlier action of the same turn: then the dispatcher knows, and this offer is void.
  Peer* peer = Find(offer.worker);
  if (peer == nullptr) return;
  Pending& pending = pending_.at(offer.exchange);
  pending.worker = offer.worker;
  pending.slot = offer.slot;
  const Exchange& x = *pending.exchange;
  fields_.clear();
  for (size_t i = 0; i < x.request.fields.size(); ++i) {
    const auto [name, value] = x.request.fields[i];
    fields_.push_back({name, value});
  }
  texts_.assign(x.path_parameters.begin(), x.path_parameters.end());
  protocol::Message message{offer.exchange, offer.slot, protocol::Request()};
  auto& request = std::get<protocol::Request>(message.payload);
  request.generation = x.table->Generation();
  request.route = x.route;
  request.method = x.request.method;
  request.target = x.request.target;
  request.headers = fields_;
  request.path_parameters = texts_;
  request.arguments = x.arguments;
  request.form = x.form;
  request.verdict = x.verdict;
  size_t size = SizeOf(request);
  if (x.spooled) {
    ReadAgain(pending);
  } else if (!x.upload) {
    pending.upload = x.body->size() + size + protocol::kBatchHeader > peer->max_batch ? Rest(x.body) : nullptr;
  }
  if (pending.upload) {
    request.body_kind = pending.upload->Awaited() ? protocol::BodyKind::kAwaited : protocol::BodyKind::kStream;
  } else if (x.body_source.HasBody()) {
    request.body_kind = protocol::BodyKind::kWhole;
    request.body = {*x.body, x.body};
    size += x.body->size();
  }
  request.request_id = x.request_id;
  request.scheme = "http";
  request.client_host = x.client.host;
  request.client_port = x.client.port;
  request.attempt = offer.attempt;
  request.alone = offer.alone;
  if (size + protocol::kBatchHeader > peer->max_batch)
    return Feed(Unsendable{offer.worker, offer.exchange, offer.slot});
  if (peer->recorder) (*peer->recorder)->Offer(offer.slot, offer.exchange);
  Send(*peer, message, size);
  BeginUpload(offer.exchange);
}

void Channel::Send(Peer& peer, const protocol::Message& message, size_t size) {
  if (peer.unreachable) return;
  // A batch must not pass what the peer said it takes: the transport would drop it, and never tell.
  if (peer.outbox.Full() || peer.outbox.Size() + size > peer.max_batch) {
    if (!FlushOne(peer)) return GiveUp(peer);
  }
  if (!std::exchange(peer.dirty, true)) dirty_.push_back(peer.id);
  peer.outbox.Add(message);
  FlushSoon();
}

void Channel::FlushSoon() {
  if (std::exchange(flush_due_, true)) return;
  // Behind everything that this turn of the loop has made ready: one batch takes it all.
  boost::asio::post(loop_, [this] { Flush(); });
}

void Channel::Flush() {
  flush_due_ = false;
  for (const WorkerId id : std::exchange(dirty_, {})) {
    Peer* peer = Find(id);
    if (peer == nullptr) continue;
    if (Gathers(*peer)) {
      dirty_.push_back(id);
      continue;
    }
    peer->dirty = false;
    if (!FlushOne(*peer)) GiveUp(*peer);
  }
  if (!dirty_.empty()) FlushSoon();
}

bool Channel::Gathers(Peer& peer) const {
  const size_t size = peer.outbox.Size();
  const bool grows = size > std::exchange(peer.seen, size);
  return grows && size < kEnough && dispatcher_.Busy(peer.id) > 1 && ++peer.gathered <= kMostGathered;
}

bool Channel::FlushOne(Peer& peer) {
  peer.seen = 0;
  peer.gathered = 0;
  if (peer.outbox.Empty()) return true;
  return link_->Send(peer.address, peer.outbox.Seal({incarnation_, ++peer.last_sent})) == SendResult::kSent;
}

}  // namespace spikard::dispatch
