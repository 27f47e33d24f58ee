// HTTP/1.1 and 1.0 on one connection: requests one after the other, each answered before the next
// is looked at, keep-alive, 100-continue, and a close that lets the client read the last reply.
//
// Network thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/http1_parser.h"
#include "server/http/progress_guard.h"
#include "server/http/server_core.h"
#include "server/http/stream.h"

namespace ironscribe::server {

class Http1Connection final : public Connection {
 public:
  Http1Connection(ServerCore& core, std::unique_ptr<Stream> stream, ConnectionOrigin origin);

  // Goes to work, with bytes that have been read already. Requires: it is on the server's list.
  void Begin(std::string_view bytes);

  void CheckDeadlines(Clock::time_point now) override;
  void Drain() override;
  void Close() override;

 private:
  enum class Phase {
    kIdle,     // between requests: nothing of the next one is there
    kHead,     // some of its head is there
    kRequest,  // admitted or refused; body, call and reply are under way
    kLinger,   // the last reply is out; waits for the client to close
    kClosed,
  };

  // Does everything that can be done now.
  void Process();
  // The same, then waits for what comes.
  void Drive();
  bool Parse();
  bool Send();
  void Arm();

  void OnReadable();
  // The client has closed its side, or broken the connection.
  void OnGone();
  void OnReplyReady();

  void TakeHead();
  void TakeBodyEvent(const Http1Step& step);
  void RefuseMalformed(const Http1Refusal& refusal);
  bool WantsBytes() const;
  bool FillOutput();
  void StartReply(ReplyHead head);
  bool MustClose() const;
  void EndExchange();
  void StartLinger();
  void EndBodyWait();
  std::string_view Unparsed() const { return std::string_view(in_).substr(parsed_); }

  ServerCore& core_;
  std::unique_ptr<Stream> stream_;
  const ConnectionOrigin origin_;
  Phase phase_ = Phase::kIdle;
  std::string in_;
  size_t parsed_ = 0;  // of in_
  std::string out_;
  size_t written_ = 0;  // of out_
  std::unique_ptr<Http1Parser> parser_;
  std::unique_ptr<Exchange> exchange_;
  bool body_done_ = false;
  bool malformed_ = false;        // nothing more can be parsed
  bool continue_wanted_ = false;  // the client waits for 100
  bool reply_begun_ = false;
  bool reply_done_ = false;  // all of it is in out_
  bool chunked_ = false;
  bool close_after_ = false;
  bool draining_ = false;
  bool first_request_ = true;
  bool reading_ = false;  // a callback is waiting
  bool writing_ = false;
  Clock::time_point phase_since_;
  ProgressGuard body_guard_;
  ProgressGuard write_guard_;
};

}  // namespace ironscribe::server
