#include "server/http/http2_connection.h"

#include <cstring>
#include <utility>

#include "server/http/field_rules.h"

namespace ironscribe::server {
namespace {

// A connection gives way to others after this many reads or writes in one turn.
constexpr int kReadsPerTurn = 8;
constexpr int kWritesPerTurn = 16;
// How much is made ready for the socket at once.
constexpr size_t kOutputBytes = 64 * 1024;
// Between asking a client to open no more streams and refusing them: a round trip of a slow
// network.
constexpr std::chrono::milliseconds kShutdownNotice{500};
// A client that has its reply and still sends the body is asked to stop (RFC 9113, section 8.1)
// after this time only: curl 7.88 takes a reset that comes with the reply for an error, and stops
// by itself.
constexpr std::chrono::milliseconds kResetDelay{500};

}  // namespace

Http2Connection::Http2Connection(ServerCore& core, std::unique_ptr<Stream> stream,
                                 ConnectionOrigin origin)
    : core_(core),
      stream_(std::move(stream)),
      origin_(std::move(origin)),
      idle_since_(Clock::now()),
      write_guard_(core.WriteRules()),
      resets_(core.options.max_client_resets, idle_since_),
      control_frames_(core.options.max_control_frames, idle_since_),
      window_updates_(core.options.max_window_updates, idle_since_) {}

void Http2Connection::Begin(std::string_view bytes) {
  Result<std::unique_ptr<Http2Session>> session = Http2Session::Create(core_.options, *this);
  if (!session.ok()) {
    Close();
    return;
  }
  session_ = std::move(session).value();
  Receive(bytes);
  Drive();
}

Http2Connection::OpenStream* Http2Connection::Find(int32_t stream) {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : &found->second;
}

void Http2Connection::OnRequestBegins(int32_t stream) {
  streams_.try_emplace(stream, core_);
  head_since_ = Clock::now();
  head_stream_ = stream;
}

void Http2Connection::OnField(int32_t stream, std::string_view name, std::string_view value) {
  if (OpenStream* open = Find(stream)) {
    open->request.Add(name, value);
  }
}

void Http2Connection::OnBadField(int32_t stream) {
  if (OpenStream* open = Find(stream)) {
    open->request.MarkBad();
  }
}

void Http2Connection::OnRequestHead(int32_t stream, bool end_of_body) {
  head_stream_ = 0;
  OpenStream* open = Find(stream);
  if (open == nullptr) {
    return;
  }
  open->body_done = end_of_body;
  if (!end_of_body) {
    open->body_guard.Begin(Clock::now());
  }
  const std::optional<Http2Refusal> refusal = open->request.Complete(!end_of_body);
  MakeExchange(stream, *open);
  if (refusal.has_value()) {
    open->exchange->Refuse(PlainReply(refusal->status, refusal->reason));
  } else {
    open->exchange->Admit();
    const bool waits = ListHas(open->exchange->head().headers, "expect", "100-continue");
    if (waits && !end_of_body && open->exchange->accepts_body()) {
      session_->SubmitContinue(stream);
    }
  }
  if (end_of_body) {
    open->exchange->EndBody();
  }
  Advance(stream, *open);
}

void Http2Connection::MakeExchange(int32_t stream, OpenStream& open) {
  api::RequestHead head = std::move(open.request.head());
  head.peer_address = origin_.peer_address;
  head.listener = origin_.listener;
  head.tls = origin_.tls;
  const auto id = head.headers.Find("x-request-id");
  head.request_id = id.has_value() && IsSaneRequestId(*id) ? std::string(*id) : MakeRequestId();
  open.exchange = std::make_unique<Exchange>(
      core_, std::move(head),
      [weak = std::weak_ptr<Connection>(weak_from_this()), &loop = core_.loop, stream] {
        loop.Post([weak, stream] {
          if (const auto self = weak.lock()) {
            static_cast<Http2Connection&>(*self).OnReplyReady(stream);
          }
        });
      });
}

void Http2Connection::OnBody(int32_t stream, std::string_view piece) {
  OpenStream* open = Find(stream);
  if (open == nullptr || open->exchange == nullptr) {
    return;
  }
  open->body_guard.Advance(piece.size(), Clock::now());
  open->exchange->TakeBody(piece);
  if (!open->exchange->accepts_body()) {
    Advance(stream, *open);
  }
}

void Http2Connection::OnEndOfBody(int32_t stream) {
  OpenStream* open = Find(stream);
  if (open == nullptr || open->exchange == nullptr) {
    return;
  }
  open->body_done = true;
  open->body_guard.End();
  open->exchange->EndBody();
}

void Http2Connection::Advance(int32_t stream, OpenStream& open) {
  if (open.reply_begun) {
    session_->ResumeReply(stream);
    return;
  }
  const std::optional<ReplyHead> head = open.exchange->TakeHead();
  if (!head.has_value()) {
    return;
  }
  open.reply_begun = true;
  const bool has_body = open.exchange->head().method != "HEAD" &&
                        !StatusForbidsBody(head->status) &&
                        open.exchange->reply().state() != ReplyQueue::State::kEnded;
  if (!has_body) {
    open.exchange->MarkComplete();
  }
  session_->SubmitReply(stream, *head, has_body);
}

Http2Handler::Supplied Http2Connection::SupplyReply(int32_t stream, std::span<char> buffer) {
  OpenStream* open = Find(stream);
  if (open == nullptr || open->exchange == nullptr) {
    return {Supply::kBroken, 0};
  }
  piece_.clear();
  const size_t count = open->exchange->TakeBytes(buffer.size(), piece_);
  std::memcpy(buffer.data(), piece_.data(), count);
  open->write_guard.Advance(count, Clock::now());
  switch (open->exchange->reply().state()) {
    case ReplyQueue::State::kEnded:
      open->exchange->MarkComplete();
      return {Supply::kEnd, count};
    case ReplyQueue::State::kBroken:
      return {Supply::kBroken, 0};
    case ReplyQueue::State::kOpen:
      break;
  }
  return {count > 0 ? Supply::kSome : Supply::kNoneYet, count};
}

void Http2Connection::OnReplySent(int32_t stream) {
  OpenStream* open = Find(stream);
  if (open == nullptr || open->exchange == nullptr) {
    return;
  }
  open->reply_sent = true;
  open->sent_at = Clock::now();
}

void Http2Connection::OnStreamClosed(int32_t stream) {
  if (stream == head_stream_) {
    head_stream_ = 0;
  }
  const auto found = streams_.find(stream);
  if (found == streams_.end()) {
    return;
  }
  const Clock::time_point now = Clock::now();
  // By the client, or because of what it sent: either way the work was for nothing.
  const bool in_vain = !found->second.reply_sent;
  streams_.erase(found);
  if (streams_.empty()) {
    idle_since_ = now;
  }
  if (in_vain && !resets_.Take(now)) {
    session_->Terminate(Http2Error::kEnhanceYourCalm);
  }
}

void Http2Connection::OnControlFrame() {
  head_stream_ = 0;  // no frame comes between the parts of a head
  if (!control_frames_.Take(Clock::now())) {
    session_->Terminate(Http2Error::kEnhanceYourCalm);
  }
}

void Http2Connection::OnWindowUpdate() {
  if (!window_updates_.Take(Clock::now())) {
    session_->Terminate(Http2Error::kEnhanceYourCalm);
  }
}

void Http2Connection::Receive(std::string_view bytes) {
  if (!bytes.empty()) {
    static_cast<void>(session_->Receive(bytes));  // after a breach only a GOAWAY is left to send
  }
}

void Http2Connection::OnReplyReady(int32_t stream) {
  OpenStream* open = Find(stream);
  if (closed_ || open == nullptr || open->exchange == nullptr) {
    return;
  }
  open->exchange->reply().Awake();
  Advance(stream, *open);
  Drive();
}

// Writes until the socket is full or there is nothing to say; false if the connection is gone.
bool Http2Connection::Write() {
  for (int writes = 0; !writing_; ++writes) {
    if (out_.empty()) {
      session_->Collect(kOutputBytes, out_);
    }
    if (out_.empty()) {
      write_guard_.End();  // the client has kept up
      return true;
    }
    if (writes == kWritesPerTurn) {
      core_.loop.Post(
          [self = shared_from_this()] { static_cast<Http2Connection&>(*self).Drive(); });
      return true;
    }
    const StreamTransfer sent = stream_->Write(std::string_view(out_).substr(written_));
    if (sent.outcome == StreamOutcome::kWouldBlock) {
      return true;
    }
    if (sent.outcome != StreamOutcome::kDone) {
      return false;
    }
    written_ += sent.size_bytes;
    write_guard_.Advance(sent.size_bytes, Clock::now());
    if (written_ == out_.size()) {
      out_.clear();
      written_ = 0;
    }
  }
  return true;
}

void Http2Connection::Drive() {
  if (closed_) {
    return;
  }
  if (!lingering_ && !Write()) {
    Close();
    return;
  }
  if (!lingering_ && out_.empty() && !session_->IsAlive()) {
    lingering_ = true;
    linger_since_ = Clock::now();
    streams_.clear();  // whose replies can no longer be sent
    stream_->ShutdownWrite();
  }
  const auto self = std::static_pointer_cast<Http2Connection>(shared_from_this());
  if (!reading_) {
    reading_ = true;
    stream_->WhenReadable([self] {
      self->reading_ = false;
      self->OnReadable();
    });
  }
  if (!writing_ && !lingering_ && !out_.empty()) {
    writing_ = true;
    write_guard_.Begin(Clock::now());
    stream_->WhenWritable([self] {
      self->writing_ = false;
      self->Drive();
    });
  }
}

void Http2Connection::OnReadable() {
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const StreamTransfer read = stream_->Read(core_.scratch);
    if (read.outcome == StreamOutcome::kWouldBlock) {
      break;
    }
    if (read.outcome != StreamOutcome::kDone) {
      Close();
      return;
    }
    if (!lingering_) {
      Receive({core_.scratch.data(), read.size_bytes});
    }
  }
  Drive();
}

