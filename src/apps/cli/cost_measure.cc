#include "apps/cli/cost_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "apps/cli/batch_runner.h"
#include "apps/cli/input_files.h"
#include "base/cpu.h"
#include "base/cpu_topology.h"
#include "finishing/finisher.h"

namespace ironscribe::cli {
namespace {

// Two-sided 95 % of Student's t by degrees of freedom, 1 to 30; the normal value beyond is 1.96.
constexpr double kStudent[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                               2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
                               2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
                               2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
// The lower end of a speed is not 0, however much few repeats differ.
constexpr double kLowestShare = 0.05;

// Cores that so many threads (0: all usable CPUs) keep busy. Threads that share a core count once.
int CoresOf(int num_threads) {
  const int cpus = num_threads > 0 ? std::min(num_threads, UsableCpus()) : UsableCpus();
  return std::max(1, (cpus + ThreadsPerCore() - 1) / ThreadsPerCore());
}

std::vector<RecordingJob> JobsOf(const std::filesystem::path& folder) {
  std::vector<RecordingJob> jobs;
  for (InputFile& input : CollectInputs({folder.string()}, {})) {
    RecordingJob job;
    job.input = std::move(input);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::string SettingsOf(const TranscribeOptions& options, const transcript::ModelInfo& model) {
  std::string text = fmt::format("{} {}", model.name, model.compute_type);
  if (options.finishing.changes_text()) text += ", with finishing";
  if (options.split_channels) text += ", each channel on its own";
  if (options.decoding.word_times) text += ", word times";
  return text;
}

}  // namespace

MeanInterval IntervalOf(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  MeanInterval interval;
  for (const double value : values) interval.mean += value / count;
  double squares = 0;
  for (const double value : values) squares += (value - interval.mean) * (value - interval.mean);
  const size_t freedom = values.size() - 1;
  const double student = freedom <= std::size(kStudent) ? kStudent[freedom - 1] : 1.96;
  interval.half_width = student * std::sqrt(squares / static_cast<double>(freedom) / count);
  return interval;
}

Result<cost_report::MeasuredSpeed> MeasureSpeed(const MeasureOptions& options,
                                                const TranscribeServices& services,
                                                std::stop_token stop) {
  const TranscribeOptions& transcribe = options.transcribe;
  const std::vector<RecordingJob> jobs = JobsOf(options.folder);
  ASSIGN_OR_RETURN(const auto transcriber, services.open_model(transcribe));
  RETURN_IF_ERROR(transcriber->CheckOptions(transcribe.decoding));
  std::unique_ptr<finishing::Finisher> finisher;
  if (transcribe.finishing.changes_text()) {
    ASSIGN_OR_RETURN(finisher, finishing::Finisher::Create(transcribe.finishing));
  }
  const auto reporter = MakeRunReporter({.progress = transcribe.progress,
                                         .quiet = transcribe.quiet,
                                         .verbose = transcribe.verbose,
                                         .console = services.console,
                                         .now_seconds = services.now_seconds},
                                        services.standard_error);
  const BatchContext context{
      .options = transcribe,
      .transcriber = transcriber.get(),
      .open_input = services.open_input,
      .open_channels = services.open_channels,
      .reporter = *reporter,
      .standard_output = services.standard_output,
      .finisher = finisher.get(),
      .settings_digest = {},
      .now_seconds = services.now_seconds,
      .deliver = [](size_t, const transcript::Transcript&) { return OkStatus(); }};
  cost_report::MeasuredSpeed measured;
  std::vector<double> speeds;
  for (int round = 0; round <= options.repeats; ++round) {
    reporter->Start(jobs.size(), 0);
    const RunSummary summary = RunBatch(jobs, context, stop);
    reporter->Finish(summary);
    if (stop.stop_requested()) return CancelledError("the measurement was interrupted");
    if (summary.failed > 0) {
      return FailedPreconditionError(fmt::format(
          "--measure: {} recordings of {} failed; a speed without them would not be yours",
          summary.failed, options.folder.string()));
    }
    if (!(summary.audio_seconds > 0) || !(summary.wall_seconds > 0)) {
      return FailedPreconditionError(
          fmt::format("--measure: {} has no recording with audio", options.folder.string()));
    }
    measured.audio_seconds = summary.audio_seconds;
    // The first warms caches and clocks up.
    if (round > 0) speeds.push_back(summary.audio_seconds / summary.wall_seconds);
  }
  const MeanInterval interval = IntervalOf(speeds);
  measured.model = transcribe.model;
  measured.processor = CpuModelName();
  measured.cores = CoresOf(transcribe.recognizer.num_threads);
  measured.repeats = options.repeats;
  measured.speed = cost::Speed(interval.mean);
  measured.low =
      cost::Speed(std::max(kLowestShare * interval.mean, interval.mean - interval.half_width));
  measured.high = cost::Speed(interval.mean + interval.half_width);
  measured.settings = SettingsOf(transcribe, transcriber->model_info());
  return measured;
}

}  // namespace ironscribe::cli
