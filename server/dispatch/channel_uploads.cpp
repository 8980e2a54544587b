// Request bodies that workers read while they come.
#include <algorithm>
#include <limits>

#include "dispatch/channel.hpp"
#include "dispatch/spooled_upload.hpp"

namespace spikard::dispatch {

using http::Upload;

namespace {
// What goes into one message at most: others of the same batch are not to wait for it.
constexpr size_t kMaxPart = 64 * 1024;
constexpr size_t kMaxWindow = std::numeric_limits<int32_t>::max();
constexpr size_t kChunkOverhead = 512;
}  // namespace

void Channel::OnUpload(ExchangeId id) {
  Pending& pending = pending_.at(id);
  if (pending.upload->state() != Upload::State::kBroken) return SendUpload(id);
  if (pending.exchange != nullptr) {
    // What follows on the connection cannot be told from the rest of the body.
    pending.exchange->response.close = !pending.exchange->spooled;
    pending.exchange->Answer(pending.upload->fault());
  }
  Cancel(id, protocol::CancelReason::kClientGone);
}

void Channel::ReadAgain(Pending& pending) {
  if (pending.upload) pending.upload->Close();
  pending.upload = UploadOf(pending.exchange->spooled);
  pending.upload->OnChange([this, id = pending.id] { OnUpload(id); });
}

void Channel::BeginUpload(ExchangeId id) {
  const auto found = pending_.find(id);
  if (found == pending_.end() || !found->second.upload) return;
  Pending& pending = found->second;
  pending.upload->Rewind();
  pending.room = pending.upload->Awaited() ? 0 : kWindow;
  pending.sent_last = false;
  SendUpload(id);
}

void Channel::SendUpload(ExchangeId id) {
  // Sending may be the end of the worker, and that of the exchange.
  auto found = pending_.find(id);
  while (found != pending_.end() && SendPart(found->second)) found = pending_.find(id);
  if (found == pending_.end()) return;
  Pending& pending = found->second;
  Upload& upload = *pending.upload;
  if (Find(pending.worker) == nullptr || !dispatcher_.HasBegun(id)) return upload.Want(0);
  const bool with_client = upload.state() == Upload::State::kOpen && pending.room > 0;
  // While the client still sends, it has deadlines of its own.
  if (with_client) {
    pending.Never();
  } else if (pending.exchange != nullptr && pending.timeout.count() != 0) {
    pending.Expire(net::Clock::now() + pending.timeout);
  }
  upload.Want(pending.room);
}

bool Channel::SendPart(Pending& pending) {
  Peer* peer = Find(pending.worker);
  if (peer == nullptr || !dispatcher_.HasBegun(pending.id) || pending.sent_last) return false;
  Upload& upload = *pending.upload;
  const Upload::Part part = upload.Take(std::min({pending.room, kMaxPart, size_t{peer->max_batch} / 2}));
  pending.sent_last = upload.state() == Upload::State::kWhole && upload.Unread() == 0;
  if (part.bytes.empty() && !pending.sent_last) return false;
  pending.room -= part.bytes.size();
  // One that was buffered first is still there.
  const bool kept = !upload.Spent() || pending.exchange == nullptr || !pending.exchange->upload;
  if (!kept && !std::exchange(pending.spent, true)) Feed(Spent{pending.id});
  const protocol::Chunk chunk{{part.bytes, part.owner}, pending.sent_last, {}};
  Send(*peer, chunk, pending.id, pending.slot, part.bytes.size() + kChunkOverhead);
  return true;
}

void Channel::OnWindow(Pending& pending, uint32_t bytes) {
  if (!pending.upload || bytes > kMaxWindow - pending.room) {
    if (Peer* peer = Find(pending.worker)) Lose(*peer, "a window that is not due");
    return;
  }
  if (pending.sent_last) return;
  pending.room += bytes;
  SendUpload(pending.id);
}

}  // namespace spikard::dispatch
