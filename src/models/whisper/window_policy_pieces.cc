#include "models/whisper/window_policy_pieces.h"

#include <algorithm>
#include <utility>

namespace ironscribe::models::whisper {
namespace {

// Twice what runs: while one slow piece holds back the order, the others go on.
constexpr size_t kPiecesPerThread = 2;

}  // namespace

PieceQueue::~PieceQueue() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool PieceQueue::full() const { return pieces_.size() >= kPiecesPerThread * max_running_; }

bool PieceQueue::ready() const {
  if (pieces_.empty()) return false;
  std::lock_guard lock(mutex_);
  return pieces_.front()->done;
}

void PieceQueue::Submit(Work work) {
  auto piece = std::make_unique<Piece>();
  piece->work = std::move(work);
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(piece.get());
  }
  pieces_.push_back(std::move(piece));
  if (threads_.size() < std::min(max_running_, pieces_.size())) {
    threads_.emplace_back([this] { ThreadMain(); });
  }
  work_.notify_one();
}

PieceResult PieceQueue::Take() {
  Piece& piece = *pieces_.front();
  {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return piece.done; });
  }
  PieceResult result = std::move(piece.result);
  pieces_.pop_front();
  return result;
}

void PieceQueue::ThreadMain() {
  while (true) {
    Piece* piece = nullptr;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      piece = waiting_.front();
      waiting_.pop_front();
    }
    PieceResult result = std::exchange(piece->work, nullptr)();
    {
      std::lock_guard lock(mutex_);
      piece->result = std::move(result);
      piece->done = true;
    }
    done_.notify_one();
  }
}

}  // namespace ironscribe::models::whisper
