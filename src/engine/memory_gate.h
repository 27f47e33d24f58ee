// Admits windows and searches while they fit into a budget of memory, so that neither a large batch
// nor many callers make the system kill the process: whoever does not fit waits for others to end.
//
// Thread rule: safe from many threads. The gate outlives its leases.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/status.h"

namespace ironscribe::engine {

class MemoryGate {
 public:
  enum class Kind { kWindow = 0, kSearch = 1 };

  // Gives back what was admitted when it is destroyed.
  class Lease {
   public:
    Lease(MemoryGate& gate, Kind kind, int64_t bytes) : gate_(gate), kind_(kind), bytes_(bytes) {}
    ~Lease() { gate_.Release(kind_, bytes_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

   private:
    MemoryGate& gate_;
    const Kind kind_;
    const int64_t bytes_;
  };

  // budget_bytes 0 or less admits one window and one search at a time.
  explicit MemoryGate(int64_t budget_bytes) : budget_bytes_(budget_bytes) {}

  // Waits until `bytes` fit, or until nothing of the same kind is left to wait for: what alone is
  // too large must still be done, and whoever holds a window can always get on with its search.
  // Errors: Cancelled.
  Result<std::shared_ptr<const Lease>> Admit(Kind kind, int64_t bytes, const std::stop_token& stop);

  // What was admitted stays so.
  void SetBudget(int64_t budget_bytes);
  // Since when somebody has waited without anything being given back; absent when nobody waits.
  std::optional<std::chrono::steady_clock::time_point> stuck_since() const;

 private:
  void Release(Kind kind, int64_t bytes);

  mutable std::mutex mutex_;
  std::condition_variable_any released_;
  int64_t budget_bytes_;
  int64_t waiting_ = 0;
  std::chrono::steady_clock::time_point stuck_since_{};  // While waiting_ > 0.
  int64_t used_bytes_ = 0;
  int64_t counts_[2] = {0, 0};
};

}  // namespace ironscribe::engine
