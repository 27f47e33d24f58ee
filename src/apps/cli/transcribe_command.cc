#include "apps/cli/transcribe_command.h"

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/model_error.h"
#include "apps/cli/open_voice_activity.h"
#include "apps/cli/program_version.h"
#include "apps/cli/transcribe_flags.h"
#include "apps/cli/transcribe_run.h"
#include "audio/open_audio.h"
#include "engine/model_store.h"
#include "engine/recognizer.h"

namespace ironscribe::cli {
namespace {

class EngineTranscriber : public Transcriber {
 public:
  EngineTranscriber(std::unique_ptr<engine::Recognizer> recognizer, std::string note)
      : recognizer_(std::move(recognizer)), note_(std::move(note)) {}

  transcript::ModelInfo model_info() const override { return recognizer_->model_info(); }

  std::string note() const override { return note_; }

  std::optional<double> live_latency_seconds() const override {
    return recognizer_->live_latency_seconds();
  }

  Status CheckOptions(const models::DecodingOptions& options) const override {
    return recognizer_->CheckOptions(options);
  }

  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    return recognizer_->Transcribe(source, options, callbacks, std::move(stop));
  }

 private:
  std::unique_ptr<engine::Recognizer> recognizer_;
  std::string note_;
};

constexpr const char* kNoVoiceActivity =
    "without silero-vad, which finds speech, silence and noise are more likely to become text; "
    "`ironscribe models pull silero-vad` fetches it (1.2 MB), --guard off does without";

Result<std::unique_ptr<Transcriber>> OpenModel(const TranscribeOptions& options,
                                               std::stop_token stop) {
  const engine::StoreOptions store{.models_folder = options.models_folder,
                                   .cache_folder = options.recognizer.cache_folder};
  ASSIGN_OR_RETURN(const auto path, engine::ResolveModel(options.model, store));
  engine::RecognizerOptions recognizer_options = options.recognizer;
  ASSIGN_OR_RETURN(recognizer_options.voice_activity,
                   OpenVoiceActivity(options.decoding, store, options.recognizer.cpu_level));
  recognizer_options.model_name = options.model;
  recognizer_options.stop = std::move(stop);
  auto recognizer = engine::Recognizer::Open(path, recognizer_options);
  if (!recognizer.ok()) {
    return ExplainModelError(recognizer.status(), options.model, path, options.models_folder);
  }
  std::string note = (*recognizer)->note();
  if (WantsVoiceActivity(options.decoding) && recognizer_options.voice_activity == nullptr) {
    note += note.empty() ? "" : "; ";
    note += kNoVoiceActivity;
  }
  return std::unique_ptr<Transcriber>(
      std::make_unique<EngineTranscriber>(std::move(recognizer).value(), std::move(note)));
}

// The decoders' own limit guards a server; whoever names a file here means all of it.
constexpr int64_t kMaxRecordingSeconds = 1000 * 3600;

audio::OpenOptions RecordingOptions(const Folders& folders) {
  audio::OpenOptions options;
  options.max_seconds = kMaxRecordingSeconds;
  options.decode_program = FindDecodeProgram();
  options.temporary_folder = folders.temporary;
  return options;
}

OpenInput RecordingOpener(const audio::OpenOptions& options) {
  return [options](const InputFile& input, std::stop_token stop) {
    audio::OpenOptions with_stop = options;
    with_stop.stop = std::move(stop);
    return input.is_standard_input() ? audio::OpenAudioStdin(with_stop)
                                     : audio::OpenAudio(input.path, with_stop);
  };
}

OpenChannels ChannelsOpener(const audio::OpenOptions& options) {
  return [options](const InputFile& input, std::stop_token stop) {
    audio::OpenOptions with_stop = options;
    with_stop.stop = std::move(stop);
    return input.is_standard_input() ? audio::OpenAudioChannelsStdin(with_stop)
                                     : audio::OpenAudioChannels(input.path, with_stop);
  };
}

double SteadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

TranscribeServices EngineServices(const Folders& folders, std::stop_token stop) {
  const audio::OpenOptions recording_options = RecordingOptions(folders);
  return {
      .open_model = [stop](const TranscribeOptions& options) { return OpenModel(options, stop); },
      .open_input = RecordingOpener(recording_options),
      .open_channels = ChannelsOpener(recording_options),
      .standard_output = std::cout,
      .standard_error = std::cerr,
      .console = DetectConsole(),
      .now_seconds = SteadySeconds,
      .program = ProgramVersion(),
      .open_live =
          [](const audio::LiveOptions& options) { return audio::OpenLive(STDIN_FILENO, options); },
      .output_console = DetectConsole(STDOUT_FILENO)};
}

int RunTranscribeCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  const auto parsed =
      ParseTranscribeFlags(std::vector<std::string>(argv + 1, argv + argc), folders);
  if (!parsed.ok()) {
    std::cerr << "error: " << parsed.status().message() << "\nSee: ironscribe transcribe --help\n";
    return static_cast<int>(ExitCode::kWrongUsage);
  }
  if (!parsed->help.empty()) {
    std::cout << parsed->help << std::flush;
    return static_cast<int>(ExitCode::kDone);
  }
  std::ios::sync_with_stdio(false);
  const InterruptWatcher interrupt;
  const TranscribeServices services = EngineServices(folders, interrupt.token());
  return static_cast<int>(RunTranscribe(parsed->options, services, interrupt.token()));
}

}  // namespace ironscribe::cli
