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

// Checked before a model is opened, which takes seconds.
Result<std::vector<RecordingJob>> JobsOf(const std::filesystem::path& folder) {
  std::vector<RecordingJob> jobs;
  for (InputFile& input : CollectInputs({folder.string()}, {})) {
    if (!input.status.ok()) return input.status.Annotate("--measure");
    RecordingJob job;
    job.input = std::move(input);
    jobs.push_back(std::move(job));
  }
  if (jobs.empty()) {
    return FailedPreconditionError(fmt::format("--measure: {} has no recording", folder.string()));
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

struct Rounds {
  std::vector<double> speeds;
  double audio_seconds = 0;  // Of one.
};

Result<Rounds> TimeRounds(const std::vector<RecordingJob>& jobs, const BatchContext& context,
                          const MeasureOptions& options, std::stop_token stop) {
  Rounds rounds;
  for (int round = 0; round <= options.repeats; ++round) {
    context.reporter.Start(jobs.size(), 0);
    const RunSummary summary = RunBatch(jobs, context, stop);
    context.reporter.Finish(summary);
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
    rounds.audio_seconds = summary.audio_seconds;
    // The first warms caches and clocks up.
    if (round > 0) rounds.speeds.push_back(summary.audio_seconds / summary.wall_seconds);
  }
  return rounds;
}

cost_report::MeasuredSpeed Describe(const Rounds& rounds, const TranscribeOptions& options,
                                    const transcript::ModelInfo& model) {
  const MeanInterval interval = IntervalOf(rounds.speeds);
  cost_report::MeasuredSpeed measured;
  measured.audio_seconds = rounds.audio_seconds;
  measured.model = options.model;
  measured.processor = CpuModelName();
  measured.architecture = CpuArchitecture();
  if (options.finishing.redacts()) measured.features = {cost::Feature::kRedaction};
  measured.cores = CoresOf(options.recognizer.num_threads);
  measured.repeats = static_cast<int>(rounds.speeds.size());
  measured.speed = cost::Speed(interval.mean);
  measured.low =
      cost::Speed(std::max(kLowestShare * interval.mean, interval.mean - interval.half_width));
  measured.high = cost::Speed(interval.mean + interval.half_width);
  measured.settings = SettingsOf(options, model);
  return measured;
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
  ASSIGN_OR_RETURN(const std::vector<RecordingJob> jobs, JobsOf(options.folder));
  ASSIGN_OR_RETURN(const auto transcriber, services.open_model(transcribe));
  RETURN_IF_ERROR(transcriber->CheckOptions(transcribe.decoding));
  std::unique_ptr<finishing::Finisher> finisher;
  if (transcribe.finishing.changes_text()) {
    ASSIGN_OR_RETURN(finisher, finishing::Finisher::Create(transcribe.finishing));
  }
  const auto reporter = ReporterOf(transcribe, services);
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
  ASSIGN_OR_RETURN(const Rounds rounds, TimeRounds(jobs, context, options, stop));
  return Describe(rounds, transcribe, transcriber->model_info());
}

}  // namespace ironscribe::cli
