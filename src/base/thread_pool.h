// Splits one operation over a fixed set of threads.
//
// Goals: a few microseconds from call to start (workers spin briefly before they park), no
// allocation per call. Non-goals: nesting, futures, work stealing. The caller takes part, so a pool
// of n runs n - 1 threads of its own. Results never depend on the number of threads, because the
// parts given to ParallelFor only ever divide rows and columns.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace ironscribe {

class ThreadPool {
 public:
  // Requires: num_threads >= 1.
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(index) or body(index, worker) once for each index in [0, count), spread over the
  // threads; returns when all are done. `worker`, in [0, num_threads()), is never in use by two
  // calls at once: it picks a thread's own scratch. One caller at a time; body must not call back
  // into the same pool.
  template <typename Body>
  void ParallelFor(int64_t count, const Body& body) {
    if (workers_.empty() || count <= 1) {
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

  template <typename Body>
  static void Invoke(const Body& body, int64_t index, int worker) {
    if constexpr (std::is_invocable_v<const Body&, int64_t, int>) {
      body(index, worker);
    } else {
      body(index);
    }
  }

  void Run(int64_t count, Call call, const void* context);
  void WorkerLoop(int worker);
  void Drain(uint32_t generation, int worker);

  std::vector<std::thread> workers_;
  // The job; call_ and context_ are read only by a thread that holds an index of this generation.
  Call call_ = nullptr;
  const void* context_ = nullptr;
  std::atomic<int64_t> count_{0};
  // Generation of the current job in the upper 32 bits, next index in the lower: one word, so that
  // a worker late from the last job can never take an index of the next.
  std::atomic<uint64_t> ticket_{0};
  std::atomic<int64_t> remaining_{0};
  std::atomic<uint32_t> generation_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<int> parked_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace ironscribe
