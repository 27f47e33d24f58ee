#include "jobs/job.h"

#include <numeric>

namespace ironscribe::jobs {
namespace {

constexpr std::string_view kNames[kNumJobStates] = {"queued", "running",   "succeeded",
                                                    "failed", "cancelled", "dead"};

}  // namespace

std::string_view JobStateName(JobState state) { return kNames[static_cast<size_t>(state)]; }

Result<JobState> ParseJobState(std::string_view name) {
  for (int i = 0; i < kNumJobStates; ++i) {
    if (kNames[i] == name) return static_cast<JobState>(i);
  }
  return InvalidArgumentError(
      "unknown state; one of queued, running, succeeded, failed, cancelled and dead is needed");
}

int64_t Batch::Total() const {
  return std::accumulate(num_jobs.begin(), num_jobs.end(), int64_t{0});
}

}  // namespace ironscribe::jobs
