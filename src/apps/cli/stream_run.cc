#include "apps/cli/stream_run.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "apps/cli/model_error.h"
#include "apps/cli/stream_output.h"

namespace ironscribe::cli {
namespace {

constexpr const char* kInputName = "standard input";

Status NotLive(const Transcriber& transcriber) {
  return InvalidArgumentError(fmt::format(
      "--stream: '{}' is a {} model, which waits for whole windows; live recognition with them "
      "comes with the live protocols. Take a Vosk model, or leave out --stream to transcribe "
      "standard input when it ends",
      transcriber.model_info().name, transcriber.model_info().family));
}

void TellBegin(const audio::LiveInput& input, double latency_seconds,
               const TranscribeOptions& options, RunReporter& reporter) {
  reporter.Start(1, 0);
  reporter.FileStarted(0, kInputName, -1, input.source->Description());
  if (input.rate_hz != audio::kSampleRateHz) {
    reporter.Note(kInputName, fmt::format("{} Hz, converted to the {} Hz that models listen at",
                                          input.rate_hz, audio::kSampleRateHz));
  }
  if (options.verbose) {
    reporter.Note("", fmt::format("text follows sound within {:.2f} s and the time to compute it",
                                  latency_seconds));
  }
}

Status Listen(const TranscribeOptions& options, const TranscribeServices& services,
              Transcriber& transcriber, RunReporter& reporter, std::stop_token stop) {
  ASSIGN_OR_RETURN(const audio::LiveInput input,
                   services.open_live({.rate_hz = options.stream_rate_hz, .stop = stop}));
  TellBegin(input, transcriber.live_latency_seconds().value_or(0), options, reporter);
  const auto output = MakeStreamOutput(options, services.output_console, services.standard_output);
  // The caller's stop ends the sound and nothing else: what was said is still written.
  std::stop_source broken;
  Status written;
  const auto keep = [&](const Status& status) {
    if (status.ok() || !written.ok()) return;
    written = status;
    broken.request_stop();
  };
  const models::RecognitionCallbacks callbacks{
      .progress = [&](double seconds) { reporter.FileProgress(0, seconds); },
      .segment = [&](const transcript::Segment& segment) { keep(output->Final(segment)); },
      .partial = [&](const std::string& text) { keep(output->Partial(text)); }};
  const double start_seconds = services.now_seconds();
  const auto transcript =
      transcriber.Transcribe(*input.source, options.decoding, callbacks, broken.get_token());
  if (written.ok()) keep(output->End(transcript.ok() ? transcript->duration_seconds : 0));
  RETURN_IF_ERROR(written);
  RETURN_IF_ERROR(transcript.status());
  if (transcript->duration_seconds <= 0 && !stop.stop_requested()) {
    return InvalidArgumentError("no sound arrived; check the program that makes it");
  }
  reporter.FileDone(0, {.name = kInputName,
                        .audio_seconds = transcript->duration_seconds,
                        .wall_seconds = services.now_seconds() - start_seconds,
                        .outputs = {}});
  return OkStatus();
}

}  // namespace

ExitCode RunStream(const TranscribeOptions& options, const TranscribeServices& services,
                   RunReporter& reporter, std::stop_token stop) {
  const auto transcriber = services.open_model(options);
  if (!transcriber.ok()) {
    reporter.Error(transcriber.status());
    if (IsWrongUsageOfModel(transcriber.status())) return ExitCode::kWrongUsage;
    return stop.stop_requested() ? ExitCode::kInterrupted : ExitCode::kSomeFailed;
  }
  const bool is_live = (*transcriber)->live_latency_seconds().has_value();
  const Status usable =
      is_live ? (*transcriber)->CheckOptions(options.decoding) : NotLive(**transcriber);
  if (!usable.ok()) {
    reporter.Error(usable);
    return ExitCode::kWrongUsage;
  }
  const std::string note = (*transcriber)->note();
  if (!note.empty()) reporter.Note("", note);
  const Status status = Listen(options, services, **transcriber, reporter, std::move(stop));
  if (status.ok()) return ExitCode::kDone;
  reporter.FileFailed(0, kInputName, status);
  return ExitCode::kSomeFailed;
}

}  // namespace ironscribe::cli
