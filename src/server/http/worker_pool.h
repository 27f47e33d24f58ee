// Threads that run calls: started when work waits and none is idle, up to a limit; beyond it work
// waits in order.
//
// Unlike base/thread_pool.h, whose tasks compute and never wait, work here mostly waits: for the
// scheduler, for a client that reads. Safe from every thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ironscribe::server {

class WorkerPool {
 public:
  using Ticket = uint64_t;
  struct Counts {
    int running = 0;
    int queued = 0;
    int threads = 0;
  };

  explicit WorkerPool(int max_workers);
  ~WorkerPool();  // Stop
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // After Stop the work is dropped.
  Ticket Submit(std::function<void()> work);
  // Takes work back that has not begun, and destroys it here; false if it has.
  bool Withdraw(Ticket ticket);
  // Drops what waits, and returns when what runs has ended.
  void Stop();

  Counts counts() const;

 private:
  struct Item {
    Ticket ticket;
    std::function<void()> work;
  };
  void RunWorker();

  const int max_workers_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::vector<std::thread> threads_;
  Ticket last_ticket_ = 0;
  int running_ = 0;
  bool stopping_ = false;
};

}  // namespace ironscribe::server
