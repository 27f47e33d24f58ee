// The pieces of a recording that was cut beforehand, transcribed side by side and given out in
// order.
//
// Thread rule: one thread submits and takes; the work runs on threads of this object, which blocks
// in its destructor until they are done.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/status.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// What one piece gave, in order.
struct PieceResult {
  Status status;
  std::vector<transcript::Segment> segments;
  std::vector<transcript::DroppedSpan> dropped;
  double end_seconds = 0;
};

class PieceQueue {
 public:
  using Work = std::function<PieceResult()>;

  // Up to `max_running` pieces run at once; threads start as they are needed.
  explicit PieceQueue(size_t max_running) : max_running_(max_running) {}
  ~PieceQueue();
  PieceQueue(const PieceQueue&) = delete;
  PieceQueue& operator=(const PieceQueue&) = delete;

  // So many wait or run that another would only take memory.
  bool full() const;
  bool empty() const { return pieces_.empty(); }
  // The next one in order is done.
  bool ready() const;

  void Submit(Work work);
  // Waits for the next one in order. Requires: not empty.
  PieceResult Take();

 private:
  struct Piece {
    Work work;
    PieceResult result;
    bool done = false;
  };

  void ThreadMain();

  const size_t max_running_;
  // Submitted and not taken; changed by the caller's thread only, so it reads without the mutex.
  std::deque<std::unique_ptr<Piece>> pieces_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::deque<Piece*> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ironscribe::models::whisper
