#include "models/whisper/window_policy_judge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <vector>

#include "models/whisper/window_policy_said.h"

namespace ironscribe::models::whisper {
namespace {

// Times that the model writes may be off by so much: speech so near counts for a segment.
constexpr double kTimesMayBeWrongBySeconds = 0.5;

// So much speech behind the text of a window has been lost, not just been cut off at its end.
constexpr double kLostSpeechSeconds = 1.0;

// Behind the text of a window, so little speech in so short a rest is no word.
constexpr double kShortRestSeconds = 1.5;
constexpr double kLeastSpeechSeconds = 0.25;

// Slow speakers say so many tokens in a second without pauses; most say twice as many.
constexpr double kFewTokensPerSecond = 2;

// A window of less than ten seconds is short. Pauses are looked for in steps of three or four
// frames of voice activity; what is heard below its threshold of speech is one.
constexpr int64_t kLeastFramesToShorten = 1000;
constexpr int64_t kPauseStepFrames = 10;
constexpr float kPausePeak = 0.5f;

// What is taken with speech of which there is no text: consonants at its ends are not heard as
// speech.
constexpr int64_t kAroundSpeechFrames = 30;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::vector<TokenId> TextOf(std::span<const TokenId> tokens, const text::Tokenizer& tokenizer) {
  std::vector<TokenId> text;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text),
               [&](TokenId id) { return tokenizer.is_text(id); });
  return text;
}

}  // namespace

ClipJudge::Heard ClipJudge::Between(double begin_seconds, double end_seconds,
                                    const FrameRange& window) const {
  if (!speech_) return {.share = {}, .seconds = kUnknown};
  const double begin = std::max(begin_seconds, 0.0);
  const double end = std::min(end_seconds, FrameSeconds(window.end));
  Heard heard{.share = speech_(begin, end)};
  heard.seconds = heard.share.share * std::max(0.0, end - begin);
  return heard;
}

ClipJudge::Heard ClipJudge::In(const FrameRange& window) const {
  return Between(FrameSeconds(window.begin), FrameSeconds(window.end), window);
}

bool ClipJudge::HoldsNoSpeech(const FrameRange& window, bool is_rest) const {
  if (judge_ == nullptr) return false;
  const Heard heard = In(window);
  const bool is_short = is_rest && FrameSeconds(window.end - window.begin) < kShortRestSeconds;
  return judge_->IsSilent(heard.share) || (is_short && heard.seconds < kLeastSpeechSeconds);
}

int ClipJudge::MaxTokens(const FrameRange& window) const {
  if (judge_ == nullptr) return std::numeric_limits<int>::max();
  const double seconds = In(window).seconds;
  return judge_->MaxTokens(std::isnan(seconds) ? FrameSeconds(window.end - window.begin) : seconds);
}

Judgement ClipJudge::OfWindow(const FrameRange& window, const DecodedWindow& decoded) const {
  if (judge_ == nullptr) return {};
  const std::vector<TokenId> tokens = TextOf(decoded.tokens, tokenizer_);
  const std::string text = tokenizer_.Decode(tokens);
  const Heard heard = In(window);
  return judge_->Judge({.text = text,
                        .tokens = tokens,
                        .speech = heard.share,
                        .speech_seconds = heard.seconds,
                        .window_speech_seconds = heard.seconds,
                        .average_log_probability = decoded.average_log_probability,
                        .no_speech_probability = decoded.no_speech_probability,
                        .repeats = 0});
}

bool ClipJudge::HearsSpeech(const FrameRange& window) const {
  if (judge_ == nullptr) return false;
  const Heard heard = In(window);
  return heard.seconds > kLostSpeechSeconds && judge_->IsClear(heard.share);
}

Judgement ClipJudge::OfSegment(const FrameRange& window, const transcript::Segment& segment,
                               bool is_alone) {
  if (judge_ == nullptr) return {};
  const std::vector<TokenId> tokens = TextOf(segment.tokens, tokenizer_);
  // Times of a text that stands alone say least: all that is heard in its window may be its own.
  const Heard heard = is_alone ? In(window)
                               : Between(segment.start_seconds - kTimesMayBeWrongBySeconds,
                                         segment.end_seconds + kTimesMayBeWrongBySeconds, window);
  // How much can be said between two times is a question for a window: a model that puts a long
  // sentence into half a second errs in the times, not in the words.
  const double speech_seconds = is_alone ? heard.seconds : kUnknown;
  last_text_count_ = segment.text == last_text_ ? last_text_count_ + 1 : 0;
  last_text_ = segment.text;
  return judge_->Judge({.text = segment.text,
                        .tokens = tokens,
                        .speech = heard.share,
                        .speech_seconds = speech_seconds,
                        .window_speech_seconds = In(window).seconds,
                        .average_log_probability = segment.average_log_probability,
                        .no_speech_probability = segment.no_speech_probability,
                        .repeats = last_text_count_});
}

