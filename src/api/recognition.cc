#include "api/recognition.h"

#include <array>
#include <cstring>
#include <utility>

#include "audio/raw_pcm.h"
#include "engine/channel_run.h"
#include "io/input_file.h"

namespace ironscribe::api {
namespace {

// In messages; what the client calls its file may say who speaks.
constexpr const char* kRecordingName = "file";

// Channels of one recording under way at once. It changes no text; more would let one request fill
// the batch.
constexpr int kMaxChannelsTogether = 4;

// The recording is open; `samples` as PcmSource::ExpectedSamples.
Status TellBegin(int64_t samples, const RecordingRecognizer::Progress& progress) {
  if (progress.length && samples > 0) {
    RETURN_IF_ERROR(progress.length(static_cast<double>(samples) / audio::kSampleRateHz));
  }
  if (progress.begun) progress.begun();
  return OkStatus();
}

// What the engine is to tell while it works on so many samples.
models::RecognitionCallbacks CallbacksOf(const RecordingRecognizer::Progress& progress,
                                         int64_t expected_samples) {
  models::RecognitionCallbacks callbacks;
  callbacks.results = progress.results;
  callbacks.share = progress.share;
  if (progress.seconds) {
    const double expected = static_cast<double>(expected_samples) / audio::kSampleRateHz;
    callbacks.progress = [&progress, expected](double done) { progress.seconds(done, expected); };
  }
  return callbacks;
}

Result<transcript::Transcript> RecognizeChannels(SpeechModel& model, int descriptor,
                                                 const audio::OpenOptions& open,
                                                 const RecognitionRequest& request,
                                                 const RecordingRecognizer::Progress& progress) {
  ASSIGN_OR_RETURN(const auto sources,
                   audio::OpenAudioChannelsDescriptor(descriptor, kRecordingName, open));
  RETURN_IF_ERROR(TellBegin(sources.expected_samples, progress));
  const engine::TranscribeFunction transcribe =
      [&model](audio::PcmSource& source, const models::DecodingOptions& decoding,
               const models::RecognitionCallbacks& callbacks, std::stop_token stop) {
        return model.Transcribe(source, decoding, callbacks, std::move(stop));
      };
  return engine::TranscribeChannels(sources,
                                    {.transcribe = transcribe,
                                     .decoding = request.decoding,
                                     .names = request.channel_names,
                                     .max_together = kMaxChannelsTogether,
                                     .callbacks = CallbacksOf(progress, sources.expected_samples)},
                                    open.stop);
}

bool BeginsLikeWav(int descriptor) {
  std::array<std::byte, 4> head{};
  const auto file = io::InputFile::FromDescriptor(descriptor, kRecordingName, {});
  if (!file.ok()) return false;
  const auto count = (*file)->ReadAt(0, head);
  return count.ok() && std::memcmp(head.data(), "RIFF", head.size()) == 0;
}

Result<std::unique_ptr<audio::PcmSource>> OpenMixed(int descriptor, const audio::OpenOptions& open,
                                                    bool raw_pcm) {
  if (raw_pcm && !BeginsLikeWav(descriptor)) {
    return audio::OpenRawPcm(descriptor, kRecordingName, open);
  }
  return audio::OpenAudioDescriptor(descriptor, kRecordingName, open);
}

Result<transcript::Transcript> RecognizeMixed(SpeechModel& model, int descriptor,
                                              const audio::OpenOptions& open,
                                              const RecognitionRequest& request,
                                              const RecordingRecognizer::Progress& progress) {
  ASSIGN_OR_RETURN(const auto source, OpenMixed(descriptor, open, request.raw_pcm));
  RETURN_IF_ERROR(TellBegin(source->ExpectedSamples(), progress));
  models::RecognitionCallbacks callbacks = CallbacksOf(progress, source->ExpectedSamples());
  if (RecordingRecognizer::StreamsText(request)) callbacks.segment = progress.segment;
  return model.Transcribe(*source, request.decoding, callbacks, open.stop);
}

}  // namespace

Result<Recognized> RecordingRecognizer::Recognize(SpeechModel& model,
                                                  const io::Descriptor& recording,
                                                  const RecognitionRequest& request,
                                                  const Progress& progress,
                                                  std::stop_token stop) const {
  std::unique_ptr<finishing::Finisher> finisher;
  if (request.finishing.changes_text()) {
    ASSIGN_OR_RETURN(finisher, finishing::Finisher::Create(request.finishing));
  }
  audio::OpenOptions open = options_;
  open.stop = std::move(stop);
  Recognized recognized;
  if (request.split_channels) {
    ASSIGN_OR_RETURN(recognized.transcript,
                     RecognizeChannels(model, recording.get(), open, request, progress));
  } else {
    ASSIGN_OR_RETURN(recognized.transcript,
                     RecognizeMixed(model, recording.get(), open, request, progress));
  }
  if (recognized.transcript.duration_seconds <= 0) {
    return InvalidArgumentError(
        "the recording holds no sound, not a single sample; check how it was made");
  }
  if (finisher != nullptr) recognized.finishing = finisher->Finish(recognized.transcript);
  return recognized;
}

}  // namespace ironscribe::api
