// One request and its reply, between a connection and the service; the same for every protocol.
//
// Owned by its connection, network thread only. Life: Admit or Refuse; then, while accepts_body(),
// TakeBody and EndBody, which has the call run on a worker; meanwhile the connection takes the
// reply out of reply() whenever it is woken; at last Close.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "api/service.h"
#include "server/http/reply_queue.h"
#include "server/http/server_core.h"

namespace ironscribe::server {

class Exchange {
 public:
  // `wake` is called from any thread when the reply has something to take.
  Exchange(ServerCore& core, api::RequestHead head, std::function<void()> wake);
  ~Exchange();  // Close
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Asks the service, then the transport's own rules about bodies (413, 415, 417).
  void Admit();
  // Answers in the service's place. Requires: the call has not begun to run.
  void Refuse(api::Reply reply);
  // Whether the service wants the body; once false, pieces are only counted.
  bool accepts_body() const { return call_ != nullptr; }
  void TakeBody(std::string_view piece);
  void EndBody();
  // The rest of the body is not worth waiting for, whatever its size.
  void GiveUpBody() { body_given_up_ = true; }
  // Whether the rest of a refused body is worth reading for the sake of the connection.
  bool CanDropRest() const;

  ReplyQueue& reply() { return *reply_; }
  // The head to be sent, completed, once it is there.
  std::optional<ReplyHead> TakeHead();
  size_t TakeBytes(size_t max_bytes, std::string& out);

  // The whole reply has been handed to the connection.
  void MarkComplete() { complete_ = true; }
  // Ends it: if it is not complete, the client is taken to be gone and the call is told to stop.
  void Close();

  const api::RequestHead& head() const { return head_; }

 private:
  void Report();

  ServerCore& core_;
  const api::RequestHead head_;
  const std::shared_ptr<ReplyQueue> reply_;
  std::stop_source client_gone_;
  std::unique_ptr<api::Call> call_;  // until it runs or is refused
  std::optional<WorkerPool::Ticket> ticket_;
  const Clock::time_point begun_;
  std::string route_;
  int status_ = 0;
  uint64_t bytes_in_ = 0;
  uint64_t bytes_out_ = 0;
  bool body_given_up_ = false;
  bool complete_ = false;
  bool closed_ = false;
};

}  // namespace ironscribe::server
