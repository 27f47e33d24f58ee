// Whether the engine gets on: what a probe of liveness asks, because a server whose recognition
// hangs still answers HTTP.
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "engine/scheduler_progress.h"

namespace ironscribe::service {

using TimePoint = std::chrono::steady_clock::time_point;

// Longer than the longest task: a window of a large model on a slow core.
inline constexpr std::chrono::seconds kStallLimit{30};

// Seconds that the engine has stood still with work to do; 0 while it gets on. Stood still has a
// scheduler that has work and has not finished a task, or all of them while somebody waits for
// memory (engine::MemoryGate::stuck_since) and none finished a task either.
double StalledSeconds(std::span<const engine::SchedulerProgress> schedulers,
                      std::optional<TimePoint> memory_stuck_since, TimePoint now);

}  // namespace ironscribe::service
