#include "guard/text_guard.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "guard/token_loop.h"
#include "text/number_words.h"
#include "text/utf8.h"

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
constexpr size_t kMinLoopCount = 3;

// More text than anyone can say in the time, in characters, of which languages differ less than in
// tokens: fast speech has 25 a second (subtitles count on 20), and voice activity misses some of
// short ones.
constexpr double kMaxCharactersPerSecond = 40;
constexpr double kSpeechMissedSeconds = 0.3;
constexpr double kMaxCharactersOffset = 16;

// Where a loop is broken off: three times the tokens of fast speech in English (12 a second), which
// is still above that of scripts that take two tokens a character. Times are tokens too.
constexpr double kMaxTokensPerSecond = 36;
constexpr double kMaxTokensOffset = 30;

// Digits that are dictated repeat themselves as they please. A model that repeats itself does not
// stop where the speech does: people dictate two digits a second, three in a hurry.
constexpr double kMaxDigitsPerSecond = 3;

bool IsKnown(const SpeechShare& speech) { return !std::isnan(speech.peak); }

double MostCharacters(double speech_seconds) {
  return kMaxCharactersPerSecond * (speech_seconds + kSpeechMissedSeconds) + kMaxCharactersOffset;
}

// Signs such as dots and notes are no words.
bool HasWords(const std::u32string& text) {
  return std::any_of(text.begin(), text.end(), [](char32_t code_point) {
    return text::IsLetter(code_point) || text::IsNumber(code_point);
  });
}

// All that repeats itself is digits, and there is speech enough for them.
bool IsDictation(const TextEvidence& evidence, const TokenLoop& loop) {
  std::map<std::string, int32_t> ids;
  std::vector<int32_t> others;
  size_t num_digits = 0;
  for (const std::string& word : text::WordsAndDigits(evidence.text)) {
    if (text::IsDigitWord(word)) {
      ++num_digits;
    } else {
      others.push_back(ids.try_emplace(word, static_cast<int32_t>(ids.size())).first->second);
    }
  }
  const auto count = static_cast<size_t>(evidence.repeats) + 1;
  // Segments that are said again must be nothing else; less than a digit each time is none.
  if (count > 1 ? !others.empty() : FindLoop(others, kMaxLoopPeriod).count > 0) return false;
  return num_digits > 0 && num_digits >= loop.count &&
         static_cast<double>(num_digits * count) <=
             kMaxDigitsPerSecond * evidence.window_speech_seconds;
}

// One segment that repeats itself, or several that say the same.
bool IsLoop(const TextEvidence& evidence) {
  const TokenLoop loop = FindLoop(evidence.tokens, kMaxLoopPeriod);
  const auto count = static_cast<size_t>(evidence.repeats) + 1;
  const bool repeats = loop.period * loop.count >= kMinLoopTokens ||
                       (count >= kMinLoopCount && count * evidence.tokens.size() >= kMinLoopTokens);
  return repeats && !IsDictation(evidence, loop);
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

bool TextGuard::IsClear(const SpeechShare& speech) const {
  return IsKnown(speech) && speech.peak >= kClearVoice;
}

int TextGuard::MaxTokens(double speech_seconds) const {
  return static_cast<int>(kMaxTokensPerSecond * std::max(0.0, speech_seconds) + kMaxTokensOffset);
}

Judgement TextGuard::Judge(const TextEvidence& evidence) const {
  const SpeechShare& speech = evidence.speech;
  if (IsSilent(speech)) return {Verdict::kDrop, "no_voice"};
  // Where somebody clearly speaks, another try may find the words.
  const Verdict hopeless =
      !IsKnown(speech) || IsClear(speech) ? Verdict::kDoubt : Verdict::kDrop;
  const std::u32string text = text::ToCodePoints(evidence.text);
  if (!HasWords(text)) return {hopeless, "no_words"};
  if (IsLoop(evidence)) return {Verdict::kDoubt, "repetition"};
  if (!IsKnown(speech)) return {};
  if (!IsClear(speech) && Suspicion(evidence) > kMaxSuspicion) {
    return {hopeless, "improbable"};
  }
  if (static_cast<double>(text.size()) > MostCharacters(evidence.speech_seconds)) {
    return {Verdict::kDoubt, "too_much_text"};
  }
  return {};
}

}  // namespace ironscribe::guard
