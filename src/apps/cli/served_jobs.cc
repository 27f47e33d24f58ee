#include "apps/cli/served_jobs.h"

#include <utility>

namespace ironscribe::cli {
namespace {

constexpr double kMsPerHour = 3'600'000;

}  // namespace

Result<std::unique_ptr<ServedJobs>> ServedJobs::Open(ServerData& data,
                                                     const ServedJobsOptions& options,
                                                     const Parts& parts, std::string program) {
  jobs::JobQueueOptions queue_options;
  queue_options.retention_ms = static_cast<int64_t>(options.retention_hours * kMsPerHour);
  ASSIGN_OR_RETURN(auto queue, jobs::JobQueue::Open(data.folder(), queue_options));
  return std::unique_ptr<ServedJobs>(
      new ServedJobs(std::move(queue), data, options, parts, std::move(program)));
}

ServedJobs::ServedJobs(std::unique_ptr<jobs::JobQueue> queue, ServerData& data,
                       const ServedJobsOptions& options, const Parts& parts, std::string program)
    : options_(options),
      parts_(parts),
      program_(std::move(program)),
      queue_(std::move(queue)),
      api_{.queue = *queue_,
           .backend = parts.backend,
           .num_workers = options.num_workers,
           .max_retention_hours = options.retention_hours,
           .recordings_folder = options.recordings_folder,
           .quotas = &data.quotas(),
           .audit = &data.audit()} {}

void ServedJobs::Start() {
  runner_ = std::make_unique<api::jobs::JobRunner>(
      *queue_, parts_.backend,
      api::jobs::JobRunnerOptions{
          .num_workers = options_.num_workers,
          .resume_scope = program_,
          .recordings_folder = options_.recordings_folder,
          .gate = &parts_.gate,
          .observer = [this](const api::jobs::JobRecord& record) { parts_.ledger.Write(record); },
          .on_error = [this](std::string_view what,
                             const Status& status) { parts_.log.Error(what, status); }});
}

void ServedJobs::Stop() { runner_.reset(); }

void ServedJobs::CountStates() {
  const auto statistics = queue_->Statistics();
  if (!statistics.ok()) return;  // The next time will tell.
  for (int state = 0; state < jobs::kNumJobStates; ++state) {
    const auto count = static_cast<double>(statistics->num_jobs[static_cast<size_t>(state)]);
    const auto name = jobs::JobStateName(static_cast<jobs::JobState>(state));
    parts_.metrics.jobs.With({name}).Set(count);
  }
}

}  // namespace ironscribe::cli
