// Whether a scheduler gets on with its work.
#pragma once

#include <chrono>
#include <cstdint>

namespace ironscribe::engine {

struct SchedulerProgress {
  uint64_t finished_tasks = 0;  // Windows encoded and steps made, ever.
  bool has_work = false;        // Something is queued or under way.
  // When the last task ended, or when work came after a rest, whichever is later.
  std::chrono::steady_clock::time_point since{};
};

}  // namespace ironscribe::engine
