#include "server/http/http1_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/http/field_rules.h"

namespace ironscribe::server {
namespace {

// A connection gives way to others after this many reads or writes in one turn.
constexpr int kReadsPerTurn = 8;
constexpr int kWritesPerTurn = 16;
// How much of the next requests is read while one is being answered.
constexpr size_t kReadAheadBytes = 64 * 1024;
// How much of a reply is made ready for the socket at once.
constexpr size_t kOutputBytes = 64 * 1024;

Http1Limits Limits(const HttpOptions& options) {
  return {options.max_target_bytes, options.max_header_bytes, options.max_header_fields};
}

}  // namespace

Http1Connection::Http1Connection(ServerCore& core, std::unique_ptr<Stream> stream,
                                 ConnectionOrigin origin)
    : core_(core),
      stream_(std::move(stream)),
      origin_(std::move(origin)),
      parser_(std::make_unique<Http1Parser>(Limits(core.options))),
      phase_since_(origin_.opened),
      body_guard_(core.BodyRules()),
      write_guard_(core.WriteRules()) {}

void Http1Connection::Begin(std::string_view bytes) {
  in_.assign(bytes);
  Drive();
}

void Http1Connection::Process() {
  bool progress = true;
  while (progress && phase_ != Phase::kClosed) {
    progress = Parse();
    progress = Send() || progress;
  }
  in_.erase(0, parsed_);
  parsed_ = 0;
}

void Http1Connection::Drive() {
  Process();
  Arm();
}

// Takes one step; false if more bytes are needed or not wanted.
bool Http1Connection::Parse() {
  const bool in_body = phase_ == Phase::kRequest && !body_done_;
  if (malformed_ || !(in_body || phase_ == Phase::kIdle || phase_ == Phase::kHead)) {
    return false;
  }
  if (Unparsed().empty() && !in_body) {
    return false;
  }
  if (phase_ == Phase::kIdle) {
    phase_ = Phase::kHead;
    if (!first_request_) {
      phase_since_ = Clock::now();
    }
  }
  const Http1Step step = parser_->Next(Unparsed());
  switch (step.event) {
    case Http1Event::kNeedMore:
      break;
    case Http1Event::kHead:
      TakeHead();
      break;
    case Http1Event::kBody:
    case Http1Event::kEnd:
      TakeBodyEvent(step);
      break;
    case Http1Event::kRefused:
      RefuseMalformed(parser_->refusal());
      return true;
  }
  parsed_ += step.consumed_bytes;
  return step.event != Http1Event::kNeedMore;
}

void Http1Connection::TakeHead() {
  api::RequestHead head = std::move(parser_->head());
  head.peer_address = origin_.peer_address;
  head.listener = origin_.listener;
  head.tls = origin_.tls;
  const auto id = head.headers.Find("x-request-id");
  head.request_id = id.has_value() && IsSaneRequestId(*id) ? std::string(*id) : MakeRequestId();
  const auto expect = head.headers.Find("expect");
  continue_wanted_ = head.has_body && head.version == api::HttpVersion::kHttp11 &&
                     expect.has_value() && EqualsIgnoringCase(*expect, "100-continue");
  phase_ = Phase::kRequest;
  body_done_ = !head.has_body;
  if (head.has_body) {
    body_guard_.Begin(Clock::now());
  }
  exchange_ = std::make_unique<Exchange>(
      core_, std::move(head),
      [weak = std::weak_ptr<Connection>(weak_from_this()), &loop = core_.loop] {
        loop.Post([weak] {
          if (const auto self = weak.lock()) {
            static_cast<Http1Connection&>(*self).OnReplyReady();
          }
        });
      });
  exchange_->Admit();
  if (body_done_) {
    exchange_->EndBody();
  }
}

void Http1Connection::TakeBodyEvent(const Http1Step& step) {
  if (step.event == Http1Event::kBody) {
    continue_wanted_ = false;
    body_guard_.Advance(step.piece.size(), Clock::now());
    exchange_->TakeBody(step.piece);
    return;
  }
  body_done_ = true;
  body_guard_.End();
  exchange_->EndBody();
}

void Http1Connection::RefuseMalformed(const Http1Refusal& refusal) {
  malformed_ = true;
  body_guard_.End();
  if (exchange_ == nullptr) {
    api::RequestHead head = std::move(parser_->head());
    head.listener = origin_.listener;
    head.request_id = MakeRequestId();
    exchange_ = std::make_unique<Exchange>(core_, std::move(head), [] {});
    phase_ = Phase::kRequest;
  }
  if (!reply_begun_) {
    exchange_->Refuse(PlainReply(refusal.status, refusal.reason));
  }
}

// A reply may be waiting, or room for it.
bool Http1Connection::Send() {
  if (phase_ != Phase::kRequest || writing_) {
    return false;
  }
  for (int writes = 0; FillOutput(); ++writes) {
    if (writes == kWritesPerTurn) {
      core_.loop.Post(
          [self = shared_from_this()] { static_cast<Http1Connection&>(*self).Drive(); });
      return false;
    }
    const StreamTransfer sent = stream_->Write(std::string_view(out_).substr(written_));
    if (sent.outcome == StreamOutcome::kWouldBlock) {
      return false;
    }
    if (sent.outcome != StreamOutcome::kDone) {
      OnGone();
      return false;
    }
    written_ += sent.size_bytes;
    write_guard_.Advance(sent.size_bytes, Clock::now());
    if (written_ == out_.size()) {
      out_.clear();
      written_ = 0;
    }
  }
  write_guard_.End();  // the client has kept up
  const bool ended = reply_done_ && (body_done_ || close_after_);
  if (ended) {
    EndExchange();
  }
  return ended;
}

// True if there is something to write.
bool Http1Connection::FillOutput() {
  if (!out_.empty()) {
    return true;
  }
  if (continue_wanted_ && exchange_->accepts_body() && Unparsed().empty()) {
    continue_wanted_ = false;
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    return true;
  }
  if (!reply_begun_) {
    std::optional<ReplyHead> head = exchange_->TakeHead();
    if (head.has_value()) {
      StartReply(std::move(*head));
    }
  }
  if (!reply_begun_ || reply_done_) {
    return !out_.empty();
  }
  std::string piece;
  if (exchange_->TakeBytes(kOutputBytes, piece) > 0) {
    if (chunked_) {
      out_ += fmt::format("{:x}\r\n", piece.size());
    }
    out_ += piece;
    out_ += chunked_ ? "\r\n" : "";
  }
  const ReplyQueue::State state = exchange_->reply().state();
  if (state == ReplyQueue::State::kEnded) {
    out_ += chunked_ ? "0\r\n\r\n" : "";
    reply_done_ = true;
    exchange_->MarkComplete();
  } else if (state == ReplyQueue::State::kBroken) {
    OnGone();  // the client must not take a part for the whole
    return false;
  }
  return !out_.empty();
}

void Http1Connection::StartReply(ReplyHead head) {
  reply_begun_ = true;
  continue_wanted_ = false;
  const bool http10 = exchange_->head().version == api::HttpVersion::kHttp10;
  const bool bodiless = StatusForbidsBody(head.status) || exchange_->head().method == "HEAD";
  Framing framing = Framing::kLength;
  if (!head.content_length.has_value()) {
    framing = bodiless ? Framing::kNone : http10 ? Framing::kUntilClose : Framing::kChunked;
  } else if (StatusForbidsBody(head.status)) {
    framing = Framing::kNone;
  }
  chunked_ = framing == Framing::kChunked;
  close_after_ = MustClose() || framing == Framing::kUntilClose;
  if (http10 && !close_after_) {
    head.headers.Add("connection", "keep-alive");
  }
  out_ += EncodeHttp1Head(head, framing, close_after_);
}

bool Http1Connection::MustClose() const {
  return malformed_ || draining_ || core_.draining || !parser_->keep_alive() ||
         (!body_done_ && !exchange_->CanDropRest());
}

void Http1Connection::EndExchange() {
  exchange_->Close();
  exchange_.reset();
  body_guard_.End();
  phase_since_ = Clock::now();
  if (close_after_) {
    StartLinger();
    return;
  }
  parser_ = std::make_unique<Http1Parser>(Limits(core_.options));
  body_done_ = reply_begun_ = reply_done_ = chunked_ = continue_wanted_ = false;
  first_request_ = false;
  phase_ = Phase::kIdle;
  if (draining_) {
    Close();
  }
}

// Closing with bytes unread would reset the connection, and the client could lose the reply.
void Http1Connection::StartLinger() {
  phase_ = Phase::kLinger;
  parsed_ = in_.size();
  stream_->ShutdownWrite();
}

bool Http1Connection::WantsBytes() const {
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kLinger:
      return true;
    case Phase::kRequest:
      // While a call runs, only to learn that the client leaves (and what it sends ahead).
      return malformed_ || !body_done_ || in_.size() < kReadAheadBytes;
    case Phase::kClosed:
      return false;
  }
  return false;
}

