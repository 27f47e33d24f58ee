#include "apps/cli/voice_flags.h"

#include "apps/cli/flag_values.h"

namespace ironscribe::cli {

VoiceFlags::VoiceFlags(CLI::App& app, models::SpeechOptions& speech) {
  app.option_defaults()->group("Voice activity and invented text");
  app.add_option(
      "--guard", guard_,
      "on: text that was probably not said is tried again where that may help, then left "
      "out and reported (default); off: all that the model writes");
  app.add_option("--vad-threshold", speech.threshold,
                 "Speech begins at this probability (default 0.5)");
  app.add_option("--vad-negative-threshold", negative_threshold_,
                 "Speech may end below this probability (default 0.15 less)");
  app.add_option("--vad-min-speech-ms", speech.min_speech_ms,
                 "Leave out speech that is not longer than this (default 0)");
  app.add_option("--vad-min-silence-ms", speech.min_silence_ms,
                 "Silence that ends a stretch of speech (default 160)");
  app.add_option("--vad-padding-ms", speech.padding_ms,
                 "Added before and after each stretch of speech (default 400)");
  app.add_option("--vad-max-speech-ms", max_speech_ms_,
                 "Cut stretches that are longer at a pause (default: what fills a window)");
}

Status VoiceFlags::Convert(models::DecodingOptions& decoding) const {
  const auto guard = ParseOnOff(guard_);
  if (!guard.ok()) return guard.status().Annotate("--guard");
  decoding.guard = *guard;
  if (negative_threshold_) decoding.speech.negative_threshold = negative_threshold_;
  decoding.speech.max_speech_ms = max_speech_ms_;
  return models::CheckSpeechOptions(decoding.speech).Annotate("--vad-...");
}

}  // namespace ironscribe::cli
