// The threads that the schedulers of all models run on, so that several models in one process take
// no more cores than one.
//
// Each scheduler registers where its tasks come from; a thread that is free asks the sources in
// turn, so that a model with much to do delays another by one task at most per thread. Results do
// not depend on it (see base/thread_pool.h).
//
// Thread rule: Register and the end of a registration from any thread but the pool's own. The pool
// outlives its registrations.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/thread_pool.h"

namespace ironscribe::engine {

class SharedPool {
 public:
  // Requires: num_threads >= 1.
  explicit SharedPool(int num_threads);
  ~SharedPool();
  SharedPool(const SharedPool&) = delete;
  SharedPool& operator=(const SharedPool&) = delete;

  // Ends with it: from its destructor on the source is not called any more; waits for the tasks of
  // the source that are under way.
  class Registration {
   public:
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    friend class SharedPool;
    struct Slot;
    Registration(SharedPool& pool, Slot& slot) : pool_(pool), slot_(slot) {}
    SharedPool& pool_;
    Slot& slot_;
  };

  // Tasks of `source` run on the threads from now on. Call Notify when it has a task.
  std::unique_ptr<Registration> Register(ThreadPool::TaskSource source);

  void Notify() { threads_.Notify(); }
  int num_threads() const { return threads_.num_threads(); }
  // For the loops of tasks.
  ThreadPool& threads() { return threads_; }

 private:
  using Slot = Registration::Slot;

  static std::vector<std::unique_ptr<Slot>> MakeRing();
  // The pool's task source: one task of the next source that has one.
  bool RunTask();

  std::mutex mutex_;  // Taking, leaving and adding slots.
  // They form a ring that only grows; a slot that was left is taken again. Threads walk it without
  // the mutex.
  std::vector<std::unique_ptr<Slot>> slots_;
  std::atomic<Slot*> last_served_;
  ThreadPool threads_;  // Last: its threads use all of the above.
};

}  // namespace ironscribe::engine
