// The data channel: hands exchanges to workers, takes their answers, and carries out what the dispatcher decides.
#pragma once

#include <functional>
#include <map>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "base/wake.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/generations.hpp"
#include "dispatch/incident.hpp"
#include "dispatch/link.hpp"
#include "dispatch/peer.hpp"
#include "dispatch/poison_guard.hpp"
#include "dispatch/tally.hpp"
#include "http/exchange.hpp"
#include "net/deadlines.hpp"
#include "protocol/codec.hpp"
#include "route/active.hpp"
#include "stage/load.hpp"

namespace spikard::dispatch {

class Channel {
 public:
  // Of each stream: bytes that may be under way.
  static constexpr uint32_t kWindow = 256 * 1024;

  Channel(base::Loop& loop, route::Active& active, DispatchLimits limits);

  // REQUIRES: once, before anything else.
  void Connect(Link& link) { link_ = &link; }

  // Fills the exchange's response: a worker's answer, or its beginning and a stream with the rest, or a problem.
  // Nothing if the client has gone.
  base::Task<void> HandOver(http::Exchange& exchange);

  // A batch has come in.
  void OnBatch(const PeerAddress& from, std::vector<protocol::Frame> frames);

  // A local worker has attached, with its flight recorder if it has one: returns the token that its Hello must
  // carry; empty: the front end is stopping.
  std::string Admit(std::unique_ptr<Recorder> recorder = nullptr);
  // It asks for a drain, over the attach socket.
  void OnLeaving(const std::string& token);
  // Its connection or its process has ended: how, will be told.
  void OnEnding(const std::string& token);
  // It is gone: its process has ended, or it has closed the attach socket. What it had sent before may still come.
  void OnDetached(const std::string& token, std::string_view cause, ProcessEnd end = {});
  // It has said where it stands, as it was ordered to.
  void OnStacks(const std::string& token, const protocol::Stacks& stacks);
  // How to give a local worker an order, which reaches it even if its loop is stuck.
  void OnOrder(std::function<void(const std::string& token, const protocol::Payload& order)> callback) {
    on_order_ = std::move(callback);
  }
  // How to tell a local worker that its connection is over.
  void OnDistrust(std::function<void(const std::string& token)> callback) { on_distrust_ = std::move(callback); }

  uint64_t Incarnation() const { return incarnation_; }
  bool Ready() const;
  // Without the connections, which are not the channel's.
  stage::Load Load() const;
  // What it means for the front end that workers come and go.
  struct Outlook {
    std::function<void()> last_leaves;  // the last ready one has asked to leave; it may when LetLeave is called
    std::function<void()> ready;        // one has become ready
  };
  void OnOutlook(Outlook callbacks) { outlook_ = std::move(callbacks); }
  // Drains those who have asked for it.
  void LetLeave();
  // The front end leaves: lets all workers finish; `done` is called when none is left.
  void Drain(std::function<void()> done);
  // No worker will come any more: says so to those that are there, and answers what waits for one.
  void Abandon();
  // Ends the heartbeat, so that the loop can end.
  void Stop() {
    heartbeat_.cancel();
    watch_.cancel();
    deadlines_.Stop();
  }

 private:
  // An exchange that somebody waits for. Its deadline is that of its route: for the beginning of the response.
  struct Pending final : net::Deadline {
    Pending(Channel& of, ExchangeId number, http::Exchange& x, base::Wake& waiting)
        : channel(of), id(number), exchange(&x), wake(&waiting), upload(x.upload) {}
    ~Pending() override {
      if (upload) upload->Close();
    }
    void OnDeadline() override { channel.Cancel(id, protocol::CancelReason::kDeadline); }

