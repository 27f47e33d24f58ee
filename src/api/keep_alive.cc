#include "api/keep_alive.h"

#include <thread>
#include <utility>

namespace ironscribe::api {

void PieceQueue::Begin() {
  const std::lock_guard lock(mutex_);
  begun_ = true;
  changed_.notify_one();
}

void PieceQueue::Put(std::string piece) {
  const std::lock_guard lock(mutex_);
  pieces_.push_back(std::move(piece));
  changed_.notify_one();
}

bool WriteWhile(const std::function<void(PieceQueue&)>& compute, ReplyWriter& writer,
                const KeepAlive& options) {
  PieceQueue queue;
  const std::jthread thread([&] {
    compute(queue);
    const std::lock_guard lock(queue.mutex_);
    queue.done_ = true;
    queue.changed_.notify_one();
  });
  bool started = false;
  std::unique_lock lock(queue.mutex_);
  while (true) {
    const bool woken = queue.changed_.wait_for(lock, options.idle_time, [&] {
      return queue.done_ || !queue.pieces_.empty() || (queue.begun_ && !started);
    });
    if (queue.begun_ && !started) {
      started = true;
      lock.unlock();
      // A client that is gone is told to `compute` by its token, here and below.
      (void)writer.Start(200, options.headers);
      lock.lock();
      continue;
    }
    if (queue.pieces_.empty() && queue.done_) return started;
    if (!started) continue;
    std::string piece = options.idle_piece;
    if (woken) {
      piece = std::move(queue.pieces_.front());
      queue.pieces_.pop_front();
    }
    lock.unlock();
    (void)writer.Write(piece);
    lock.lock();
  }
}

}  // namespace ironscribe::api
