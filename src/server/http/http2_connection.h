// HTTP/2 on one connection: many exchanges at once, each with time limits of its own, and an end
// for clients that keep the server busy with frames instead of requests.
//
// Network thread only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/http2_request.h"
#include "server/http/http2_session.h"
#include "server/http/progress_guard.h"
#include "server/http/server_core.h"
#include "server/http/stream.h"
#include "server/http/token_bucket.h"

namespace ironscribe::server {

class Http2Connection final : public Connection, private Http2Handler {
 public:
  Http2Connection(ServerCore& core, std::unique_ptr<Stream> stream, ConnectionOrigin origin);

  // Goes to work, with bytes that have been read already. Requires: it is on the server's list.
  void Begin(std::string_view bytes);

  void CheckDeadlines(Clock::time_point now) override;
  void Drain() override;
  void Close() override;

 private:
  struct OpenStream {
    OpenStream(ServerCore& core)
        : request(core.options), body_guard(core.BodyRules()), write_guard(core.WriteRules()) {}
    Http2Request request;
    std::unique_ptr<Exchange> exchange;  // once the head is there
    bool body_done = false;
    bool reply_begun = false;
    bool reply_sent = false;
    Clock::time_point sent_at{};
    ProgressGuard body_guard;
    ProgressGuard write_guard;
  };

  void OnRequestBegins(int32_t stream) override;
  void OnField(int32_t stream, std::string_view name, std::string_view value) override;
  void OnBadField(int32_t stream) override;
  void OnRequestHead(int32_t stream, bool end_of_body) override;
  void OnBody(int32_t stream, std::string_view piece) override;
  void OnEndOfBody(int32_t stream) override;
  Supplied SupplyReply(int32_t stream, std::span<char> buffer) override;
  void OnReplySent(int32_t stream) override;
  void OnStreamClosed(int32_t stream) override;
  void OnControlFrame() override;
  void OnWindowUpdate() override;

  OpenStream* Find(int32_t stream);
  void MakeExchange(int32_t stream, OpenStream& open);
  // Submits what has become possible of a stream's reply.
  void Advance(int32_t stream, OpenStream& open);
  void Receive(std::string_view bytes);
  void Drive();
  bool Write();
  void OnReadable();
  void OnReplyReady(int32_t stream);
  void CheckStreams(Clock::time_point now);

  ServerCore& core_;
  std::unique_ptr<Stream> stream_;
  const ConnectionOrigin origin_;
  std::unique_ptr<Http2Session> session_;
  std::map<int32_t, OpenStream> streams_;
  std::string out_;
  size_t written_ = 0;  // of out_
  std::string piece_;   // of a reply, on its way into a frame
  bool reading_ = false;
  bool writing_ = false;
  bool lingering_ = false;
  bool closed_ = false;
  int32_t head_stream_ = 0;  // whose header fields are coming; 0: none
  Clock::time_point head_since_;
  Clock::time_point idle_since_;
  Clock::time_point linger_since_;
  enum class DrainStep { kNone, kAnnounced, kDone } drain_ = DrainStep::kNone;
  Clock::time_point drain_since_;
  ProgressGuard write_guard_;
  TokenBucket resets_;
  TokenBucket control_frames_;
  TokenBucket window_updates_;
};

}  // namespace ironscribe::server
