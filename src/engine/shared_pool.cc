#include "engine/shared_pool.h"

#include <utility>

namespace ironscribe::engine {

struct SharedPool::Registration::Slot {
  bool taken = false;             // Guarded by the pool's mutex.
  ThreadPool::TaskSource source;  // Written while nobody is inside and `open` is false.
  std::atomic<bool> open{false};
  std::atomic<int> inside{0};  // Threads that may be in `source`.
  std::atomic<Slot*> next{nullptr};

  bool RunTask() {
    if (!open.load(std::memory_order_relaxed)) return false;
    // Counted first: whoever closes the slot then sees this thread, or this thread sees it closed.
    inside.fetch_add(1, std::memory_order_seq_cst);
    const bool ran = open.load(std::memory_order_seq_cst) && source();
    if (inside.fetch_sub(1, std::memory_order_seq_cst) == 1) inside.notify_all();
    return ran;
  }
};

// One empty slot that follows itself.
std::vector<std::unique_ptr<SharedPool::Slot>> SharedPool::MakeRing() {
  std::vector<std::unique_ptr<Slot>> slots;
  slots.push_back(std::make_unique<Slot>());
  slots.front()->next.store(slots.front().get());
  return slots;
}

SharedPool::SharedPool(int num_threads)
    : slots_(MakeRing()),
      last_served_(slots_.front().get()),
      threads_(num_threads, [this] { return RunTask(); }) {}

SharedPool::~SharedPool() { threads_.Stop(); }

std::unique_ptr<SharedPool::Registration> SharedPool::Register(ThreadPool::TaskSource source) {
  std::lock_guard lock(mutex_);
  Slot* free_slot = nullptr;
  for (const auto& slot : slots_) {
    if (!slot->taken) free_slot = slot.get();
  }
  if (free_slot == nullptr) {
    slots_.push_back(std::make_unique<Slot>());
    free_slot = slots_.back().get();
    Slot& first = *slots_.front();
    free_slot->next.store(first.next.load());
    first.next.store(free_slot, std::memory_order_release);
  }
  free_slot->taken = true;
  free_slot->source = std::move(source);
  free_slot->open.store(true, std::memory_order_seq_cst);
  Notify();
  return std::unique_ptr<Registration>(new Registration(*this, *free_slot));
}

SharedPool::Registration::~Registration() {
  slot_.open.store(false, std::memory_order_seq_cst);
  for (int inside = slot_.inside.load(); inside != 0; inside = slot_.inside.load()) {
    slot_.inside.wait(inside);
  }
  std::lock_guard lock(pool_.mutex_);
  slot_.source = nullptr;
  slot_.taken = false;
}

bool SharedPool::RunTask() {
  Slot* const last = last_served_.load(std::memory_order_acquire);
  Slot* slot = last;
  do {
    slot = slot->next.load(std::memory_order_acquire);
    if (slot->RunTask()) {
      last_served_.store(slot, std::memory_order_release);
      return true;
    }
  } while (slot != last);
  return false;
}

}  // namespace ironscribe::engine
