#include "apps/cli/transcribe_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "apps/cli/batch_runner.h"
#include "apps/cli/input_files.h"
#include "apps/cli/model_error.h"
#include "apps/cli/output_plan.h"
#include "apps/cli/resume.h"
#include "apps/cli/run_manifest.h"
#include "apps/cli/settings_digest.h"
#include "apps/cli/stream_run.h"
#include "base/cpu.h"

namespace ironscribe::cli {
namespace {

// Without an output folder several texts share standard output; of the formats only plain text can.
Status CheckStandardOutput(const TranscribeOptions& options, size_t num_inputs) {
  if (!options.output_folder.empty() || num_inputs <= 1) return OkStatus();
  const auto name = options.formats[0]->name;
  if (name == "txt") return OkStatus();
  return InvalidArgumentError(fmt::format("several recordings as {} need --output-dir", name));
}

Status CheckOutputFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || !std::filesystem::exists(folder, error) ||
      std::filesystem::is_directory(folder, error)) {
    return OkStatus();
  }
  return InvalidArgumentError(
      fmt::format("--output-dir '{}' is a file; name a folder", folder.string()));
}

Result<std::vector<RecordingJob>> PlanJobs(const TranscribeOptions& options) {
  std::vector<InputFile> inputs =
      CollectInputs(options.inputs, {.include = options.include, .exclude = options.exclude});
  RETURN_IF_ERROR(CheckStandardOutput(options, inputs.size()));
  RETURN_IF_ERROR(CheckOutputFolder(options.output_folder));
  std::vector<OutputPaths> outputs(inputs.size());
  if (!options.output_folder.empty()) {
    ASSIGN_OR_RETURN(outputs, PlanOutputs(inputs, options.output_folder, options.formats));
  }
  std::vector<RecordingJob> jobs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    jobs.push_back({std::move(inputs[i]), std::move(outputs[i])});
  }
  return jobs;
}

// Removes the jobs that the manifest knows as finished; returns how many.
size_t DropFinished(std::vector<RecordingJob>& jobs, const RunManifest& manifest,
                    const TranscribeOptions& options, const std::string& settings,
                    RunReporter& reporter) {
  return std::erase_if(jobs, [&](const RecordingJob& job) {
    if (!job.input.status.ok() || job.input.is_standard_input()) return false;
    const auto recording =
        DescribeRecording(job.input.path, options.output_folder, job.outputs, settings);
    if (!recording.ok() || !manifest.IsFinished(*recording)) return false;
    // The run that finished it may have been killed before it tidied up.
    DiscardResumeJournal(job, options, reporter);
    return true;
  });
}

void NoteThreads(const TranscribeOptions& options, RunReporter& reporter) {
  const int usable = UsableCpus();
  if (options.recognizer.num_threads > usable) {
    reporter.Note("", fmt::format("--threads {} is more than the {} CPUs this process may use; it "
                                  "will be slower than --threads {}",
                                  options.recognizer.num_threads, usable, usable));
  }
}

// The model; null when no job needs it.
Result<std::unique_ptr<Transcriber>> OpenModel(const TranscribeOptions& options,
                                               const TranscribeServices& services,
                                               const std::vector<RecordingJob>& jobs) {
  const bool needed = std::any_of(jobs.begin(), jobs.end(),
                                  [](const RecordingJob& job) { return job.input.status.ok(); });
  if (!needed) return std::unique_ptr<Transcriber>();
  ASSIGN_OR_RETURN(auto transcriber, services.open_model(options));
  return transcriber;
}

ExitCode ExitCodeOf(const RunSummary& summary) {
  if (summary.unfinished > 0) return ExitCode::kInterrupted;
  return summary.failed > 0 ? ExitCode::kSomeFailed : ExitCode::kDone;
}

// Null when texts stay as recognised.
Result<std::unique_ptr<finishing::Finisher>> MakeFinisher(const TranscribeOptions& options) {
  if (!options.finishing.changes_text()) return std::unique_ptr<finishing::Finisher>();
  return finishing::Finisher::Create(options.finishing);
}

ExitCode RunJobs(std::vector<RecordingJob> jobs, const TranscribeOptions& options,
                 const TranscribeServices& services, RunReporter& reporter, std::stop_token stop) {
  const auto fail = [&](const Status& status) {
    reporter.Error(status);
    return stop.stop_requested() ? ExitCode::kInterrupted : ExitCode::kSomeFailed;
  };
  const auto transcriber = OpenModel(options, services, jobs);
  if (!transcriber.ok()) {
    const ExitCode code = fail(transcriber.status());
    return IsWrongUsageOfModel(transcriber.status()) ? ExitCode::kWrongUsage : code;
  }
  if (*transcriber != nullptr) {
    if (const Status status = (*transcriber)->CheckOptions(options.decoding); !status.ok()) {
      reporter.Error(status);
      return ExitCode::kWrongUsage;
    }
    const std::string note = (*transcriber)->note();
    if (!note.empty()) reporter.Note("", note);
  }
  const auto finisher = MakeFinisher(options);
  if (!finisher.ok()) {
    reporter.Error(finisher.status());
    return ExitCode::kWrongUsage;
  }
  std::unique_ptr<RunManifest> manifest;
  std::string settings;
  size_t skipped = 0;
  if (!options.output_folder.empty() && *transcriber != nullptr) {
    auto opened = RunManifest::Open(options.output_folder);
    if (!opened.ok()) return fail(opened.status());
    manifest = std::move(opened).value();
    settings = SettingsDigest(options, (*transcriber)->model_info());
    if (!options.force) skipped = DropFinished(jobs, *manifest, options, settings, reporter);
  }
  reporter.Start(jobs.size(), skipped);
  const BatchContext context{.options = options,
                             .transcriber = transcriber->get(),
                             .open_input = services.open_input,
                             .open_channels = services.open_channels,
                             .reporter = reporter,
                             .standard_output = services.standard_output,
                             .manifest = manifest.get(),
                             .finisher = finisher->get(),
                             .settings_digest = settings,
                             .program = services.program,
                             .now_seconds = services.now_seconds};
  RunSummary summary = RunBatch(jobs, context, stop);
  summary.skipped = skipped;
  reporter.Finish(summary);
  return ExitCodeOf(summary);
}

}  // namespace

std::unique_ptr<RunReporter> ReporterOf(const TranscribeOptions& options,
                                        const TranscribeServices& services) {
  // A bar and what is being said cannot share a terminal.
  const bool bar = options.stream && options.progress == ProgressMode::kAuto;
  return MakeRunReporter({.progress = bar ? ProgressMode::kNone : options.progress,
                          .quiet = options.quiet,
                          .verbose = options.verbose,
                          .console = services.console,
                          .now_seconds = services.now_seconds},
                         services.standard_error);
}

ExitCode RunTranscribe(const TranscribeOptions& options, const TranscribeServices& services,
                       std::stop_token stop) {
  const auto reporter = ReporterOf(options, services);
  if (options.stream) return RunStream(options, services, *reporter, std::move(stop));
  auto jobs = PlanJobs(options);
  if (!jobs.ok()) {
    reporter->Error(jobs.status());
    return ExitCode::kWrongUsage;
  }
  NoteThreads(options, *reporter);
  const std::stop_callback on_stop(stop, [&] { reporter->Interrupted(); });
  return RunJobs(std::move(jobs).value(), options, services, *reporter, stop);
}

}  // namespace ironscribe::cli
