#include "guard/text_guard.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>

#include "guard/token_loop.h"

namespace ironscribe::guard {
namespace {

using models::Judgement;
using models::SpeechShare;
using models::TextEvidence;
using models::Verdict;

// Below this no frame sounds like speech, not even doubtful speech.
constexpr float kSilentPeak = 0.1f;

// From here on somebody speaks, and what the model makes of it is its business. On the recordings
// that thresholds were set on, real speech in noise down to 0 dB has more than 0.92 with one
// exception, and sounds that are no speech have less than 0.78.
constexpr float kClearVoice = 0.85f;

// Below it, what is missing of a clear voice and what the model doubts add up; above this sum the
// text is not believed. Of the same recordings, real speech has at most 0.66, text that the models
// invent at least 0.9.
constexpr float kVoiceWeight = 2.0f;
constexpr float kSureLogProbability = -0.4f;
constexpr float kMaxSuspicion = 0.75f;

// A stretch of text that repeats itself counts as a loop from so many tokens on; people count, and
// say "no no no no".
constexpr size_t kMaxLoopPeriod = 40;
constexpr size_t kMinLoopTokens = 15;

// More text than anyone can say in the time. The fastest segments of real speech in the 60
// utterances of test-other have 8 tokens a second; voice activity misses some of short ones.
constexpr double kMaxTokensPerSecond = 12;
constexpr double kSpeechMissedSeconds = 0.3;
constexpr double kMaxTokensOffset = 6;

// A loop is broken off where three times that has been written; times are tokens too.
constexpr double kBudgetFactor = 3;

bool IsKnown(const SpeechShare& speech) { return !std::isnan(speech.peak); }

double MostTokens(double speech_seconds) {
  return kMaxTokensPerSecond * (speech_seconds + kSpeechMissedSeconds) + kMaxTokensOffset;
}

// Letters of all scripts are beyond ASCII or among these; signs such as dots and notes are no
// words.
bool HasWords(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x80 || std::isalnum(code) != 0;
  });
}

// How little there is to say for the text.
float Suspicion(const TextEvidence& evidence) {
  const auto log_probability = static_cast<float>(evidence.average_log_probability);
  return kVoiceWeight * (kClearVoice - evidence.speech.peak) + evidence.no_speech_probability +
         std::max(0.0f, kSureLogProbability - log_probability);
}

}  // namespace

bool TextGuard::IsSilent(const SpeechShare& speech) const {
  return IsKnown(speech) && speech.peak < kSilentPeak;
}

int TextGuard::MaxTokens(double speech_seconds) const {
  return static_cast<int>(kBudgetFactor * MostTokens(std::max(0.0, speech_seconds)));
}

Judgement TextGuard::Judge(const TextEvidence& evidence) const {
  if (!HasWords(evidence.text)) return {Verdict::kDrop, "no_words"};
  const TokenLoop loop = FindLoop(evidence.tokens, kMaxLoopPeriod);
  if (loop.period * loop.count >= kMinLoopTokens) return {Verdict::kDoubt, "repetition"};
  if (!IsKnown(evidence.speech)) return {};
  if (IsSilent(evidence.speech)) return {Verdict::kDrop, "no_voice"};
  if (evidence.speech.peak < kClearVoice && Suspicion(evidence) > kMaxSuspicion) {
    return {Verdict::kDrop, "improbable"};
  }
  if (static_cast<double>(evidence.tokens.size()) > MostTokens(evidence.speech_seconds)) {
    return {Verdict::kDoubt, "too_much_text"};
  }
  return {};
}

}  // namespace ironscribe::guard
