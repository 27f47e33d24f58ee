#include "api/jobs/job_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "api/jobs/audio_fetch.h"
#include "api/jobs/job_order.h"
#include "api/jobs/job_result.h"
#include "engine/resume_journal.h"
#include "io/beneath.h"

namespace ironscribe::api::jobs {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kIdleWait{1'000};
// After an error of the queue itself (its disk is full, somebody locks it) it is left alone for so
// long at first, then twice as long up to the second.
constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{30'000};

// A recording is not known to be finished before its result is safe.
constexpr double kMaxUnfinishedProgress = 0.99;

// What the owner is told of errors that may name files of the server.
constexpr const char* kServerMessage = "the server failed to transcribe the recording";

engine::ResumeScope ScopeOf(const queue::Lease& lease, const transcript::ModelInfo& model,
                            const std::string& program) {
  return {.program = program,
          .model = fmt::format("{} {} {} {} {}", model.family, model.digest, model.rules_digest,
                               model.compute_type, model.voice_activity),
          .options = lease.payload,
          .recording = lease.job_id};
}

}  // namespace

// The key's own limits were asked when it submitted; here it takes its turn, and what it uses is
// counted.
std::shared_ptr<AdmissionGate::Place> JobRunner::EnterGate(const std::string& key_id) const {
  if (options_.gate == nullptr) return nullptr;
  accounts::ApiKey key;
  key.id = key_id;
  const Identity identity(std::make_shared<const accounts::ApiKey>(std::move(key)));
  auto entered =
      options_.gate->Enter({.identity = identity, .priority = service::Priority::kBatch});
  auto* place = std::get_if<std::shared_ptr<AdmissionGate::Place>>(&entered);
  return place != nullptr ? std::move(*place) : nullptr;
}

// A job in the hands of a worker.
struct JobRunner::ActiveJob {
  const queue::Lease& lease;
  std::stop_source stop;
  std::atomic<double> progress{0};
  std::atomic<bool> is_lost{false};  // Nobody waits for it any more.
  // Of its worker.
  std::shared_ptr<CallNotes> notes = std::make_shared<CallNotes>();
  std::string key_id{};
};

Result<io::Descriptor> JobRunner::OpenRecording(ActiveJob& job, const JobOrder& order) const {
  std::filesystem::path audio = job.lease.audio_path;
  if (audio.empty() && !order.audio_url.empty()) {
    if (options_.recordings == nullptr) {
      return FailedPreconditionError("the server fetches no recordings any more");
    }
    ASSIGN_OR_RETURN(audio, FetchAudio(queue_, job.lease, *options_.recordings, order.audio_url, {},
                                       job.stop.get_token()));
  }
  if (!audio.empty()) return io::OpenBeneath(audio.parent_path(), audio.filename().native());
  const std::filesystem::path& folder = options_.recordings_folder;
  if (folder.empty()) return NotFoundError("the server has no folder of recordings any more");
  auto file = io::OpenBeneath(folder, order.path);
  if (!file.ok()) return file.status().Annotate("'path'");
  return file;
}

// What came of an attempt.
struct JobRunner::Outcome {
  enum class Kind { kDone, kFailed, kRetry, kRelease };
  Kind kind = Kind::kDone;
  std::string result{};  // Of kDone.
  Status error{};        // Of kFailed and kRetry.
};

JobRunner::JobRunner(queue::JobQueue& queue, Backend& backend, JobRunnerOptions options)
    : queue_(queue), backend_(backend), options_(std::move(options)) {
  const std::stop_token stop = stop_.get_token();
  for (int i = 0; i < options_.num_workers; ++i) {
    threads_.emplace_back([this, i, stop] { Work(stop, i); });
  }
  threads_.emplace_back([this, stop] { Beat(stop); });
  threads_.emplace_back([this, stop] { Keep(stop); });
}

JobRunner::~JobRunner() { Stop(); }

void JobRunner::Stop() {
  stop_.request_stop();
  threads_.clear();
}

bool JobRunner::Sleep(milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void JobRunner::Tell(std::string_view what, const Status& status) const {
  if (options_.on_error) options_.on_error(what, status);
}

void JobRunner::Work(const std::stop_token& stop, int number) {
  const std::string name = fmt::format("worker {}", number + 1);
  milliseconds pause = kFirstPause;
  while (!stop.stop_requested()) {
    const auto lease = queue_.TryLease(name);
    if (!lease.ok()) {
      Tell("no job can be had", lease.status());
      if (!Sleep(pause, stop)) return;
      pause = std::min(2 * pause, kLongestPause);
      continue;
    }
    pause = kFirstPause;
    if (lease->has_value()) {
      Run(**lease, stop);
    } else {
      queue_.WaitForWork(stop, kIdleWait.count());
    }
  }
}

void JobRunner::Beat(const std::stop_token& stop) {
  while (Sleep(options_.heartbeat, stop)) {
    const std::lock_guard lock(mutex_);
    for (ActiveJob* job : active_) {
      const Status status = queue_.Heartbeat(job->lease, job->progress);
      const bool lost =
          status.code() == StatusCode::kCancelled || status.code() == StatusCode::kAborted;
      if (lost) {
        job->is_lost = true;
        job->stop.request_stop();
      } else if (!status.ok()) {
        Tell("a heartbeat is lost", status);
      }
    }
  }
}

void JobRunner::Keep(const std::stop_token& stop) {
  do {
    const auto done = queue_.Maintain();
    if (!done.ok()) Tell("the housekeeping of jobs failed", done.status());
  } while (Sleep(options_.housekeeping, stop));
}

void JobRunner::Run(const queue::Lease& lease, const std::stop_token& stop) {
  ActiveJob job{.lease = lease, .stop = {}, .progress = lease.progress};
  {
    const std::lock_guard lock(mutex_);
    active_.push_back(&job);
  }
  JobRecord record{.job_id = lease.job_id, .key_id = {}, .attempt = lease.attempt, .outcome = {}};
  {
    const std::stop_callback when_stopped(stop, [&job] { job.stop.request_stop(); });
    const Outcome outcome = Recognize(job);
    record.outcome = Settle(job, outcome, stop);
  }
  {
    const std::lock_guard lock(mutex_);
    std::erase(active_, &job);
  }
  record.key_id = job.key_id;
  record.notes = *job.notes;
  if (options_.observer) options_.observer(record);
}

// The journal is closed when this returns: the queue removes it with the job.
JobRunner::Outcome JobRunner::Recognize(ActiveJob& job) {
  using Kind = Outcome::Kind;
  const queue::Lease& lease = job.lease;
  const auto text = ReadPayload(lease.payload);
  if (!text.ok()) return {.kind = Kind::kFailed, .error = text.status()};
  job.key_id = text->key_id;
  JobOrder order;
  if (const ParameterError error = ReadOrder(*text, order); !error.status.ok()) {
    return {.kind = Kind::kFailed, .error = error.status};
  }
  const auto recording = OpenRecording(job, order);
  if (!recording.ok()) {
    const StatusCode code = recording.status().code();
    // The job is another's, or the server stops.
    const bool ours = code != StatusCode::kCancelled && code != StatusCode::kAborted;
    return {.kind = ours ? Kind::kFailed : Kind::kRelease, .error = recording.status()};
  }

  const auto place = EnterGate(text->key_id);
  if (options_.gate != nullptr && place == nullptr) return {.kind = Kind::kRelease};
  BackendRequest work(backend_, order.recognition,
                      {.request_id = lease.job_id, .notes = job.notes, .place = place},
                      job.stop.get_token());
  const auto outcome_of = [](const BackendError& error) -> Outcome {
    switch (error.fault) {
      case Fault::kBusy:
      case Fault::kGone:
      case Fault::kRefused:
        return {.kind = Kind::kRelease};
      case Fault::kServer:
        return {.kind = Kind::kRetry, .error = error.status};
      default:
        return {.kind = Kind::kFailed, .error = error.status};
    }
  };
  if (const auto error = work.OpenModel()) return outcome_of(*error);

  auto journal = engine::ResumeJournal::Open(
      lease.journal_path, ScopeOf(lease, work.model().info(), options_.resume_scope));
  if (!journal.ok()) Tell("what a job has finished is not kept", journal.status());
  engine::ResumeJournal* const kept = journal.ok() ? journal->get() : nullptr;
  RecordingRecognizer::Progress progress;
  progress.results = kept;
  progress.seconds = [&job, kept](double done_seconds, double expected_seconds) {
    if (kept != nullptr) kept->Reached(done_seconds);
    if (expected_seconds <= 0) return;
    const double share = std::min(done_seconds / expected_seconds, kMaxUnfinishedProgress);
    job.progress = std::max(job.progress.load(), share);
  };
  Recognized recognized;
  if (const auto error = work.Recognize(*recording, progress, recognized)) {
    return outcome_of(*error);
  }
  return {.kind = Kind::kDone,
          .result = WriteResult(recognized.transcript, order.recognition.write)};
}

bool JobRunner::GiveBack(const std::function<Status()>& give, ActiveJob& job,
                         const std::stop_token& stop) {
  milliseconds pause = kFirstPause;
  while (true) {
    const Status status = give();
    if (status.ok()) return true;
    const bool is_lost =
        status.code() == StatusCode::kCancelled || status.code() == StatusCode::kAborted;
    if (is_lost) return false;
    Tell("a job cannot be given back yet", status);
    // The server ends: the next one finds the journal, and the job queued.
    if (job.is_lost || !Sleep(pause, stop)) return false;
    pause = std::min(2 * pause, kLongestPause);
  }
}

std::string_view JobRunner::Settle(ActiveJob& job, const Outcome& outcome,
                                   const std::stop_token& stop) {
  using Kind = Outcome::Kind;
  if (job.is_lost) return "lost";
  const queue::Lease& lease = job.lease;
  // How far it came decides whether its attempt is a strike.
  (void)queue_.Heartbeat(lease, job.progress);
  if (outcome.kind == Kind::kDone) {
    Status too_large;
    const bool taken = GiveBack(
        [&]() -> Status {
          const Status status = queue_.Succeed(lease, outcome.result);
          if (status.code() != StatusCode::kInvalidArgument) return status;
          too_large = status;
          return queue_.Fail(lease, status, queue::JobQueue::Retry::kNo);
        },
        job, stop);
    return !taken ? "lost" : too_large.ok() ? "succeeded" : "failed";
  }
  if (outcome.kind == Kind::kRelease) {
    const bool taken = GiveBack([&] { return queue_.Release(lease); }, job, stop);
    // A model that has no room now will not have any in the next moment.
    if (taken && !stop.stop_requested()) Sleep(kIdleWait, stop);
    return taken ? "released" : "lost";
  }
  const bool retry = outcome.kind == Kind::kRetry;
  if (retry) Tell(fmt::format("job {} failed", lease.job_id), outcome.error);
  const Status why = retry ? InternalError(kServerMessage) : outcome.error;
  const bool taken = GiveBack(
      [&] {
        return queue_.Fail(lease, why,
                           retry ? queue::JobQueue::Retry::kYes : queue::JobQueue::Retry::kNo);
      },
      job, stop);
  return !taken ? "lost" : retry ? "retried" : "failed";
}

}  // namespace ironscribe::api::jobs
