// A reply that is written while something else computes: pieces go out as they are made, and
// something that means nothing where there is none for a while, so that proxies and clients do not
// give up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "api/headers.h"
#include "api/reply.h"

namespace ironscribe::api {

struct KeepAlive {
  Headers headers;
  std::string idle_piece;
  std::chrono::milliseconds idle_time{15'000};
};

// Where the computing thread puts what is to be written. Safe from every thread.
class PieceQueue {
 public:
  // The reply may begin, with status 200; before it nothing is written.
  void Begin();
  void Put(std::string piece);

 private:
  friend bool WriteWhile(const std::function<void(PieceQueue&)>& compute, ReplyWriter& writer,
                         const KeepAlive& options);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> pieces_;
  bool begun_ = false;
  bool done_ = false;
};

// Runs `compute` on a thread of its own and writes what it puts into the queue until it returns.
// True: the reply has begun, and the caller finishes it. A client that leaves stops `compute` by
// its own token, not by this.
bool WriteWhile(const std::function<void(PieceQueue&)>& compute, ReplyWriter& writer,
                const KeepAlive& options);

}  // namespace ironscribe::api
