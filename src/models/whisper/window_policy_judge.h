// What the guard is asked about the windows and segments of a clip, and the evidence for it.
// Without a guard everything is believed. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/text_judge.h"
#include "models/whisper/fallback.h"
#include "models/whisper/window_policy_seek.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// A window that did not get so far would not get further the next time.
inline constexpr int64_t kLeastProgressFrames = 200;

// How much speech there is between two times of a clip.
using SpeechQuery = std::function<SpeechShare(double begin_seconds, double end_seconds)>;

class ClipJudge {
 public:
  // `judge` may be null, `speech` empty. Both and the tokenizer outlive the object.
  ClipJudge(const TextJudge* judge, const text::Tokenizer& tokenizer, SpeechQuery speech)
      : judge_(judge), tokenizer_(tokenizer), speech_(std::move(speech)) {}

  // It is known what is heard in the recording, whether or not somebody decides by it.
  bool hears() const { return speech_ != nullptr; }
  // It is known what is heard in the recording, and somebody decides by it.
  bool has_evidence() const { return judge_ != nullptr && speech_ != nullptr; }

  // Nothing in the window is worth decoding. `is_rest`: it begins where the text of another ended.
  bool HoldsNoSpeech(const FrameRange& window, bool is_rest) const;

  // Tokens at which to break off.
  int MaxTokens(const FrameRange& window) const;

  Judgement OfWindow(const FrameRange& window, const DecodedWindow& decoded) const;

  // Somebody speaks in the window for a while, without doubt.
  bool HearsSpeech(const FrameRange& window) const;

  // Of a segment of the window, in order. `is_alone`: there is no other.
  Judgement OfSegment(const FrameRange& window, const transcript::Segment& segment, bool is_alone);

  // Where to end a shorter window in place of one whose text cannot be believed: at a pause in its
  // middle third. Nothing if it is short already or nothing was heard of pauses.
  std::optional<int64_t> ShorterEnd(const FrameRange& window) const;

  // Stretches of a window with clear speech for which it has no text: outside of its segments, or
  // of their words where those are known, give or take what their times may be wrong by. With a
  // little of what lies around. Behind the last segment only if the window is done and that ends so
  // early that AfterText gives it up.
  std::vector<FrameRange> Holes(const FrameRange& window,
                                std::span<const transcript::Segment> segments, bool is_done) const;

  // More speech is heard between the times of the segment than its text accounts for: they may
  // cover what is not in it.
  bool SaysLittle(const FrameRange& window, const transcript::Segment& segment) const;

  // Sets to 0 what is not near a voice, however loud it is. `loudness` is of the window's audio, a
  // value every `frames_per_value`.
  void HushNoise(const FrameRange& window, int frames_per_value, std::span<float> loudness) const;

  // Where to go on behind text that is said to fill the window: a model may end its text early and
  // say that nothing follows.
  int64_t AfterText(const FrameRange& window, double text_end_seconds) const;

 private:
  struct Heard {
    SpeechShare share;
    double seconds = 0;  // Of speech.
  };
  // What lies behind the window does not count: how much of it is known depends on the reading.
  Heard Between(double begin_seconds, double end_seconds, const FrameRange& window) const;
  Heard In(const FrameRange& window) const;
  // The first and last speech between two times of a window.
  std::optional<FrameRange> SpeechBetween(double begin_seconds, double end_seconds,
                                          const FrameRange& window) const;

  const TextJudge* judge_;
  const text::Tokenizer& tokenizer_;
  SpeechQuery speech_;
  std::string last_text_;  // Of the last segment, and how often it came in succession.
  int last_text_count_ = 0;
};

}  // namespace ironscribe::models::whisper