void Http1Connection::Arm() {
  if (phase_ == Phase::kClosed) {
    return;
  }
  const auto self = std::static_pointer_cast<Http1Connection>(shared_from_this());
  if (!reading_ && WantsBytes()) {
    reading_ = true;
    stream_->WhenReadable([self] {
      self->reading_ = false;
      self->OnReadable();
    });
  }
  if (!writing_ && !out_.empty()) {
    writing_ = true;
    write_guard_.Begin(Clock::now());
    stream_->WhenWritable([self] {
      self->writing_ = false;
      self->Drive();
    });
  }
}

void Http1Connection::OnReadable() {
  for (int reads = 0; reads < kReadsPerTurn && WantsBytes(); ++reads) {
    const StreamTransfer read = stream_->Read(core_.scratch);
    if (read.outcome == StreamOutcome::kWouldBlock) {
      break;
    }
    if (read.outcome != StreamOutcome::kDone) {
      OnGone();
      return;
    }
    if (phase_ != Phase::kLinger && !malformed_) {
      in_.append(core_.scratch.data(), read.size_bytes);
      Process();
    }
  }
  Arm();
}

void Http1Connection::OnGone() { Close(); }

void Http1Connection::OnReplyReady() {
  if (exchange_ != nullptr) {
    exchange_->reply().Awake();
    Drive();
  }
}

