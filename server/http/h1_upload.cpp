// Bodies that are handed on while they come, to somebody who may already answer.
#include <utility>

#include "http/h1_session.hpp"

namespace spikard::http {

Fault H1Session::StreamBody(std::string& body, uint64_t limit, std::shared_ptr<Upload>& rest) {
  if (!Buffered().empty()) exchange_.request.expects_continue = false;
  buffer_.consume(parser_->ParseBody(Buffered(), body, limit));
  if (parser_->fault() != Fault::kNone || parser_->Done()) return parser_->fault();
  upload_limit_ = limit;
  upload_ = std::make_shared<Upload>(exchange_.request.expects_continue, [this] { Pump(); }, sessions_.kept());
  upload_->Put(std::make_shared<const std::string>(std::exchange(body, {})));
  if (!body_deadline_) {
    body_deadline_ = std::make_unique<BodyDeadline>(*this);
    sessions_.Watch(*body_deadline_);
  }
  rest = upload_;
  return Fault::kNone;
}

void H1Session::Pump() {
  // What is put in may make more of it wanted.
  if (!Uploading() || std::exchange(pumping_, true)) return;
  // After the client's end, at once: it tells whether the body will ever be whole.
  if (upload_->Wanted() || half_closed_) {
    if (!AskForBody()) {
      pumping_ = false;
      return OnGone();
    }
    std::string part;
    buffer_.consume(parser_->ParseBody(Buffered(), part, upload_limit_));
    upload_->Put(std::make_shared<const std::string>(std::move(part)));
    if (parser_->fault() != Fault::kNone || parser_->Done()) {
      upload_->End(parser_->fault());
    } else if (half_closed_) {
      upload_->End(Fault::kIncomplete);
    }
  }
  pumping_ = false;
  if (Uploading() && upload_->Wanted()) {
    body_deadline_->Expire(net::Clock::now() + sessions_.config().body_timeout);
  } else {
    body_deadline_->Never();
  }
  Watch();
}

bool H1Session::AskForBody() {
  if (!std::exchange(exchange_.request.expects_continue, false)) return true;
  // Behind the head of the answer it would be part of that.
  return phase_ != Phase::kAnswering || !Buffered().empty() || SendContinue();
}

void H1Session::OnBodyDeadline() {
  if (Uploading()) upload_->End(Fault::kRequestTimeout);
}

void H1Session::EndUpload() {
  if (!upload_) return;
  upload_->Detach();
  upload_->Close();
  upload_.reset();
  body_deadline_->Never();
}

}  // namespace spikard::http
