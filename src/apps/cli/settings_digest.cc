#include "apps/cli/settings_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/digest.h"
#include "transcript/json_writer.h"

namespace ironscribe::cli {
namespace {

// JSON, because it keeps strings apart from each other whatever they hold.
using Json = nlohmann::ordered_json;

// Raised when the same rules give other cues.
constexpr int kCueMakerVersion = 1;

std::string DigestOf(const Json& settings) {
  io::Digest digest;
  digest.Update(settings.dump(-1, ' ', false, Json::error_handler_t::replace));
  return digest.Finish();
}

// What counts as speech.
Json SpeechSettings(const models::SpeechOptions& speech) {
  return {speech.raise_quiet,
          fmt::format("{}", speech.threshold),
          speech.negative_threshold ? fmt::format("{}", *speech.negative_threshold) : "",
          speech.min_speech_ms,
          speech.min_silence_ms,
          speech.padding_ms,
          speech.max_speech_ms.value_or(0),
          speech.min_pause_ms,
          static_cast<int>(speech.long_span_cut)};
}

// How cues are made; nothing when no output has any.
Json CueSettings(const TranscribeOptions& all) {
  const bool has_cues =
      std::any_of(all.formats.begin(), all.formats.end(),
                  [](const transcript::OutputFormat* format) { return format->has_cues; });
  if (!has_cues) return Json::array();
  const auto exact = [](double value) { return fmt::format("{}", value); };
  const transcript::CueRules& rules = all.write.cue_rules;
  return {kCueMakerVersion,
          static_cast<int>(all.write.cues),
          rules.max_line_columns,
          rules.max_lines,
          exact(rules.max_columns_per_second),
          exact(rules.min_seconds),
          exact(rules.max_seconds),
          rules.gap_ms,
          exact(rules.pause_seconds)};
}

// What was made of the text, users' lists as they are.
Json FinishingSettings(const finishing::FinishingOptions& options) {
  Json types = Json::array();
  for (const text::PiiType type : options.redact) types.push_back(text::PiiName(type));
  return {types,
          options.redaction_list.text,
          options.mask_profanity,
          options.profanity_list.text,
          static_cast<int>(options.numbers),
          options.keeps_punctuation,
          options.keeps_fillers};
}

// What decoding depends on.
Json DecodingSettings(const models::DecodingOptions& options) {
  Json clips = Json::array();
  for (const models::Clip& clip : options.clips) {
    clips.push_back({fmt::format("{}", clip.start_seconds), fmt::format("{}", clip.end_seconds)});
  }
  const auto exact = [](float value) { return fmt::format("{}", value); };  // NaN included.
  Json temperatures = Json::array();
  for (float temperature : options.temperatures) temperatures.push_back(exact(temperature));
  return {
      options.language,
      options.language_per_segment,
      options.languages,
      static_cast<int>(options.task),
      options.word_times,
      options.initial_prompt,
      options.carry_prompt,
      options.guard,
      SpeechSettings(options.speech),
      options.condition_on_previous_text,
      options.beam_size,
      options.best_of,
      exact(options.patience),
      exact(options.length_penalty),
      temperatures,
      exact(options.compression_ratio_threshold),
      exact(options.log_probability_threshold),
      exact(options.no_speech_threshold),
      options.suppress_tokens,
      options.without_timestamps,
      clips,
      options.seed,
      options.reference,
      static_cast<int>(options.segmentation),
      options.fit_windows,
  };
}

}  // namespace

std::string SettingsDigest(const TranscribeOptions& all, const transcript::ModelInfo& model) {
  return DigestOf({
      transcript::kJsonFormatVersion,
      model.digest,
      model.rules_digest,
      model.family,
      model.compute_type,
      model.voice_activity,
      all.recognizer.alignment_heads,
      DecodingSettings(all.decoding),
      FinishingSettings(all.finishing),
      all.redact_audio,
      CueSettings(all),
      all.split_channels,
      all.channel_names,
      all.write.channel_labels,
  });
}

std::string DecodingDigest(const models::DecodingOptions& options) {
  return DigestOf(DecodingSettings(options));
}

}  // namespace ironscribe::cli
