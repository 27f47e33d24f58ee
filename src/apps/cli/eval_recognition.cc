#include "apps/cli/eval_recognition.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "apps/cli/batch_runner.h"
#include "apps/cli/model_error.h"
#include "text/languages.h"

namespace ironscribe::cli {
namespace {

std::vector<RecordingJob> JobsOf(const eval::Manifest& manifest,
                                 const models::DecodingOptions& decoding) {
  std::vector<RecordingJob> jobs;
  for (const eval::Utterance& utterance : manifest.utterances) {
    RecordingJob job;
    job.input.path = utterance.audio;
    job.input.relative_path = utterance.audio.filename();
    // What was asked for by flag wins over the manifest; a label that is no language is none.
    if (decoding.language.empty() && text::FindLanguage(utterance.language) != nullptr) {
      job.language = utterance.language;
    }
    if (utterance.span.has_value()) {
      job.clip = models::Clip{utterance.span->start_seconds, utterance.span->end_seconds};
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

// Whether there is anything to hold times or probabilities against.
bool WantsWordTimes(const eval::Manifest& manifest, const EvalOptions& options) {
  const bool has_times = std::any_of(
      manifest.utterances.begin(), manifest.utterances.end(),
      [](const auto& utterance) { return !utterance.words.empty() || !utterance.turns.empty(); });
  const bool has_gate =
      std::any_of(options.gates.begin(), options.gates.end(),
                  [](const eval::Gate& gate) { return gate.metric == eval::GateMetric::kEce; });
  return has_times || has_gate;
}

}  // namespace

RecognizedManifest RecognizeManifest(const eval::Manifest& manifest, const EvalOptions& options,
                                     const TranscribeServices& services, std::stop_token stop) {
  RecognizedManifest result;
  TranscribeOptions transcribe = options.transcribe;
  if (WantsWordTimes(manifest, options)) transcribe.decoding.word_times = true;
  const auto reporter = ReporterOf(transcribe, services);
  const auto transcriber = services.open_model(transcribe);
  Status status = transcriber.status();
  if (status.ok()) status = (*transcriber)->CheckOptions(transcribe.decoding);
  if (!status.ok()) {
    reporter->Error(status);
    const bool is_usage = transcriber.ok() || IsWrongUsageOfModel(status);
    result.exit_code = stop.stop_requested() ? ExitCode::kInterrupted
                       : is_usage            ? ExitCode::kWrongUsage
                                             : ExitCode::kSomeFailed;
    return result;
  }
  if (const std::string note = (*transcriber)->note(); !note.empty()) reporter->Note("", note);
  const std::stop_callback on_stop(stop, [&] { reporter->Interrupted(); });
  const std::vector<RecordingJob> jobs = JobsOf(manifest, transcribe.decoding);
  std::mutex mutex;
  reporter->Start(jobs.size(), 0);
  const BatchContext context{
      .options = transcribe,
      .transcriber = transcriber->get(),
      .open_input = services.open_input,
      .open_channels = services.open_channels,
      .reporter = *reporter,
      .standard_output = services.standard_output,
      .settings_digest = {},
      .now_seconds = services.now_seconds,
      .deliver = [&](size_t index, const transcript::Transcript& transcript) {
        const std::lock_guard lock(mutex);
        result.hypotheses.by_name[manifest.utterances[index].id] = eval::FromTranscript(transcript);
        return OkStatus();
      }};
  const RunSummary summary = RunBatch(jobs, context, stop);
  reporter->Finish(summary);
  const transcript::ModelInfo model = (*transcriber)->model_info();
  result.system = fmt::format("{} {}", model.name, model.compute_type);
  result.run_time = eval::RunTime{summary.audio_seconds, summary.wall_seconds};
  if (summary.unfinished > 0) result.exit_code = ExitCode::kInterrupted;
  return result;
}

}  // namespace ironscribe::cli