void Http2Connection::CheckDeadlines(Clock::time_point now) {
  if (closed_) {
    return;
  }
  const HttpOptions& options = core_.options;
  if (write_guard_.Expired(now)) {
    stream_->Abort();
    Close();
    return;
  }
  if (lingering_ && now - linger_since_ > options.linger_timeout) {
    Close();
    return;
  }
  if (lingering_) {
    return;
  }
  if (head_stream_ != 0 && now - head_since_ > options.header_timeout) {
    session_->Terminate(Http2Error::kEnhanceYourCalm);
  } else if (streams_.empty() && now - idle_since_ > options.keep_alive_timeout) {
    session_->Terminate(Http2Error::kNone);
  } else if (drain_ == DrainStep::kAnnounced && now - drain_since_ > kShutdownNotice) {
    drain_ = DrainStep::kDone;
    session_->Shutdown();
  }
  CheckStreams(now);
  Drive();
}

void Http2Connection::CheckStreams(Clock::time_point now) {
  for (auto& [stream, open] : streams_) {
    if (open.exchange == nullptr) {
      continue;
    }
    if (open.exchange->reply().HasBytes()) {
      open.write_guard.Begin(now);
    } else {
      open.write_guard.End();
    }
    const bool still_sending = open.reply_sent && !open.body_done;
    if (still_sending && now - open.sent_at > kResetDelay && !open.exchange->CanDropRest()) {
      session_->Reset(stream, Http2Error::kNone);
    } else if (open.write_guard.Expired(now)) {
      open.write_guard.End();
      session_->Reset(stream, Http2Error::kInternal);
    } else if (open.body_guard.Expired(now)) {
      open.body_guard.End();
      if (open.reply_begun) {
        session_->Reset(stream, Http2Error::kNone);
      } else {
        open.exchange->Refuse(PlainReply(408, "the body took too long"));
        open.exchange->GiveUpBody();
        Advance(stream, open);
      }
    }
  }
}

void Http2Connection::Drain() {
  if (closed_ || drain_ != DrainStep::kNone) {
    return;
  }
  drain_ = DrainStep::kAnnounced;
  drain_since_ = Clock::now();
  session_->AnnounceShutdown();
  Drive();
}

void Http2Connection::Close() {
  if (closed_) {
    return;
  }
  const std::shared_ptr<Connection> self = shared_from_this();
  closed_ = true;
  for (auto& [stream, open] : streams_) {
    if (open.exchange != nullptr) {
      open.exchange->Close();
    }
  }
  stream_->Close();
  core_.connections->Remove(this);
}

}  // namespace ironscribe::server
