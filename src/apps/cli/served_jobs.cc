#include "apps/cli/served_jobs.h"

#include <utility>

#include "api/jobs/callback_signature.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

constexpr double kMsPerHour = 3'600'000;
constexpr uint64_t kMaxSecretFileBytes = 64 << 10;
// A host that sends less than speech in Opus needs has given up.
constexpr int kStallBytesPerSecond = 500;
constexpr int kStallSeconds = 30;

net::OutboundOptions ReceiverOptions(const ServedJobsOptions& options) {
  net::OutboundOptions outbound;
  outbound.ca_file = options.ca_file;
  return outbound;
}

net::OutboundOptions RecordingOptions(const ServedJobsOptions& options) {
  net::OutboundOptions outbound = ReceiverOptions(options);
  outbound.total_timeout_ms = static_cast<int>(options.audio_timeout_seconds * 1000);
  outbound.stall_bytes_per_second = kStallBytesPerSecond;
  outbound.stall_seconds = kStallSeconds;
  outbound.max_reply_bytes = options.max_file_bytes;
  return outbound;
}

}  // namespace

Result<std::vector<std::string>> ReadCallbackSecrets(const ServedJobsOptions& options) {
  if (options.callback_hosts.empty()) return std::vector<std::string>();
  const auto text = io::ReadFile(options.secret_file, kMaxSecretFileBytes);
  if (!text.ok()) return text.status().Annotate("--callback-secret-file");
  auto secrets = api::jobs::ReadCallbackSecrets(*text);
  if (!secrets.ok()) return secrets.status().Annotate("--callback-secret-file");
  return secrets;
}

Result<std::unique_ptr<ServedJobs>> ServedJobs::Open(ServerData& data,
                                                     const ServedJobsOptions& options,
                                                     const Parts& parts, std::string program) {
  ASSIGN_OR_RETURN(auto secrets, ReadCallbackSecrets(options));
  jobs::JobQueueOptions queue_options;
  queue_options.max_audio_bytes = options.max_audio_bytes;
  queue_options.retention_ms = static_cast<int64_t>(options.retention_hours * kMsPerHour);
  ASSIGN_OR_RETURN(auto queue, jobs::JobQueue::Open(data.folder(), queue_options));
  return std::unique_ptr<ServedJobs>(new ServedJobs(std::move(queue), data, options, parts,
                                                    std::move(program), std::move(secrets)));
}

ServedJobs::ServedJobs(std::unique_ptr<jobs::JobQueue> queue, ServerData& data,
                       const ServedJobsOptions& options, const Parts& parts, std::string program,
                       std::vector<std::string> secrets)
    : options_(options),
      parts_(parts),
      program_(std::move(program)),
      queue_(std::move(queue)),
      api_{.queue = *queue_,
           .backend = parts.backend,
           .num_workers = options.num_workers,
           .max_retention_hours = options.retention_hours,
           .recordings_folder = options.recordings_folder,
           .audio_hosts = options.audio_hosts,
           .callback_hosts = options.callback_hosts,
           .quotas = &data.quotas(),
           .audit = &data.audit()},
      secrets_(std::move(secrets)),
      recordings_(options.audio_hosts, RecordingOptions(options)),
      receivers_(options.callback_hosts, ReceiverOptions(options)) {}

void ServedJobs::Start() {
  runner_ = std::make_unique<api::jobs::JobRunner>(
      *queue_, parts_.backend,
      api::jobs::JobRunnerOptions{
          .num_workers = options_.num_workers,
          .resume_scope = program_,
          .recordings_folder = options_.recordings_folder,
          .recordings = options_.audio_hosts.empty() ? nullptr : &recordings_,
          .gate = &parts_.gate,
          .observer = [this](const api::jobs::JobRecord& record) { parts_.ledger.Write(record); },
          .on_error = [this](std::string_view what,
                             const Status& status) { parts_.log.Error(what, status); }});
  if (options_.callback_hosts.empty()) return;
  callbacks_ = std::make_unique<api::jobs::CallbackSender>(
      *queue_, receivers_,
      api::jobs::CallbackOptions{
          .secrets = secrets_,
          .observer = [this](const api::jobs::CallbackRecord& record) { Tell(record); },
          .on_error = [this](std::string_view what,
                             const Status& status) { parts_.log.Error(what, status); }});
}

void ServedJobs::Tell(const api::jobs::CallbackRecord& record) {
  parts_.log.Callback(record);
  parts_.metrics.callbacks.With({record.outcome}).Add(1);
}

void ServedJobs::Stop() {
  callbacks_.reset();
  runner_.reset();
}

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
