// A fixed set of threads that run tasks and split operations among those of them that are idle.
//
// Goals: a few microseconds from call to start (idle threads spin briefly before they park), no
// allocation per call, and never more threads at work than the pool has. Non-goals: futures,
// priorities, nesting of ParallelFor. Results never depend on the number of threads, because the
// parts given to ParallelFor only ever divide rows and columns.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace ironscribe {

class ThreadPool {
 public:
  // Runs one task if there is one, else returns false at once. Called by idle threads, from several
  // at a time; cheap when there is nothing to do.
  using TaskSource = std::function<bool()>;

  // The callers of ParallelFor do the work, with num_threads - 1 threads of the pool to help them.
  // Requires: num_threads >= 1.
  explicit ThreadPool(int num_threads);

  // num_threads threads of the pool run the tasks of `source`; those without a task help the
  // ParallelFor of the others. Requires: num_threads >= 1; only tasks call ParallelFor (another
  // thread would be one more than there are workers). After Stop or the destructor the source is
  // not called any more.
  ThreadPool(int num_threads, TaskSource source);

  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const { return num_threads_; }

  // The source may have a task now.
  void Notify() { Wake(); }

  // Waits for the tasks under way and ends the threads. Idempotent.
  void Stop();

  // Calls body(index) or body(index, worker) once for each index in [0, count), spread over the
  // caller and the idle threads; returns when all are done. `worker`, in [0, num_threads()), is
  // never in use by two calls of this loop at once: it picks scratch that belongs to the caller.
  // Several threads may call at once; body must not call ParallelFor of the same pool.
  template <typename Body>
  void ParallelFor(int64_t count, const Body& body) {
    if (num_threads_ == 1 || count <= 1) {
      for (int64_t index = 0; index < count; ++index) Invoke(body, index, 0);
      return;
    }
    Run(
        count,
        [](const void* context, int64_t index, int worker) {
          Invoke(*static_cast<const Body*>(context), index, worker);
        },
        &body);
  }

 private:
  using Call = void (*)(const void* context, int64_t index, int worker);

  // One ParallelFor under way. A cache line of its own: its words are written by all who help.
  struct alignas(64) Loop {
    std::atomic<bool> taken{false};  // By a caller.
    // Read only by a thread that holds an index of the current generation.
    Call call = nullptr;
    const void* context = nullptr;
    std::atomic<int64_t> count{0};
    // Generation in the upper 32 bits, next index in the lower: one word, so that a thread late
    // from the last use can never take an index of the next.
    std::atomic<uint64_t> ticket{0xffffffffu};
    std::atomic<int64_t> remaining{0};
    std::atomic<int> joined{0};
  };

  template <typename Body>
  static void Invoke(const Body& body, int64_t index, int worker) {
    if constexpr (std::is_invocable_v<const Body&, int64_t, int>) {
      body(index, worker);
    } else {
      body(index);
    }
  }

  void Run(int64_t count, Call call, const void* context);
  Loop* TakeLoop();
  // Works off a loop; true if it had something left.
  static bool Help(Loop& loop);
  bool HelpAny();
  void ThreadMain();
  // Until something happened after `seen` was read from events_.
  void WaitForEvent(uint32_t seen);
  void Wake();

  const int num_threads_;
  const TaskSource source_;
  std::vector<Loop> loops_;
  std::atomic<uint32_t> events_{0};  // Counts what idle threads may want to know of.
  std::atomic<bool> stopping_{false};
  std::atomic<int> parked_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
};

}  // namespace ironscribe