    Channel& channel;
    const ExchangeId id;
    http::Exchange* exchange;  // null once the response has begun, as is `wake`
    base::Wake* wake;
    std::shared_ptr<http::BodyStream> stream;  // the rest of the response
    // What is told of it once the exchange itself is out of reach.
    Incident::Exchange description;
    PoisonGuard::Print print = 0;
    const net::Clock::time_point since = net::Clock::now();
    // Who has it.
    WorkerId worker = 0;
    Slot slot = 0;
    // Of the stream: bytes that the worker may still send, and those that the client has taken since it was told.
    size_t window = 0;
    size_t taken = 0;
    // The body, if it is streamed: bytes that the worker takes, and what has become of it.
    std::shared_ptr<http::Upload> upload;
    size_t room = 0;
    bool sent_last = false;
    bool spent = false;
    std::chrono::milliseconds timeout{0};
  };

  // A batch of somebody not known, as far as it has been read.
  void OnStranger(const PeerAddress& from, protocol::Errc error);
  void OnHello(const PeerAddress& from, const protocol::Hello& hello);
  void OnManifest(Peer& peer, std::string_view manifest);
  void Welcome(Peer& peer);
  void Refuse(Peer& peer, protocol::RefusalReason reason, const std::string& detail);
  void RefuseVersion(const PeerAddress& from);
  // Returns an empty string, or why the peer can no longer be trusted.
  std::string_view OnMessage(Peer& peer, const protocol::Message& message);
  std::string_view OnReady(Peer& peer);

  void Feed(const Event& event);
  void Perform(const Offer& offer);
  void Perform(const Pass& pass);
  void Perform(const TakeBack& take_back);
  void Perform(const Revoke& revoke);
  void Perform(const Deliver& deliver);
  void Perform(const Rematch& rematch);
  void Perform(const Fail& fail);
  void Perform(const Distrust& distrust);
  // Returns false if HTTP does not allow the fields: the exchange is answered with a problem.
  bool FillHead(const protocol::Response& response, http::Exchange& exchange) const;
  void Fill(const protocol::Response& response, http::Exchange& exchange) const;
  void Fill(const protocol::Problem& problem, http::Exchange& exchange) const;
  // Who keeps the bytes of a body that travelled as a frame of its own; else nobody.
  std::shared_ptr<const void> OwnerOf(std::string_view bytes) const;

  // The worker is told that nobody wants the answer, and whoever waits here is woken.
  void Cancel(ExchangeId id, protocol::CancelReason reason);
  void BeginResponse(Pending& pending, const protocol::Response& response);
  // Returns false if the worker has sent more than it may, and is lost.
  bool PutPart(Pending& pending, std::string_view bytes);
  // The client has taken these bytes of a stream: its worker may send more.
  void OnTaken(ExchangeId id, size_t bytes);

  // More of the exchange's body has come, or it is whole, or it never will be.
  void OnUpload(ExchangeId id);
  // Another worker begins: it gets the body from its file. REQUIRES: the exchange's body is spooled.
  void ReadAgain(Pending& pending);
  // It gets what there is from the beginning.
  void BeginUpload(ExchangeId id);
  // Sends what is there and the worker takes.
  void SendUpload(ExchangeId id);
  // Returns false if everything that there is to send, or that the worker takes now, was sent.
  bool SendPart(Pending& pending);
  void OnWindow(Pending& pending, uint32_t bytes);

