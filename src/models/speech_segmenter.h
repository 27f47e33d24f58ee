// From speech probabilities to spans of speech, by the rules of Silero's get_speech_timestamps
// (silero-vad 6.2.3): a span begins at a frame that reaches the threshold and ends where
// probabilities stay below a lower threshold for long enough; short spans are dropped, long ones
// cut at a pause, and what is left is padded, neighbours sharing a gap too small for both.
//
// Works as the recording arrives: a span comes out as soon as nothing to come can change it. Memory
// is bounded by the longest allowed span. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/status.h"

namespace ironscribe::models {

// Samples [begin, end) of the recording, at the rate of the probabilities.
struct SpeechSpan {
  int64_t begin_sample = 0;
  int64_t end_sample = 0;

  bool operator==(const SpeechSpan&) const = default;
};

// Where a span that reaches the maximum without a pause inside is cut.
enum class LongSpanCut {
  // In the silence at hand, else at the least speech-like frame of its last half; pauses behind a
  // cut stay candidates for the next. No speech is lost.
  kQuietest,
  // As Silero does it: where the limit is, at any sound, losing one frame; pauses behind a cut are
  // forgotten.
  kReference,
};

// The defaults are those of faster-whisper's batched mode (VadOptions with a silence of 160 ms and
// chunks of 30 s), which fill windows of a recogniser.
struct SpeechOptions {
  // Raises quiet recordings before the network sees them (frame_gain.h); the segmenter itself does
  // not use it. Off: probabilities are Silero's own, which miss quiet speech.
  bool raise_quiet = true;
  float threshold = 0.5f;  // In (0, 1].
  // Below it speech may end; absent: threshold - 0.15, but at least 0.01.
  std::optional<float> negative_threshold;
  int min_speech_ms = 0;     // Spans that are not longer are dropped.
  int min_silence_ms = 160;  // Silence that ends a span.
  int padding_ms = 400;      // Added on both sides.
  // Longest span with its padding; absent: no limit.
  std::optional<int> max_speech_ms = 30'000;
  int min_pause_ms = 98;  // Pauses longer than this are where a long span may be cut.
  LongSpanCut long_span_cut = LongSpanCut::kQuietest;
};

// Errors: InvalidArgument naming the option, what it may be and what it is.
Status CheckSpeechOptions(const SpeechOptions& options);

class SpeechSegmenter {
 public:
  // Requires: CheckSpeechOptions(options).ok(), samples at 16 kHz, frame_samples in [1, 512].
  SpeechSegmenter(const SpeechOptions& options, int frame_samples);

  // The probability of the next frame; appends the spans that became final. Spans are in order, do
  // not overlap (they may touch) and are never empty.
  void Push(float probability, std::vector<SpeechSpan>& spans);

  // The end of the recording, once. Requires: the last pushed frame begins before `num_samples`,
  // which is where the recording ends, and ends there or later.
  void Finish(int64_t num_samples, std::vector<SpeechSpan>& spans);

  // What lies before this sample is decided: no span that is still to come begins before it.
  int64_t settled_samples() const;

 private:
  struct Pause {
    int64_t begin = 0;
    int64_t end = 0;
  };

  void PushSpeaking(int64_t frame_begin, float probability, std::vector<SpeechSpan>& spans);
  void EndPause(int64_t frame_begin);
  bool CutAtPause(std::vector<SpeechSpan>& spans);
  void CutQuietest(int64_t frame_begin, std::vector<SpeechSpan>& spans);
  int64_t QuietestFrame(int64_t frame_begin) const;

  void Open(int64_t begin);
  void Reopen(int64_t begin);
  void Close();
  void Keep(int64_t end, std::vector<SpeechSpan>& spans);
  int64_t SettleAgainst(int64_t next_begin, std::vector<SpeechSpan>& spans);
  void EmitFinal(std::vector<SpeechSpan>& spans);

  SpeechOptions options_;
  int64_t frame_samples_;
  float negative_threshold_;
  int64_t padding_;
  int64_t min_speech_;
  int64_t min_silence_;
  int64_t min_pause_;
  int64_t max_speech_;  // Of a span without padding; the largest integer without a limit.

  int64_t now_ = 0;  // Samples pushed.
  // The span that is open, without padding.
  bool speaking_ = false;
  int64_t begin_ = 0;
  std::optional<int64_t> padded_begin_;     // Once it is known.
  std::optional<int64_t> silence_begin_;    // Of the silence that may end it.
  std::vector<Pause> pauses_;               // Where it may be cut, ascending.
  std::vector<float> frame_probabilities_;  // Since begin_; only with a limit.
  // The last span that ended: padded at its begin, not yet at its end.
  std::optional<SpeechSpan> pending_;
  int64_t emitted_end_ = 0;
};

}  // namespace ironscribe::models
