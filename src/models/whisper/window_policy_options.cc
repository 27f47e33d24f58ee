#include "models/whisper/window_policy_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "decoding/beam_search.h"
#include "models/whisper/window_policy.h"
#include "text/languages.h"

namespace ironscribe::models::whisper {
namespace {

constexpr size_t kMaxTemperatures = 16;
// More finished hypotheses than this are never reached in 224 steps of a useful beam.
constexpr float kMaxPatience = 16.0f;

Status CheckSearch(const DecodingOptions& options) {
  if (options.beam_size < 1 || options.beam_size > kMaxBeamSize) {
    return InvalidArgumentError(
        fmt::format("beam size {} is not from 1 to {}", options.beam_size, kMaxBeamSize));
  }
  if (options.best_of < 1 || options.best_of > kMaxBestOf) {
    return InvalidArgumentError(
        fmt::format("best-of {} is not from 1 to {}", options.best_of, kMaxBestOf));
  }
  if (!(options.patience > 0 && options.patience <= kMaxPatience) ||
      decoding::MaxFinished(options.beam_size, options.patience) < 1) {
    return InvalidArgumentError(
        fmt::format("patience {} with beam size {} must be above 0, at most {}, and leave at least "
                    "one hypothesis",
                    options.patience, options.beam_size, kMaxPatience));
  }
  const float penalty = options.length_penalty;
  if (!std::isnan(penalty) && !(penalty >= 0 && penalty <= 1)) {
    return InvalidArgumentError(fmt::format("length penalty {} is not from 0 to 1", penalty));
  }
  return OkStatus();
}

Status CheckTemperatures(const DecodingOptions& options) {
  if (options.temperatures.empty() || options.temperatures.size() > kMaxTemperatures) {
    return InvalidArgumentError(fmt::format("{} temperatures were given; from 1 to {} are allowed",
                                            options.temperatures.size(), kMaxTemperatures));
  }
  for (float temperature : options.temperatures) {
    if (!(temperature >= 0 && temperature <= kMaxTemperature)) {
      return InvalidArgumentError(
          fmt::format("temperature {} is not from 0 to {}", temperature, kMaxTemperature));
    }
  }
  return OkStatus();
}

Status CheckReference(const DecodingOptions& options) {
  if (options.reference &&
      (options.segmentation != Segmentation::kSequential || options.fit_windows)) {
    return InvalidArgumentError(
        "the reference's behaviour takes whole windows, one after another: neither pieces nor "
        "windows that follow the speech");
  }
  return OkStatus();
}

Status CheckClips(const DecodingOptions& options) {
  double previous_end = 0;
  for (const Clip& clip : options.clips) {
    const bool in_order =
        clip.start_seconds >= previous_end && clip.end_seconds > clip.start_seconds;
    if (!in_order || !(clip.start_seconds <= kMaxClipSeconds)) {
      return InvalidArgumentError(
          fmt::format("clip {}-{} s must start at 0 or later, end after its start, and follow the "
                      "clip before it",
                      clip.start_seconds, clip.end_seconds));
    }
    previous_end = clip.end_seconds;
  }
  return OkStatus();
}

}  // namespace

Status CheckOptionRanges(const DecodingOptions& options, int vocab_size) {
  RETURN_IF_ERROR(CheckSearch(options));
  RETURN_IF_ERROR(CheckTemperatures(options));
  RETURN_IF_ERROR(CheckClips(options));
  RETURN_IF_ERROR(CheckReference(options));
  RETURN_IF_ERROR(CheckSpeechOptions(options.speech));
  for (int32_t id : options.suppress_tokens) {
    if (id < -1 || id >= vocab_size) {
      return InvalidArgumentError(
          fmt::format("suppressed token {} is not in the vocabulary of {} tokens (-1 stands for "
                      "the usual list)",
                      id, vocab_size));
    }
  }
  return OkStatus();
}

// Codes of languages that the model can tell.
Status WindowPolicy::CheckAllowedLanguages(const DecodingOptions& options) const {
  if (!tokenizer_.is_multilingual() &&
      (options.language_per_segment || !options.languages.empty())) {
    return InvalidArgumentError(
        "this model knows English only and detects no language; use a multilingual model");
  }
  if (options.language_per_segment && !options.language.empty()) {
    return InvalidArgumentError("a language that is given is not detected in each segment");
  }
  if (options.language_per_segment && options.reference) {
    return InvalidArgumentError("the reference's behaviour is one language for a recording");
  }
  for (const std::string& code : options.languages) {
    if (!tokenizer_.LanguageId(code)) {
      return InvalidArgumentError(fmt::format("this model does not know the language '{}'", code));
    }
  }
  return OkStatus();
}

Status WindowPolicy::CheckLanguage(const DecodingOptions& options) const {
  const bool translate = options.task == Task::kTranslate;
  if (!tokenizer_.is_multilingual() && translate) {
    return InvalidArgumentError(
        "this model knows English only and cannot translate; use a multilingual model");
  }
  RETURN_IF_ERROR(CheckAllowedLanguages(options));
  if (options.language.empty()) return OkStatus();
  const text::Language* language = text::FindLanguage(options.language);
  if (language == nullptr) {
    return InvalidArgumentError(
        fmt::format("unknown language '{}'; did you mean {}?", options.language,
                    fmt::join(text::NearestLanguages(options.language, 3), ", ")));
  }
  if (!tokenizer_.is_multilingual()) {
    if (language->code == "en") return OkStatus();
    return InvalidArgumentError(fmt::format(
        "this model knows English only, not {}; use a multilingual model", language->name));
  }
  if (!tokenizer_.LanguageId(language->code)) {
    return InvalidArgumentError(
        fmt::format("this model does not know {} ({})", language->name, language->code));
  }
  return OkStatus();
}

}  // namespace ironscribe::models::whisper
