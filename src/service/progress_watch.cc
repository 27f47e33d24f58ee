#include "service/progress_watch.h"

#include <algorithm>

namespace ironscribe::service {

double StalledSeconds(std::span<const engine::SchedulerProgress> schedulers,
                      std::optional<TimePoint> memory_stuck_since, TimePoint now) {
  TimePoint oldest = now;
  TimePoint newest{};
  for (const engine::SchedulerProgress& scheduler : schedulers) {
    newest = std::max(newest, scheduler.since);
    if (scheduler.has_work) oldest = std::min(oldest, scheduler.since);
  }
  if (memory_stuck_since) oldest = std::min(oldest, std::max(newest, *memory_stuck_since));
  return std::chrono::duration<double>(now - oldest).count();
}

}  // namespace ironscribe::service
