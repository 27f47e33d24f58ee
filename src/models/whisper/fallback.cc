#include "models/whisper/fallback.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "base/random.h"
#include "decoding/beam_search.h"
#include "decoding/compression_ratio.h"
#include "decoding/greedy_search.h"
#include "models/whisper/window_policy_results.h"
#include "models/whisper/window_policy_text.h"

namespace ironscribe::models::whisper {

// A comparison with NaN is false, which is what a threshold that is off asks for.
bool LooksWrong(const DecodedWindow& decoded, const DecodingOptions& options) {
  return decoded.compression_ratio > options.compression_ratio_threshold ||
         decoded.average_log_probability < options.log_probability_threshold;
}

bool NeedsFallback(const DecodedWindow& decoded, const DecodingOptions& options) {
  const bool silent = decoded.no_speech_probability > options.no_speech_threshold &&
                      decoded.average_log_probability < options.log_probability_threshold;
  return LooksWrong(decoded, options) && !silent;
}

bool IsSilent(const DecodedWindow& decoded, const DecodingOptions& options) {
  return decoded.no_speech_probability > options.no_speech_threshold &&
         !(decoded.average_log_probability > options.log_probability_threshold);
}

std::unique_ptr<decoding::SequenceSearch> FallbackDecoder::NewSearch(
    decoding::SequenceOptions sequence, float temperature, uint64_t seed) const {
  if (temperature <= 0 && options_.beam_size > 1) {
    return std::make_unique<decoding::BeamSearch>(
        std::move(sequence),
        decoding::BeamOptions{options_.beam_size, options_.patience, options_.length_penalty});
  }
  decoding::GreedyOptions greedy;
  greedy.temperature = temperature;
  greedy.num_samples = temperature > 0 ? options_.best_of : 1;
  greedy.length_penalty = options_.length_penalty;
  greedy.seed = seed;
  return std::make_unique<decoding::GreedySearch>(std::move(sequence), greedy);
}

DecodedWindow FallbackDecoder::Describe(const decoding::SequenceSearch& search,
                                        float temperature) const {
  const decoding::Hypothesis& best = search.best();
  DecodedWindow decoded;
  decoded.tokens = best.tokens;
  decoded.ended = best.reached_end;
  decoded.num_steps = search.num_steps();
  // Over the end of text too, reached or not, as the reference counts.
  decoded.average_log_probability =
      best.sum_log_probability / static_cast<double>(best.tokens.size() + 1);
  // 0 for a vocabulary without a no-speech token: it never counts as silence.
  const float no_speech = search.probe_probability();
  decoded.no_speech_probability = std::isnan(no_speech) ? 0.0f : no_speech;
  decoded.temperature = temperature;
  decoded.compression_ratio =
      decoding::CompressionRatio(StripSpace(tokenizer_.Decode(best.tokens)));
  return decoded;
}

decoding::SequenceOptions FallbackDecoder::SequenceFor(const WindowToDecode& window) const {
  decoding::SequenceOptions sequence;
  sequence.prompt = window.prompt.tokens;
  sequence.end_of_text = tokenizer_.special().end_of_text;
  sequence.max_positions = window.runner.model().max_positions();
  sequence.max_new_tokens = std::min(sequence.max_positions / 2, window.max_tokens);
  sequence.probe_index = window.prompt.start_index;
  sequence.probe = tokenizer_.special().no_speech;
  sequence.constraint = &rules_;
  return sequence;
}

Result<DecodedWindow> FallbackDecoder::Attempt(const WindowToDecode& window,
                                               const decoding::SequenceOptions& sequence,
                                               float temperature, uint64_t seed) const {
  ResultStore* results = window.runner.results();
  std::string key;
  if (results != nullptr) {
    key = AttemptKey(window.runner, *window.encoding,
                     {.prompt = sequence.prompt,
                      .start_index = window.prompt.start_index,
                      .max_new_tokens = sequence.max_new_tokens,
                      .temperature = temperature,
                      .seed = seed});
    const std::optional<std::string> kept = results->Find(key);
    auto decoded =
        kept ? ReadAttempt(*kept, tokenizer_.vocab_size(), sequence.max_new_tokens) : std::nullopt;
    if (decoded && decoded->temperature == temperature) return *std::move(decoded);
  }
  const auto search = NewSearch(sequence, temperature, seed);
  RETURN_IF_ERROR(window.runner.Run(window.encoding, *search, window.stop));
  DecodedWindow decoded = Describe(*search, temperature);
  if (results != nullptr) results->Keep(key, WriteAttempt(decoded));
  return decoded;
}

Result<DecodedWindow> FallbackDecoder::Decode(const WindowToDecode& window,
                                              size_t max_attempts) const {
  const decoding::SequenceOptions sequence = SequenceFor(window);
  const uint64_t seed = MixBits(MixBits(options_.seed) + static_cast<uint64_t>(window.seek_frames));
  const size_t attempts = std::min(max_attempts, options_.temperatures.size());
  DecodedWindow best;
  std::tuple<bool, bool, double> best_rank;
  for (size_t attempt = 0; attempt < attempts; ++attempt) {
    const float temperature = options_.temperatures[attempt];
    ASSIGN_OR_RETURN(DecodedWindow decoded,
                     Attempt(window, sequence, temperature, MixBits(seed + attempt)));
    decoded.last_temperature = temperature;
    if (window.budget != nullptr) window.budget->Spend(decoded.num_steps);
    const Verdict verdict = window.judge ? window.judge(decoded) : Verdict::kKeep;
    const bool is_believed = verdict == Verdict::kKeep;
    if (verdict == Verdict::kDrop) return decoded;
    if (is_believed && !NeedsFallback(decoded, options_)) return decoded;
    const std::tuple rank(is_believed,
                          !(decoded.compression_ratio > options_.compression_ratio_threshold),
                          decoded.average_log_probability);
    if (attempt == 0 || options_.reference || rank > best_rank) {
      best_rank = rank;
      best = std::move(decoded);
    }
    best.last_temperature = temperature;
    if (window.budget != nullptr && window.budget->IsSpent(window.end_frame)) break;
  }
  return best;
}

}  // namespace ironscribe::models::whisper
