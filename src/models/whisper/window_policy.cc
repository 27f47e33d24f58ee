#include "models/whisper/window_policy.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "models/listening_source.h"
#include "models/resuming_runner.h"
#include "models/whisper/window_policy_cut.h"
#include "models/whisper/window_policy_options.h"
#include "models/whisper/window_policy_session.h"
#include "text/languages.h"

namespace ironscribe::models::whisper {
namespace {

// Step of the times a vocabulary can write (openai/whisper: 30 s in 1,500 steps).
constexpr double kTimestampSeconds = 0.02;

constexpr int kFrameMs = 10;  // Of features.

// What CheckSpeechOptions asks for.
constexpr int kLeastSpeechMs = 1000;

// The recording with ears, if somebody wants to know what they hear; else null.
Result<std::unique_ptr<ListeningSource>> Listen(audio::PcmSource& source,
                                                const DecodingOptions& options,
                                                const WindowRunner& runner) {
  const bool pieces = options.segmentation == Segmentation::kVoiceActivity;
  const bool evidence = options.guard && !options.reference && runner.judge() != nullptr;
  auto model = runner.voice_activity();
  if (model == nullptr && pieces) {
    return FailedPreconditionError(
        "segmentation by voice activity needs a model that finds speech; `ironscribe models pull "
        "silero-vad` fetches one");
  }
  // Where the language may change, windows end at pauses.
  const bool wanted = pieces || evidence || options.language_per_segment;
  if (model == nullptr || !wanted) return std::unique_ptr<ListeningSource>();
  SpeechOptions speech = options.speech;
  if (!pieces) return ListeningSource::Create(source, std::move(model), speech);
  const int window_ms = MaxPieceFrames(options, runner.model().max_frames()) * kFrameMs;
  // A limit needs room between its paddings; what is longer than a window is cut by the packer.
  const int most_ms = std::max(window_ms, 2 * speech.padding_ms + kLeastSpeechMs);
  speech.max_speech_ms = std::min(speech.max_speech_ms.value_or(most_ms), most_ms);
  return ListeningSource::Create(source, std::move(model), speech);
}

}  // namespace

WindowPolicy::WindowPolicy(const text::Tokenizer& tokenizer, const dsp::LogMel& log_mel,
                           WindowPolicyConfig config)
    : tokenizer_(tokenizer), log_mel_(log_mel), config_(std::move(config)) {
  if (config_.suppress_tokens.empty()) config_.suppress_tokens = tokenizer.NonSpeechTokens();
  if (config_.begin_suppress_tokens.empty()) {
    config_.begin_suppress_tokens = tokenizer.BeginSuppressTokens();
  }
}

TimestampRules WindowPolicy::RulesFor(const DecodingOptions& options) const {
  TimestampRuleOptions rules;
  for (TokenId id : options.suppress_tokens) {
    if (id >= 0) {
      rules.suppressed.push_back(id);
    } else {
      rules.suppressed.insert(rules.suppressed.end(), config_.suppress_tokens.begin(),
                              config_.suppress_tokens.end());
    }
  }
  rules.begin_suppressed = config_.begin_suppress_tokens;
  rules.without_timestamps = options.without_timestamps;
  rules.max_initial_timestamp =
      static_cast<int>(std::lround(config_.max_initial_timestamp_seconds / kTimestampSeconds));
  return TimestampRules(tokenizer_.special(), tokenizer_.vocab_size(), std::move(rules));
}

std::string WindowPolicy::LanguageFor(const DecodingOptions& options) const {
  if (!tokenizer_.is_multilingual()) return "en";
  const text::Language* language = text::FindLanguage(options.language);
  return language != nullptr ? std::string(language->code) : std::string();
}

Status WindowPolicy::CheckOptions(const DecodingOptions& options) const {
  RETURN_IF_ERROR(CheckLanguage(options));
  return CheckOptionRanges(options, tokenizer_.vocab_size());
}

Result<transcript::Transcript> WindowPolicy::Transcribe(audio::PcmSource& source,
                                                        const DecodingOptions& options,
                                                        WindowRunner& runner,
                                                        const RecognitionCallbacks& callbacks,
                                                        std::stop_token stop) const {
  RETURN_IF_ERROR(CheckOptions(options));
  const TimestampRules rules = RulesFor(options);
  ASSIGN_OR_RETURN(const auto listening, Listen(source, options, runner));
  audio::PcmSource& heard = listening != nullptr ? *listening : source;
  std::optional<ResumingRunner> resuming;
  if (callbacks.results != nullptr) resuming.emplace(runner, *callbacks.results);
  WindowRunner& used = resuming ? *resuming : runner;
  WindowSession session({tokenizer_, log_mel_, rules, options, callbacks, listening.get()}, heard,
                        used, stop);
  return session.Run(LanguageFor(options));
}

}  // namespace ironscribe::models::whisper
