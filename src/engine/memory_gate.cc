#include "engine/memory_gate.h"

namespace ironscribe::engine {

Result<std::shared_ptr<const MemoryGate::Lease>> MemoryGate::Admit(Kind kind, int64_t bytes,
                                                                   const std::stop_token& stop) {
  int64_t& count = counts_[static_cast<int>(kind)];
  {
    std::unique_lock lock(mutex_);
    const auto fits = [&] { return used_bytes_ + bytes <= budget_bytes_ || count == 0; };
    if (!fits()) {
      if (waiting_++ == 0) stuck_since_ = std::chrono::steady_clock::now();
      const bool admitted = released_.wait(lock, stop, fits);
      --waiting_;
      if (!admitted) return CancelledError("recognition was cancelled");
    }
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

std::optional<std::chrono::steady_clock::time_point> MemoryGate::stuck_since() const {
  std::lock_guard lock(mutex_);
  if (waiting_ == 0) return std::nullopt;
  return stuck_since_;
}

void MemoryGate::Release(Kind kind, int64_t bytes) {
  {
    std::lock_guard lock(mutex_);
    used_bytes_ -= bytes;
    --counts_[static_cast<int>(kind)];
    stuck_since_ = std::chrono::steady_clock::now();
  }
  released_.notify_all();
}

}  // namespace ironscribe::engine
