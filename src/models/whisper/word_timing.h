// When each word was spoken: the text is fed again, cross-attention is aligned with time, tokens
// become words, punctuation joins its word. Two ways: that of openai/whisper (timing.py), which
// then corrects times that cannot be right at sentence ends and segment boundaries; and our own,
// which knows pauses and how loud the recording is (word_timing_pauses.h) and needs no correction.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"
#include "models/whisper/prompt.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

struct AlignedWord {
  std::string text;
  int num_tokens = 0;
  double start_seconds = 0;  // From the start of the window.
  double end_seconds = 0;
  float probability = 0;
  float confidence = transcript::kNoConfidence;
  bool operator==(const AlignedWord&) const = default;
};

struct AlignmentInput {
  std::span<const TokenId> start_sequence;  // See StartSequence.
  std::span<const TokenId> text_tokens;
  std::string_view language;
  int segment_frames = 0;       // Frames of the window that hold audio.
  int frames_per_position = 2;  // Feature frames per frame of the encoding.
  // How loud each position with audio is (dsp/loudness.h). Empty: only the reference's way.
  std::span<const float> loudness = {};
  // How many of the text tokens each segment has, in order: words that are heard end with their
  // segment. Empty: all are of one.
  std::span<const int> segment_tokens = {};
};

// The same words twice.
struct AlignedWords {
  std::vector<AlignedWord> reference;
  std::vector<AlignedWord> heard;  // With our own times and confidence; empty without loudness.
  bool operator==(const AlignedWords&) const = default;
};

// The words of `text_tokens` with their times. Empty without text, audio or alignment heads.
// Probabilities are under the softmax over the text tokens, as in the reference. Errors: those of
// the runner.
Result<AlignedWords> AlignWords(const text::Tokenizer& tokenizer, WindowRunner& runner,
                                const std::shared_ptr<const Encoding>& encoding,
                                const AlignmentInput& input, std::stop_token stop);

// Joins opening punctuation to the word behind it and other punctuation to the word before it; the
// joined entries stay, with empty text and no tokens.
void MergePunctuation(std::span<AlignedWord> words);

struct WordTimingInput {
  double time_offset_seconds = 0;  // Where the window starts.
  double last_speech_seconds = 0;  // End of the last word of the windows before.
  TokenId end_of_text = 0;         // Text tokens are below.
};

// Shares `alignment`, the words of all segments' text tokens in order, among the segments and
// corrects the times of both: the reference's way.
void AssignWords(std::vector<AlignedWord> alignment, const WordTimingInput& input,
                 std::span<transcript::Segment> segments);

// The words of each segment, with punctuation of the same segment joined to them, as they are. A
// word that goes on in the next segment is the first one's.
std::vector<std::vector<transcript::Word>> ShareWords(
    std::vector<AlignedWord> alignment, const WordTimingInput& input,
    std::span<const transcript::Segment> segments);

struct WordLimits {
  double begin_seconds = 0;  // Nothing begins before,
  double end_seconds = 0;    // nor ends behind, unless that is before the begin.
  size_t num_behind = 0;     // For so many more words room is left at the end.
  // Where there is not a position of the encoding for each word: they share what there is. Else
  // they reach behind the end, as far as they must.
  bool is_strict = true;
};

// Every word lasts a position of the encoding at least; none begins before the one in front of it
// ends, and all lie within the limits. Returns the end of the last. Requires: not empty.
double OrderWords(const WordLimits& limits, std::span<transcript::Word> words);

// The end of the last word, or of the last segment when there are no words. Requires: not empty.
double LastWordEnd(std::span<const transcript::Segment> segments);

}  // namespace ironscribe::models::whisper
