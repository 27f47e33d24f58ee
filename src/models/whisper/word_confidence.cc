// A word is as doubtful as its most doubtful token: of what is known about a word, the least
// probability of its tokens tells right from wrong words best, better than their mean, and a
// logistic map of it is what share of such words is right (Platt scaling).
#include "models/whisper/word_confidence.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::models::whisper {
namespace {

// Fitted by tools/word_times/fit_confidence.py on all words that tiny.en and base (int8) write for
// the 60 utterances of LibriSpeech test-other; what a fit on three speakers gives on the other
// three is in docs/word-times.md.
constexpr float kIntercept = 0.64f;
constexpr float kSlope = 0.76f;

// Beyond these, probabilities of an int8 model carry no information.
constexpr float kLeastProbability = 0.001f;
constexpr float kLargestProbability = 0.999f;

}  // namespace

float WordConfidence(float least_token_probability) {
  const float probability =
      std::clamp(least_token_probability, kLeastProbability, kLargestProbability);
  const float log_odds = kIntercept + kSlope * std::log(probability / (1 - probability));
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace ironscribe::models::whisper
