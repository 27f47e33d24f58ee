#include "server/http/worker_pool.h"

#include <algorithm>
#include <utility>

namespace ironscribe::server {

WorkerPool::WorkerPool(int max_workers) : max_workers_(std::max(1, max_workers)) {}

WorkerPool::~WorkerPool() { Stop(); }

WorkerPool::Ticket WorkerPool::Submit(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  const Ticket ticket = ++last_ticket_;
  if (stopping_) {
    return ticket;
  }
  queue_.push_back({ticket, std::move(work)});
  const int idle = static_cast<int>(threads_.size()) - running_;
  if (idle < static_cast<int>(queue_.size()) && static_cast<int>(threads_.size()) < max_workers_) {
    threads_.emplace_back([this] { RunWorker(); });
  }
  changed_.notify_one();
  return ticket;
}

bool WorkerPool::Withdraw(Ticket ticket) {
  Item withdrawn{};
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(queue_.begin(), queue_.end(),
                                  [ticket](const Item& item) { return item.ticket == ticket; });
  if (found == queue_.end()) {
    return false;
  }
  withdrawn = std::move(*found);  // destroyed behind the lock's end
  queue_.erase(found);
  return true;
}

void WorkerPool::Stop() {
  std::deque<Item> dropped;
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(queue_);
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads) {
    thread.join();
  }
}

WorkerPool::Counts WorkerPool::counts() const {
  const std::lock_guard lock(mutex_);
  return {running_, static_cast<int>(queue_.size()), static_cast<int>(threads_.size())};
}

void WorkerPool::RunWorker() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) {
      return;
    }
    Item item = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    item.work();
    item.work = nullptr;  // what it holds ends before it counts as finished
    lock.lock();
    --running_;
  }
}

}  // namespace ironscribe::server
