#include "models/speech_segmenter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

namespace ironscribe::models {
namespace {

constexpr int64_t kSamplesPerMs = 16;

// Silero's distance between the two thresholds, and the least lower one.
constexpr float kHysteresis = 0.15f;
constexpr float kLeastNegativeThreshold = 0.01f;

// Far above anything of use; keeps all sums of samples small.
constexpr int kMaxDurationMs = 24 * 3600 * 1000;

// A limit must leave this much speech between the paddings, or cuts would come from frame to frame.
constexpr int kLeastLimitMs = 1000;

Status CheckDuration(std::string_view name, int value_ms, int least_ms) {
  if (value_ms >= least_ms && value_ms <= kMaxDurationMs) return OkStatus();
  return InvalidArgumentError(
      fmt::format("{} must be from {} to {} ms, got {}", name, least_ms, kMaxDurationMs, value_ms));
}

}  // namespace

Status CheckSpeechOptions(const SpeechOptions& options) {
  // Written so that a NaN is refused.
  if (!(options.threshold > 0 && options.threshold <= 1)) {
    return InvalidArgumentError(fmt::format(
        "the speech threshold must be above 0 and at most 1, got {}", options.threshold));
  }
  const float negative = options.negative_threshold.value_or(0);
  if (!(negative >= 0 && negative <= options.threshold)) {
    return InvalidArgumentError(
        fmt::format("the negative speech threshold must be from 0 to the speech threshold ({}), "
                    "got {}",
                    options.threshold, negative));
  }
  RETURN_IF_ERROR(CheckDuration("the minimum speech", options.min_speech_ms, 0));
  RETURN_IF_ERROR(CheckDuration("the minimum silence", options.min_silence_ms, 0));
  RETURN_IF_ERROR(CheckDuration("the padding of speech", options.padding_ms, 0));
  RETURN_IF_ERROR(CheckDuration("the minimum pause", options.min_pause_ms, 0));
  if (!options.max_speech_ms) return OkStatus();
  if (options.padding_ms > (kMaxDurationMs - kLeastLimitMs) / 2) {
    return InvalidArgumentError(
        fmt::format("a padding of {} ms leaves no maximum speech", options.padding_ms));
  }
  return CheckDuration("the maximum speech (twice the padding and a second at least)",
                       *options.max_speech_ms, 2 * options.padding_ms + kLeastLimitMs);
}

SpeechSegmenter::SpeechSegmenter(const SpeechOptions& options, int frame_samples)
    : options_(options),
      frame_samples_(frame_samples),
      negative_threshold_(options.negative_threshold.value_or(
          std::max(options.threshold - kHysteresis, kLeastNegativeThreshold))),
      padding_(options.padding_ms * kSamplesPerMs),
      min_speech_(options.min_speech_ms * kSamplesPerMs),
      min_silence_(options.min_silence_ms * kSamplesPerMs),
      min_pause_(options.min_pause_ms * kSamplesPerMs),
      max_speech_(options.max_speech_ms
                      ? *options.max_speech_ms * kSamplesPerMs - frame_samples - 2 * padding_
                      : std::numeric_limits<int64_t>::max()) {}

void SpeechSegmenter::Push(float probability, std::vector<SpeechSpan>& spans) {
  const int64_t frame_begin = now_;
  now_ += frame_samples_;
  if (speaking_) {
    PushSpeaking(frame_begin, probability, spans);
  } else if (probability >= options_.threshold) {
    Open(frame_begin);
    if (options_.max_speech_ms) frame_probabilities_.push_back(probability);
  }
  EmitFinal(spans);
}

void SpeechSegmenter::PushSpeaking(int64_t frame_begin, float probability,
                                   std::vector<SpeechSpan>& spans) {
  if (options_.max_speech_ms) frame_probabilities_.push_back(probability);
  if (probability >= options_.threshold && silence_begin_) EndPause(frame_begin);
  if (frame_begin - begin_ > max_speech_ && !CutAtPause(spans)) {
    if (options_.long_span_cut == LongSpanCut::kQuietest) {
      CutQuietest(frame_begin, spans);
    } else {
      Keep(frame_begin, spans);
      Close();
    }
    if (!speaking_) return;
  }
  if (probability >= negative_threshold_) return;
  if (!silence_begin_) silence_begin_ = frame_begin;
  if (frame_begin - *silence_begin_ < min_silence_) return;
  if (*silence_begin_ - begin_ > min_speech_) Keep(*silence_begin_, spans);
  Close();
}

void SpeechSegmenter::EndPause(int64_t frame_begin) {
  if (options_.max_speech_ms && frame_begin - *silence_begin_ > min_pause_) {
    pauses_.push_back({*silence_begin_, frame_begin});
  }
  silence_begin_.reset();
}

// Cuts the open span at its longest pause, the first of equals.
bool SpeechSegmenter::CutAtPause(std::vector<SpeechSpan>& spans) {
  if (pauses_.empty()) return false;
  const auto longest = std::max_element(
      pauses_.begin(), pauses_.end(),
      [](const Pause& a, const Pause& b) { return a.end - a.begin < b.end - b.begin; });
  const Pause cut = *longest;
  if (options_.long_span_cut == LongSpanCut::kReference) {
    pauses_.clear();
    silence_begin_.reset();
  } else {
    pauses_.erase(pauses_.begin(), longest + 1);
  }
  Keep(cut.begin, spans);
  Reopen(cut.end);
  return true;
}

void SpeechSegmenter::CutQuietest(int64_t frame_begin, std::vector<SpeechSpan>& spans) {
  if (silence_begin_) {
    if (*silence_begin_ > begin_) Keep(*silence_begin_, spans);
    return Close();
  }
  const int64_t cut = QuietestFrame(frame_begin);
  Keep(cut, spans);
  Reopen(cut);
}

// The frame with the lowest probability in the last half of the open span; it begins after begin_.
int64_t SpeechSegmenter::QuietestFrame(int64_t frame_begin) const {
  const int64_t num_frames = (frame_begin - begin_) / frame_samples_;
  const auto begin = frame_probabilities_.begin();
  const auto quietest = std::min_element(begin + (num_frames + 1) / 2, begin + num_frames);
  return begin_ + (quietest - begin) * frame_samples_;
}

void SpeechSegmenter::Open(int64_t begin) {
  speaking_ = true;
  begin_ = begin;
}

// The rest of a span that was cut, from `begin` on.
void SpeechSegmenter::Reopen(int64_t begin) {
  const int64_t frames = (begin - begin_) / frame_samples_;
  frame_probabilities_.erase(frame_probabilities_.begin(), frame_probabilities_.begin() + frames);
  begin_ = begin;
  padded_begin_.reset();
}

void SpeechSegmenter::Close() {
  speaking_ = false;
  padded_begin_.reset();
  silence_begin_.reset();
  pauses_.clear();
  frame_probabilities_.clear();
}

// The open span ends at `end` and is not dropped.
void SpeechSegmenter::Keep(int64_t end, std::vector<SpeechSpan>& spans) {
  const int64_t begin = padded_begin_ ? *padded_begin_ : SettleAgainst(begin_, spans);
  pending_ = SpeechSpan{begin, end};
}

// Emits the pending span, if any, now that the next one begins at `next_begin`, and returns where
// that one begins with its padding.
int64_t SpeechSegmenter::SettleAgainst(int64_t next_begin, std::vector<SpeechSpan>& spans) {
  if (!pending_) return std::max(emitted_end_, next_begin - padding_);
  const int64_t share = std::min(padding_, (next_begin - pending_->end_sample) / 2);
  emitted_end_ = pending_->end_sample + share;
  spans.push_back({pending_->begin_sample, emitted_end_});
  pending_.reset();
  return next_begin - share;
}

// Emits the pending span as soon as its end can no longer change.
void SpeechSegmenter::EmitFinal(std::vector<SpeechSpan>& spans) {
  if (!pending_) return;
  if (speaking_) {
    // Where the open span ends if nothing but silence follows; the recording may end in this frame.
    const int64_t least_end = silence_begin_.value_or(now_ - frame_samples_ + 1);
    const bool is_kept = least_end - begin_ > min_speech_;
    // A span too far away to share the gap changes nothing even if it is dropped.
    const bool is_far = begin_ - pending_->end_sample >= 2 * padding_;
    if (is_kept || is_far) padded_begin_ = SettleAgainst(begin_, spans);
    return;
  }
  // The padding must lie in the recording, which may end within the last frame.
  const int64_t padded_end = pending_->end_sample + padding_;
  if (now_ - padded_end >= padding_ && padded_end <= now_ - frame_samples_) {
    SettleAgainst(now_, spans);
  }
}

void SpeechSegmenter::Finish(int64_t num_samples, std::vector<SpeechSpan>& spans) {
  if (speaking_ && num_samples - begin_ > min_speech_) Keep(num_samples, spans);
  Close();
  now_ = num_samples;
  if (!pending_) return;
  emitted_end_ = std::min(num_samples, pending_->end_sample + padding_);
  spans.push_back({pending_->begin_sample, emitted_end_});
  pending_.reset();
}

int64_t SpeechSegmenter::settled_samples() const {
  if (pending_) return pending_->begin_sample;
  if (speaking_ && padded_begin_) return *padded_begin_;
  return std::max(emitted_end_, (speaking_ ? begin_ : now_) - padding_);
}

}  // namespace ironscribe::models
