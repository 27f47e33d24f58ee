#include "base/thread_pool.h"

#include <utility>

#include "base/check.h"

namespace ironscribe {
namespace {

// About 50 microseconds of spinning on a 3 GHz machine: longer than the serial gaps between two
// operations of a decoder step, short against a scheduler time slice.
constexpr int kSpins = 4000;

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

ThreadPool::ThreadPool(int num_threads)
    : num_threads_(num_threads), loops_(static_cast<size_t>(num_threads)) {
  IRONSCRIBE_CHECK(num_threads >= 1);
  for (int i = 1; i < num_threads; ++i) threads_.emplace_back([this] { ThreadMain(); });
}

ThreadPool::ThreadPool(int num_threads, TaskSource source)
    : num_threads_(num_threads),
      source_(std::move(source)),
      loops_(static_cast<size_t>(num_threads)) {
  IRONSCRIBE_CHECK(num_threads >= 1);
  for (int i = 0; i < num_threads; ++i) threads_.emplace_back([this] { ThreadMain(); });
}

ThreadPool::~ThreadPool() { Stop(); }

void ThreadPool::Stop() {
  stopping_.store(true);
  Wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ThreadPool::Wake() {
  events_.fetch_add(1, std::memory_order_seq_cst);
  if (parked_.load(std::memory_order_seq_cst) == 0) return;
  std::lock_guard lock(mutex_);
  wake_.notify_all();
}

bool ThreadPool::Help(Loop& loop) {
  uint64_t ticket = loop.ticket.load(std::memory_order_acquire);
  const uint64_t generation = ticket >> 32;
  int worker = -1;
  while (ticket >> 32 == generation) {
    const auto index = static_cast<int64_t>(ticket & 0xffffffffu);
    if (index >= loop.count.load(std::memory_order_acquire)) break;
    if (!loop.ticket.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel)) continue;
    if (worker < 0) worker = loop.joined.fetch_add(1, std::memory_order_relaxed);
    loop.call(loop.context, index, worker);
    loop.remaining.fetch_sub(1, std::memory_order_acq_rel);
    ticket = loop.ticket.load(std::memory_order_acquire);
  }
  return worker >= 0;
}

bool ThreadPool::HelpAny() {
  bool helped = false;
  for (Loop& loop : loops_) {
    if (loop.taken.load(std::memory_order_acquire)) helped = Help(loop) || helped;
  }
  return helped;
}

ThreadPool::Loop* ThreadPool::TakeLoop() {
  for (Loop& loop : loops_) {
    bool expected = false;
    if (!loop.taken.load(std::memory_order_relaxed) &&
        loop.taken.compare_exchange_strong(expected, true, std::memory_order_acq_rel)) {
      return &loop;
    }
  }
  return nullptr;
}

void ThreadPool::Run(int64_t count, Call call, const void* context) {
  IRONSCRIBE_CHECK(count < (int64_t{1} << 31));
  Loop* loop = TakeLoop();
  if (loop == nullptr) {  // More callers than threads: nobody is idle.
    for (int64_t index = 0; index < count; ++index) call(context, index, 0);
    return;
  }
  const uint64_t generation = (loop->ticket.load(std::memory_order_relaxed) >> 32) + 1;
  // Close the old generation first: a late thread sees a ticket that matches no work.
  loop->ticket.store(generation << 32 | 0xffffffffu, std::memory_order_release);
  loop->call = call;
  loop->context = context;
  // Released, so that whoever sees the new count finds the old generation closed.
  loop->count.store(count, std::memory_order_release);
  loop->remaining.store(count, std::memory_order_relaxed);
  loop->joined.store(0, std::memory_order_relaxed);
  loop->ticket.store(generation << 32, std::memory_order_release);
  Wake();
  Help(*loop);
  while (loop->remaining.load(std::memory_order_acquire) > 0) Pause();
  loop->taken.store(false, std::memory_order_release);
}

void ThreadPool::WaitForEvent(uint32_t seen) {
  for (int spin = 0; spin < kSpins; ++spin) {
    if (events_.load(std::memory_order_acquire) != seen) return;
    Pause();
  }
  std::unique_lock lock(mutex_);
  parked_.fetch_add(1, std::memory_order_seq_cst);
  wake_.wait(lock, [&] { return events_.load(std::memory_order_seq_cst) != seen; });
  parked_.fetch_sub(1, std::memory_order_seq_cst);
}

void ThreadPool::ThreadMain() {
  while (!stopping_.load(std::memory_order_acquire)) {
    const uint32_t seen = events_.load(std::memory_order_acquire);
    if (source_ && source_()) continue;
    if (HelpAny()) continue;
    if (stopping_.load(std::memory_order_acquire)) return;
    WaitForEvent(seen);
  }
}

}  // namespace ironscribe
