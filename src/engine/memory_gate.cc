#include "engine/memory_gate.h"

namespace ironscribe::engine {

Result<std::shared_ptr<const MemoryGate::Lease>> MemoryGate::Admit(Kind kind, int64_t bytes,
                                                                   const std::stop_token& stop) {
  int64_t& count = counts_[static_cast<int>(kind)];
  {
    std::unique_lock lock(mutex_);
    ++waiting_;
    const bool admitted = released_.wait(
        lock, stop, [&] { return used_bytes_ + bytes <= budget_bytes_ || count == 0; });
    --waiting_;
    if (!admitted) return CancelledError("recognition was cancelled");
    used_bytes_ += bytes;
    ++count;
  }
  return std::make_shared<const Lease>(*this, kind, bytes);
}

void MemoryGate::SetBudget(int64_t budget_bytes) {
  {
    std::lock_guard lock(mutex_);
    budget_bytes_ = budget_bytes;
  }
  released_.notify_all();
}

int64_t MemoryGate::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_;
}

void MemoryGate::Release(Kind kind, int64_t bytes) {
  {
    std::lock_guard lock(mutex_);
    used_bytes_ -= bytes;
    --counts_[static_cast<int>(kind)];
  }
  released_.notify_all();
}

}  // namespace ironscribe::engine