void Http1Connection::CheckDeadlines(Clock::time_point now) {
  const HttpOptions& options = core_.options;
  switch (phase_) {
    case Phase::kIdle:
      if (now - phase_since_ >
          (first_request_ ? options.header_timeout : options.keep_alive_timeout)) {
        Close();
      }
      return;
    case Phase::kHead:
      if (now - phase_since_ > options.header_timeout) {
        RefuseMalformed({408, "the header fields took too long"});
        Drive();
      }
      return;
    case Phase::kRequest:
      if (write_guard_.Expired(now)) {
        stream_->Abort();
        Close();
      } else if (body_guard_.Expired(now)) {
        EndBodyWait();
      }
      return;
    case Phase::kLinger:
      if (now - phase_since_ > options.linger_timeout) {
        Close();
      }
      return;
    case Phase::kClosed:
      return;
  }
}

// A body that does not come: 408, or the end if an answer is out already.
void Http1Connection::EndBodyWait() {
  if (reply_begun_) {
    Close();
    return;
  }
  RefuseMalformed({408, "the body took too long"});
  Drive();
}

void Http1Connection::Drain() {
  draining_ = true;
  if (phase_ == Phase::kIdle) {
    Close();
  }
}

void Http1Connection::Close() {
  if (phase_ == Phase::kClosed) {
    return;
  }
  const std::shared_ptr<Connection> self = shared_from_this();
  phase_ = Phase::kClosed;
  if (exchange_ != nullptr) {
    exchange_->Close();
  }
  stream_->Close();
  core_.connections->Remove(this);
}

}  // namespace ironscribe::server