std::optional<int64_t> ClipJudge::ShorterEnd(const FrameRange& window) const {
  const int64_t frames = window.end - window.begin;
  if (!speech_ || frames < kLeastFramesToShorten) return std::nullopt;
  // The longest stretch of the least speech.
  int64_t best_end = 0;
  float least = 2;
  int best_steps = 0;
  int steps = 0;
  float last = 2;
  for (int64_t begin = window.begin + frames / 3;
       begin + kPauseStepFrames <= window.end - frames / 3; begin += kPauseStepFrames) {
    const SpeechShare heard = speech_(FrameSeconds(begin), FrameSeconds(begin + kPauseStepFrames));
    if (std::isnan(heard.peak)) return std::nullopt;
    const float level = heard.peak < kPausePeak ? 0 : heard.peak;
    steps = level == last ? steps + 1 : 1;
    last = level;
    if (level < least || (level == least && steps > best_steps)) {
      least = level;
      best_steps = steps;
      best_end = begin + kPauseStepFrames;
    }
  }
  return best_end - best_steps * kPauseStepFrames / 2;
}

std::optional<FrameRange> ClipJudge::SpeechBetween(double begin_seconds, double end_seconds,
                                                   const FrameRange& window) const {
  const Heard heard = Between(begin_seconds, end_seconds, window);
  if (!(heard.seconds > kLostSpeechSeconds) || !judge_->IsClear(heard.share)) return std::nullopt;
  const int64_t first = std::max(window.begin, FrameAt(begin_seconds));
  const int64_t last = std::min(window.end, FrameAt(end_seconds));
  FrameRange speech{last, first};
  for (int64_t begin = first; begin < last; begin += kPauseStepFrames) {
    const int64_t end = std::min(last, begin + kPauseStepFrames);
    if (!(speech_(FrameSeconds(begin), FrameSeconds(end)).peak >= kPausePeak)) continue;
    speech.begin = std::min(speech.begin, begin);
    speech.end = end;
  }
  speech.begin = std::max(first, speech.begin - kAroundSpeechFrames);
  speech.end = std::min(last, speech.end + kAroundSpeechFrames);
  if (speech.begin >= speech.end) return std::nullopt;
  return speech;
}

std::vector<FrameRange> ClipJudge::Holes(const FrameRange& window,
                                         std::span<const transcript::Segment> segments,
                                         bool is_done) const {
  if (!has_evidence()) return {};
  std::vector<FrameRange> holes;
  double covered = FrameSeconds(window.begin);
  const auto cover = [&](double begin_seconds, double end_seconds) {
    const auto hole = SpeechBetween(covered, begin_seconds - kTimesMayBeWrongBySeconds, window);
    if (hole) holes.push_back(*hole);
    covered = std::max(covered, end_seconds + kTimesMayBeWrongBySeconds);
  };
  for (const transcript::Segment& segment : segments) {
    if (segment.words.empty()) cover(segment.start_seconds, segment.end_seconds);
    for (const transcript::Word& word : segment.words) {
      // One that is said to take longer has been drawn over what the text leaves out.
      const double longest = LongestSeconds(word.text);
      double begin = word.start_seconds;
      double end = std::min(word.end_seconds, begin + longest);
      if (IsDictated(word.text)) {
        end = std::max(end, begin + longest);
        begin = std::min(begin, word.end_seconds - longest);
      }
      cover(begin, end);
    }
  }
  const bool ends_early = segments.empty() || FrameAt(segments.back().end_seconds) - window.begin <
                                                  kLeastProgressFrames;
  if (is_done && ends_early) {
    if (const auto hole = SpeechBetween(covered, FrameSeconds(window.end), window)) {
      holes.push_back(*hole);
    }
  }
  return holes;
}

bool ClipJudge::SaysLittle(const FrameRange& window, const transcript::Segment& segment) const {
  const Heard heard = Between(segment.start_seconds, segment.end_seconds, window);
  const auto tokens = static_cast<double>(TextOf(segment.tokens, tokenizer_).size());
  return has_evidence() && heard.seconds > kLostSpeechSeconds &&
         tokens < kFewTokensPerSecond * heard.seconds;
}

void ClipJudge::HushNoise(const FrameRange& window, int frames_per_value,
                          std::span<float> loudness) const {
  if (!has_evidence()) return;
  int64_t begin = window.begin;
  for (float& value : loudness) {
    const int64_t end = begin + frames_per_value;
    const Heard heard = Between(FrameSeconds(begin - kAroundSpeechFrames),
                                FrameSeconds(end + kAroundSpeechFrames), window);
    if (judge_->IsSilent(heard.share)) value = 0;
    begin = end;
  }
}

int64_t ClipJudge::AfterText(const FrameRange& window, double text_end_seconds) const {
  const int64_t text_end = FrameAt(text_end_seconds);
  if (judge_ == nullptr || text_end - window.begin < kLeastProgressFrames) return window.end;
  const Heard heard =
      Between(text_end_seconds + kTimesMayBeWrongBySeconds, FrameSeconds(window.end), window);
  return heard.seconds > kLostSpeechSeconds ? text_end : window.end;
}

}  // namespace ironscribe::models::whisper