  // Forgets the peer; what it had goes by the dispatcher's rules. `end`: WorkerLost or WorkerLeft.
  void Forget(Peer& peer, const Event& end);
  // The same for one that has said Goodbye.
  void Leave(Peer& peer);
  // The same for one that did something it must not, and lets it know.
  void Lose(Peer& peer, std::string_view cause);
  // The same for one that cannot be sent anything; but that its process has ended, and how, may be told yet.
  void GiveUp(Peer& peer);
  // Has its flight recorder, if there is one, tell what it had not begun, and what it has answered; the log gets all.
  void ReadLastWords(Peer& peer, std::string_view cause, ProcessEnd end = {});
  Incident BeginIncident(const Peer& peer, std::string_view event, std::string_view cause) const;
  Incident::Exchange DescribeIn(const Pending& pending) const;
  // What has become of an exchange that its worker does not have any more.
  std::string_view OutcomeOf(ExchangeId id) const;
  // Those that ran as the process died are suspects: `words` tells; those that are poison are answered.
  void Blame(Peer& peer, LastWords& words, const std::vector<ExchangeId>& held, bool by_itself);
  PoisonGuard::Print PrintOf(const http::Exchange& exchange) const;
  // Something that it had has not ended yet.
  bool MayAnswer(const Peer& peer) const;
  // `size`: an upper bound of the message's bytes.
  void Send(Peer& peer, const protocol::Message& message, size_t size);
  void Send(Peer& peer, protocol::Payload payload, ExchangeId exchange = 0, Slot slot = 0, size_t size = 1024) {
    Send(peer, {exchange, slot, std::move(payload)}, size);
  }
  void FlushSoon();
  void Flush();
  // The batch has grown with the last turn of the loop: the next one may bring more. A lone request never waits.
  bool Gathers(Peer& peer) const;
  bool FlushOne(Peer& peer);
  void Beat();
  // Looks at the flight recorders, again and again.
  void Watch();
  // At the tick.
  void LookAt(Peer& peer, net::Clock::time_point now, bool late);
  // At what it has answered: asks for ends that do not come. What is not there before the Pong never will be.
  void AskForEnds(Peer& peer);
  std::string_view OnPong(Peer& peer, uint64_t number);
  Peer* Find(WorkerId id);
  Peer* FindByToken(const std::string& token);
  // Lets the newest generation that has a ready worker be the active one. The workers of those that it takes over from
  // are drained once it has served for a while. Older ones that come later wait for their chance.
  void Reactivate();
  void OnAsked(Peer& peer);
  void StartDrain(Peer& peer);
  // The peers of now, however many of them go meanwhile.
  void ForEachPeer(const std::function<void(Peer&)>& visit);
  void FinishDrain();

  base::Loop& loop_;
  route::Active& active_;
  Link* link_ = nullptr;
  const uint64_t incarnation_;
  base::Timer heartbeat_;
  base::Timer watch_;
  net::Deadlines deadlines_;
  Dispatcher dispatcher_;
  Generations generations_;

  std::unordered_map<PeerAddress, Peer> peers_;
  std::map<WorkerId, PeerAddress> addresses_;
  struct Admitted {
    std::string token;
    std::unique_ptr<Recorder> recorder;
  };
  std::vector<Admitted> admitted_;                 // whose Hello has not come yet
  std::pmr::unsynchronized_pool_resource places_;  // of what is pending: as many come as go
  std::pmr::unordered_map<ExchangeId, Pending> pending_{&places_};
  WorkerId last_worker_ = 0;
  ExchangeId last_exchange_ = 0;
  uint64_t last_stack_ = 0;  // that a worker was asked for
  Tally tally_;
  PoisonGuard guard_;
  std::string incident_;  // whose consequences are being carried out

  bool flush_due_ = false;
  std::vector<WorkerId> dirty_;
  protocol::BatchReader reader_;
  std::vector<protocol::Field> fields_;  // scratch of Perform(Offer)
  std::vector<std::string_view> texts_;
  std::vector<Action> spare_actions_;  // memory of the last Feed
  // What the dispatcher decides about, while it does.
  protocol::CancelReason cancel_reason_ = protocol::CancelReason::kClientGone;
  const protocol::Message* answer_ = nullptr;
  const std::vector<protocol::Frame>* answer_frames_ = nullptr;

  bool draining_ = false;
  std::function<void()> drained_;
  Outlook outlook_;
  std::function<void(const std::string&)> on_distrust_;
  std::function<void(const std::string&, const protocol::Payload&)> on_order_;
};

}  // namespace spikard::dispatch
