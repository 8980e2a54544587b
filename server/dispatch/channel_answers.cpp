// What workers say of their exchanges, and what becomes of it: whole answers, streams, the end of those nobody wants.
#include <utility>

#include "base/log.hpp"
#include "dispatch/channel.hpp"

namespace spikard::dispatch {

using http::BodyStream;
using http::Exchange;
using protocol::CancelReason;
using protocol::Frame;

void Channel::Perform(const Pass& pass) {
  Pending& pending = pending_.at(pass.exchange);
  if (const auto* response = std::get_if<protocol::Response>(&answer_->payload)) {
    BeginResponse(pending, *response);
  } else if (const auto* chunk = std::get_if<protocol::Chunk>(&answer_->payload)) {
    PutPart(pending, chunk->body.bytes);
  } else if (const auto* window = std::get_if<protocol::Window>(&answer_->payload)) {
    OnWindow(pending, window->bytes);
  }
}

void Channel::BeginResponse(Pending& pending, const protocol::Response& response) {
  const ExchangeId id = pending.id;
  Exchange& x = *pending.exchange;
  pending.Never();
  if (!FillHead(response, x)) return Cancel(id, CancelReason::kClientGone);
  pending.stream = std::make_shared<BodyStream>(
      loop_, [this, id](size_t bytes) { OnTaken(id, bytes); }, [this, id] { Cancel(id, CancelReason::kClientGone); });
  pending.window = kWindow;
  // It never runs again.
  if (pending.upload) pending.upload->Forget();
  x.response.stream = pending.stream;
  pending.description = DescribeIn(pending);
  pending.print = PrintOf(x);
  pending.exchange = nullptr;
  std::exchange(pending.wake, nullptr)->Notify();
  PutPart(pending, response.body.bytes);
}

bool Channel::PutPart(Pending& pending, std::string_view bytes) {
  if (bytes.size() > pending.window) {
    if (Peer* peer = Find(pending.worker)) Lose(*peer, "more of a response than its window");
    return false;
  }
  pending.window -= bytes.size();
  if (auto owner = OwnerOf(bytes)) {
    pending.stream->Put(bytes, std::move(owner));
  } else {
    pending.stream->Put(bytes);
  }
  return true;
}

void Channel::OnTaken(ExchangeId id, size_t bytes) {
  Pending& pending = pending_.at(id);
  pending.taken += bytes;
  // Until then the worker has the other half: a message back for each small part would cost as much as the part.
  if (pending.taken < kWindow / 2) return;
  Peer* peer = Find(pending.worker);
  if (peer == nullptr) return;  // its loss is on its way
  const size_t more = std::exchange(pending.taken, 0);
  pending.window += more;
  Send(*peer, protocol::Window{static_cast<uint32_t>(more)}, id, pending.slot);
}

void Channel::Cancel(ExchangeId id, CancelReason reason) {
  const auto node = pending_.extract(id);
  if (node.empty()) return;
  Pending& pending = node.mapped();
  if (reason == CancelReason::kDeadline) pending.exchange->Answer(http::Fault::kDeadline);
  if (pending.wake != nullptr) pending.wake->Notify();
  if (pending.stream) pending.stream->End(BodyStream::State::kBroken);
  cancel_reason_ = reason;
  Feed(Cancelled{id});
}

void Channel::Perform(const TakeBack& take_back) {
  const auto& [id, worker, slot] = take_back;
  Peer* peer = Find(worker);
  if (peer != nullptr && peer->recorder && (*peer->recorder)->Revoke(slot, id)) Feed(TakenBack{worker, id, slot});
}

void Channel::Perform(const Revoke& revoke) {
  Peer* peer = Find(revoke.worker);
  if (peer == nullptr || !peer->incident.empty()) return;
  Send(*peer, protocol::Cancel{cancel_reason_}, revoke.exchange, revoke.slot);
}

void Channel::Perform(const Deliver& deliver) {
  const auto node = pending_.extract(deliver.exchange);
  Pending& pending = node.mapped();
  if (!guard_.Idle()) guard_.Absolve(pending.exchange != nullptr ? PrintOf(*pending.exchange) : pending.print);
  if (const auto* chunk = std::get_if<protocol::Chunk>(&answer_->payload)) {
    const bool whole = PutPart(pending, chunk->body.bytes);
    return pending.stream->End(whole ? BodyStream::State::kWhole : BodyStream::State::kBroken);
  }
  // The worker could not finish what its client has seen the beginning of.
  if (pending.stream) return pending.stream->End(BodyStream::State::kBroken);
  if (const auto* response = std::get_if<protocol::Response>(&answer_->payload)) {
    Fill(*response, *pending.exchange);
  } else {
    Fill(std::get<protocol::Problem>(answer_->payload), *pending.exchange);
  }
  pending.wake->Notify();
}

void Channel::Perform(const Rematch& rematch) {
  const auto node = pending_.extract(rematch.exchange);
  Pending& pending = node.mapped();
  Exchange& x = *pending.exchange;
  if (x.upload) {
    // It is not over: the next one who has the exchange will read it from the beginning.
    x.upload->OnChange(nullptr);
    pending.upload = nullptr;
  }
  x.rematch = true;
  x.attempts = rematch.attempts;
  pending.wake->Notify();
}

void Channel::Perform(const Fail& fail) {
  const auto node = pending_.extract(fail.exchange);
  Pending& pending = node.mapped();
  if (pending.stream) return pending.stream->End(BodyStream::State::kBroken);
  Exchange& x = *pending.exchange;
  x.Answer(fail.fault, fail.fault == http::Fault::kWorkerLost ? std::string_view(incident_) : std::string_view());
  pending.wake->Notify();
}

void Channel::Perform(const Distrust& distrust) {
  if (Peer* peer = Find(distrust.worker)) {
    Lose(*peer, "an answer out of turn, or for an exchange that is not in that slot");
  }
}

bool Channel::FillHead(const protocol::Response& response, Exchange& x) const {
  for (const auto& [name, value] : response.headers) {
    if (http::IsToken(name) && http::IsFieldValue(value)) {
      x.response.fields.Add(name, value);
      continue;
    }
    spdlog::error("request {}: the response has a header field that HTTP does not allow", x.request_id);
    x.response.Clear();
    x.Answer(http::Fault::kBadAnswer);
    return false;
  }
  x.response.status = response.status;
  return true;
}

void Channel::Fill(const protocol::Response& response, Exchange& x) const {
  if (!FillHead(response, x)) return;
  const std::string_view bytes = response.body.bytes;
  if (auto owner = OwnerOf(bytes)) {
    x.response.SetBody(bytes, std::move(owner));
  } else {
    x.response.SetBody(bytes);
  }
}

void Channel::Fill(const protocol::Problem& problem, Exchange& x) const {
  for (const auto& [name, value] : problem.headers) {
    if (http::IsToken(name) && http::IsFieldValue(value)) x.response.fields.Add(name, value);
  }
  x.Answer(http::Problem{problem.status, problem.slug, problem.detail, problem.errors});
}

std::shared_ptr<const void> Channel::OwnerOf(std::string_view bytes) const {
  for (const Frame& frame : *answer_frames_) {
    if (frame.owner && frame.bytes.data() == bytes.data()) return frame.owner;
  }
  return nullptr;
}

}  // namespace spikard::dispatch
