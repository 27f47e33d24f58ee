#include "server/http/arrival.h"

#include <string_view>
#include <utility>

#include "server/http/field_rules.h"
#include "server/http/http1_connection.h"
#include "server/http/http2_connection.h"
#include "server/http/reply_head.h"

namespace ironscribe::server {
namespace {

// RFC 9113, section 3.4. No request of HTTP/1 begins like it.
constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// How long a client that was turned away may take to notice.
constexpr std::chrono::seconds kOverflowLinger{1};

}  // namespace

Arrival::Arrival(ServerCore& core, std::unique_ptr<Stream> stream, ConnectionOrigin origin)
    : core_(core), stream_(std::move(stream)), origin_(std::move(origin)) {}

void Arrival::Drive() {
  if (!handshake_done_) {
    const StreamOutcome outcome = stream_->Handshake();
    if (outcome == StreamOutcome::kWouldBlock) {
      WaitForBytes();
      return;
    }
    if (outcome != StreamOutcome::kDone) {
      Close();
      return;
    }
    handshake_done_ = true;
  }
  const StreamTransfer read = stream_->Read(core_.scratch);
  if (read.outcome == StreamOutcome::kWouldBlock) {
    WaitForBytes();
    return;
  }
  if (read.outcome != StreamOutcome::kDone) {
    Close();
    return;
  }
  bytes_.append(core_.scratch.data(), read.size_bytes);
  const std::string_view begin = std::string_view(bytes_).substr(0, kHttp2Preface.size());
  if (begin.size() < kHttp2Preface.size() && kHttp2Preface.starts_with(begin)) {
    WaitForBytes();
    return;
  }
  HandOver();
}

void Arrival::WaitForBytes() {
  stream_->WhenReadable([self = shared_from_this()] { static_cast<Arrival&>(*self).Drive(); });
}

void Arrival::HandOver() {
  const std::shared_ptr<Connection> self = shared_from_this();
  core_.connections->Remove(this);
  if (bytes_.starts_with(kHttp2Preface)) {
    auto next = std::make_shared<Http2Connection>(core_, std::move(stream_), std::move(origin_));
    core_.connections->Add(next);
    next->Begin(bytes_);
  } else {
    auto next = std::make_shared<Http1Connection>(core_, std::move(stream_), std::move(origin_));
    core_.connections->Add(next);
    next->Begin(bytes_);
  }
}

void Arrival::CheckDeadlines(Clock::time_point now) {
  if (now - origin_.opened > core_.options.header_timeout) {
    Close();
  }
}

void Arrival::Close() {
  if (stream_ == nullptr) {
    return;
  }
  const std::shared_ptr<Connection> self = shared_from_this();
  stream_->Close();
  core_.connections->Remove(this);
}

Overflow::Overflow(ServerCore& core, std::unique_ptr<Stream> stream)
    : core_(core), stream_(std::move(stream)), opened_(Clock::now()) {}

void Overflow::Begin() {
  api::Reply reply = PlainReply(503, "too many connections");
  ReplyHead head{reply.status, std::move(reply.headers), reply.body.size()};
  head.headers.Add("retry-after", "1");
  CompleteHead(MakeRequestId(), core_.date.Now(), head);
  // A new socket has room for it; if not, nothing is lost.
  static_cast<void>(
      stream_->Write(EncodeHttp1Head(head, Framing::kLength, /*close=*/true) + reply.body));
  stream_->ShutdownWrite();
  OnReadable();
}

void Overflow::OnReadable() {
  const StreamTransfer read = stream_->Read(core_.scratch);
  if (read.outcome == StreamOutcome::kEnd || read.outcome == StreamOutcome::kFailed) {
    Close();
    return;
  }
  stream_->WhenReadable(
      [self = shared_from_this()] { static_cast<Overflow&>(*self).OnReadable(); });
}

void Overflow::CheckDeadlines(Clock::time_point now) {
  if (now - opened_ > kOverflowLinger) {
    Close();
  }
}

void Overflow::Close() {
  const std::shared_ptr<Connection> self = shared_from_this();
  stream_->Close();
  core_.connections->Remove(this);
}

}  // namespace ironscribe::server
