// What a worker writes of a reply and the network thread has not sent yet: a pipe with a bound.
//
// One side is api::ReplyWriter, for one worker; the other is the connection, on the network thread.
// Shared by both; safe between the two.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "api/reply.h"
#include "server/http/reply_head.h"

namespace ironscribe::server {

class ReplyQueue final : public api::ReplyWriter {
 public:
  struct Rules {
    size_t bound_bytes = 0;  // Write waits while more is in the queue
    bool drop_body = false;  // the reply to a HEAD
  };
  enum class State {
    kOpen,    // more may come
    kEnded,   // everything has been taken
    kBroken,  // it will not be completed
  };

  // `wake` is called, from any thread, when there is something to take; again only after Awake.
  ReplyQueue(Rules rules, std::function<void()> wake);

  // The worker.
  Status Start(int status, api::Headers headers, std::optional<uint64_t> content_length) override;
  Status Write(std::string_view bytes) override;
  Status Finish() override;
  Status Send(api::Reply reply) override;
  // The call has returned: answers with 500 if it has not, breaks off if it has not finished.
  void CallReturned();

  // The network thread.
  void Awake();
  std::optional<ReplyHead> TakeHead();
  // Appends at most so many bytes; returns how many.
  size_t TakeBytes(size_t max_bytes, std::string& out);
  bool HasBytes() const;
  State state() const;
  // The client is gone: the worker is told with its next call, and no longer waits.
  void Cancel();

 private:
  Status StartLocked(int status, api::Headers headers, std::optional<uint64_t> content_length);
  Status CheckWritable() const;
  void Wake(std::unique_lock<std::mutex>& lock);

  const Rules rules_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::optional<ReplyHead> head_;  // until taken
  std::string bytes_;
  size_t taken_ = 0;                        // of bytes_
  std::optional<uint64_t> expected_bytes_;  // still to be written, if a length was given
  bool drop_body_ = false;
  bool started_ = false;
  bool finished_ = false;
  bool broken_ = false;
  bool cancelled_ = false;
  bool woken_ = false;
};

}  // namespace ironscribe::server
