#include "server/http/exchange.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/http/field_rules.h"

namespace ironscribe::server {
namespace {

// nginx's code for a client that left before it was answered; never sent.
constexpr int kClientLeft = 499;

std::string_view ProtocolLabel(api::HttpVersion version) {
  switch (version) {
    case api::HttpVersion::kHttp10:
      return "HTTP/1.0";
    case api::HttpVersion::kHttp11:
      return "HTTP/1.1";
    case api::HttpVersion::kHttp2:
      return "HTTP/2";
  }
  return "";
}

// What is wrong with the announcement of a body, whatever the service thinks of the request.
std::optional<api::Reply> BodyRefusal(const api::RequestHead& head, uint64_t max_body_bytes) {
  if (head.content_length.value_or(0) > max_body_bytes) {
    return PlainReply(413, "the body is larger than this server takes");
  }
  for (const std::string_view encoding : head.headers.FindAll("content-encoding")) {
    if (head.has_body && !EqualsIgnoringCase(encoding, "identity")) {
      api::Reply reply = PlainReply(415, "compressed bodies are not taken");
      reply.headers.Add("accept-encoding", "identity");
      return reply;
    }
  }
  const auto expectation = head.headers.Find("expect");
  if (expectation.has_value() && !EqualsIgnoringCase(*expectation, "100-continue")) {
    return PlainReply(417, "the only expectation that can be met is 100-continue");
  }
  return std::nullopt;
}

}  // namespace

Exchange::Exchange(ServerCore& core, api::RequestHead head, std::function<void()> wake)
    : core_(core),
      head_(std::move(head)),
      reply_(std::make_shared<ReplyQueue>(
          ReplyQueue::Rules{std::max<size_t>(1, core.options.reply_buffer_bytes),
                            head_.method == "HEAD"},
          std::move(wake))),
      begun_(Clock::now()) {}

Exchange::~Exchange() { Close(); }

void Exchange::Admit() {
  api::Admission admission = core_.service.Admit(head_);
  route_ = std::move(admission.route);
  if (auto* refusal = std::get_if<api::Reply>(&admission.outcome)) {
    Refuse(std::move(*refusal));
    return;
  }
  call_ = std::move(std::get<std::unique_ptr<api::Call>>(admission.outcome));
  if (call_ == nullptr) {
    Refuse(PlainReply(500, "the request was not answered"));
    return;
  }
  if (auto refusal = BodyRefusal(head_, core_.options.max_body_bytes)) {
    Refuse(std::move(*refusal));
  }
}

void Exchange::Refuse(api::Reply reply) {
  call_.reset();
  static_cast<void>(reply_->Send(std::move(reply)));
}

void Exchange::TakeBody(std::string_view piece) {
  bytes_in_ += piece.size();
  if (call_ == nullptr || piece.empty()) {
    return;
  }
  if (bytes_in_ > core_.options.max_body_bytes) {
    Refuse(PlainReply(413, "the body is larger than this server takes"));
    return;
  }
  if (auto refusal = call_->TakeBody(piece)) {
    Refuse(std::move(*refusal));
  }
}

void Exchange::EndBody() {
  if (call_ == nullptr) {
    return;
  }
  // Shared because std::function must be copyable; only the worker touches it.
  std::shared_ptr<api::Call> call = std::move(call_);
  ticket_ = core_.workers.Submit(
      [call = std::move(call), reply = reply_, gone = client_gone_.get_token()] {
        call->Run(*reply, gone);
        reply->CallReturned();
      });
}

bool Exchange::CanDropRest() const {
  return !body_given_up_ && head_.content_length.has_value() &&
         !head_.headers.Find("expect").has_value() &&
         *head_.content_length <= core_.options.max_dropped_body_bytes;
}

std::optional<ReplyHead> Exchange::TakeHead() {
  std::optional<ReplyHead> head = reply_->TakeHead();
  if (head.has_value()) {
    status_ = head->status;
    CompleteHead(head_.request_id, core_.date.Now(), *head);
  }
  return head;
}

size_t Exchange::TakeBytes(size_t max_bytes, std::string& out) {
  const size_t count = reply_->TakeBytes(max_bytes, out);
  bytes_out_ += count;
  return count;
}

void Exchange::Close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  if (!complete_) {
    reply_->Cancel();
    client_gone_.request_stop();
    if (ticket_.has_value()) {
      core_.workers.Withdraw(*ticket_);
    }
  }
  call_.reset();
  Report();
}

void Exchange::Report() {
  if (!core_.observer) {
    return;
  }
  AccessRecord record;
  record.method = MethodLabel(head_.method);
  record.route = route_;
  record.listener = head_.listener;
  record.protocol = ProtocolLabel(head_.version);
  record.status = status_ == 0 ? kClientLeft : status_;
  record.complete = complete_;
  record.bytes_in = bytes_in_;
  record.bytes_out = bytes_out_;
  record.duration = Clock::now() - begun_;
  core_.observer(record);
}

}  // namespace ironscribe::server
