// One stretch of a recording, window after window: each starts where the text of the one before
// says that it ended, and is conditioned on that text. Not thread-safe; stretches that do not
// depend on each other may run on threads of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "models/decoding_options.h"
#include "models/whisper/fallback.h"
#include "models/whisper/prompt.h"
#include "models/whisper/window_policy_budget.h"
#include "models/whisper/window_policy_features.h"
#include "models/whisper/window_policy_judge.h"
#include "models/whisper/window_policy_language.h"
#include "models/whisper/window_policy_seek.h"
#include "models/whisper/word_timing.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// What all windows of a recording share; outlives the clips.
struct ClipSetup {
  const text::Tokenizer& tokenizer;
  const DecodingOptions& options;
  const decoding::TokenConstraint& rules;
  WindowRunner& runner;
  const TextJudge* judge;  // Null: all text is believed.
  std::stop_token stop;
  // Tells the language of each window; null: all have that of the clip. For one clip at a time.
  LanguageFollower* follower = nullptr;
};

// Receives what a clip finds, in order.
struct ClipSink {
  std::function<void(transcript::Segment)> segment;
  std::function<void(transcript::DroppedSpan)> dropped;
  std::function<void(double seconds)> progress;  // Everything before is finished.
};

class ClipTranscriber {
 public:
  // `features` outlives the object; `speech` may be empty.
  ClipTranscriber(const ClipSetup& setup, FeatureReader& features, SpeechQuery speech,
                  ClipSink sink);

  // The encoding of the first window of `clip`, null without audio. Transcribe uses it again.
  Result<std::shared_ptr<const Encoding>> EncodeFirst(const FrameRange& clip);

  // Its memory is free; Transcribe encodes the window again.
  void ForgetFirstEncoding();

  // Clips follow each other; the text of one is the context of the next. Errors: of the runner and
  // of reading features.
  Status Transcribe(const FrameRange& clip, const SpokenLanguage& language);

 private:
  using HeardWords = std::vector<std::vector<transcript::Word>>;

  // One window and where its audio stands.
  struct Window {
    int64_t seek_frames = 0;
    int segment_frames = 0;
    // Encoded without the silence behind the audio, which the decoder is shown all the same.
    bool fitted = false;
    bool is_last = false;  // Of its clip.
    // A part of another window, of which that had no text.
    bool is_hole = false;
    std::shared_ptr<const Encoding> encoding = nullptr;  // Null until somebody needs it.
    // Of its audio, for word times (dsp/loudness.h); empty where the reference's are asked for.
    std::vector<float> loudness = {};

    FrameRange range() const { return {seek_frames, seek_frames + segment_frames}; }
  };

  // The window at `seek`, cut at `end` and at the end of the recording; nothing when there is no
  // audio left.
  Result<std::optional<Window>> NextWindow(int64_t seek, int64_t end);
  Status EncodeWindow(Window& window, bool fit);
  // Nothing in the window is worth decoding: nobody speaks or, where nobody listens for voices,
  // there is no sound at all. `is_rest`: it begins where the text of another ended.
  bool HoldsNothing(const Window& window, bool is_rest) {
    if (judge_.hears()) return judge_.HoldsNoSpeech(window.range(), is_rest);
    return setup_.judge != nullptr && features_.Window(window.seek_frames, window.segment_frames)
                                          .IsSilent(window.segment_frames, window_frames_);
  }
  // Windows that end there have cost too much for anything but one attempt each.
  bool IsBudgetSpent(int64_t end_frame) const;
  // Where the window after `window` begins, given where its text says: further on if the same audio
  // was heard too often.
  int64_t MoveOn(const Window& window, int64_t next);
  // Of `frames` of features that hold audio.
  std::vector<float> MeasureLoudness(std::span<const float> features, int frames) const;
  // Frames to encode for a window that is fitted to its audio; 0: all of them.
  int FittedFrames(int segment_frames) const;
  Status FollowLanguage(const Window& window);
  Result<DecodedWindow> Decode(Window& window);
  // If what came of it is doubtful, once more without the text before; then the window is shortened
  // and tried again.
  Result<DecodedWindow> DecodeInDoubt(Window& window);
  // That a window is silent is doubtful too where speech is heard.
  Verdict VerdictOf(const Window& window, const DecodedWindow& decoded) const;
  // The last segment goes to the next window if that would be too short to be understood alone.
  void LengthenRest(const Window& window, WindowSplit& split,
                    std::vector<transcript::Segment>& segments, HeardWords& heard) const;
  // Both return where the next window starts.
  Result<int64_t> TranscribeWindow(Window& window);
  int64_t SkipSilence(const Window& window);
  std::vector<transcript::Segment> MakeSegments(const Window& window, const WindowSplit& split,
                                                const DecodedWindow& decoded) const;
  // Another window begins where the text ends, or speech may be covered that is not in the text:
  // words are found to correct the model's times. Whether they are asked for does not count, but in
  // the reference: text does not depend on it.
  bool TimesMatter(const Window& window, const WindowSplit& split,
                   const std::vector<transcript::Segment>& segments) const;
  // From what is kept of an earlier run, or aligned: by the reference's times, which decide on
  // text, and by our own, which are published.
  Result<AlignedWords> FindWords(const Window& window,
                                 const std::vector<transcript::Segment>& segments);
  WordTimingInput TimingOf(const Window& window) const;
  // Adds words to the segments, corrects their times by them and moves `split.next_seek_frames` to
  // the end of the last.
  void CorrectTimes(const Window& window, std::vector<AlignedWord> words, WindowSplit& split,
                    std::vector<transcript::Segment>& segments);
  // Leaves the window out but for clear speech, which is transcribed on its own.
  Status DropWindow(const Window& window, std::string_view reason);
  // Hands out the segments, and around them what the window has no text for. `is_done`: the next
  // window begins behind this one.
  Status PublishWindow(const Window& window, std::vector<transcript::Segment> segments,
                       HeardWords heard, bool is_done);
  // The window around a hole.
  struct Surroundings {
    std::string said;              // Nothing of a hole is handed out that is said here already.
    int64_t end_frame = 0;         // Words of the hole lie before.
    bool is_last = false;          // Of its clip.
    size_t words_behind = 0;       // Those of the window that follow,
    double next_word_seconds = 0;  // and where they begin; behind the window if there are none.
  };
  // Of a window that says nothing.
  static Surroundings SurroundingsOf(const Window& window) {
    return {.said = "",
            .end_frame = window.range().end,
            .is_last = window.is_last,
            .words_behind = 0,
            .next_word_seconds = FrameSeconds(window.range().end)};
  }
  Status TranscribeHole(const FrameRange& hole, Surroundings around);
  // Of several segments of a window, one.
  struct SegmentToPublish {
    transcript::Segment segment;
    std::vector<transcript::Word> heard;  // May be empty.
    bool is_alone = false;
    size_t words_behind = 0;  // Heard in the segments that follow.
  };
  void Publish(const Window& window, SegmentToPublish part);
  // Of words of the window's segments.
  WordLimits LimitsOf(const Window& window, size_t words_behind) const;
  bool IsSaidAlready(const std::vector<transcript::Segment>& segments) const;
  void Drop(double begin_seconds, double end_seconds, std::string_view reason) {
    sink_.dropped({begin_seconds, end_seconds, std::string(reason)});
  }

  ClipSetup setup_;
  FeatureReader& features_;
  ClipJudge judge_;
  ClipSink sink_;
  int window_frames_;
  int frames_per_position_;
  FallbackDecoder decoder_;
  StepBudget budget_;
  PromptContext context_;
  const SpokenLanguage* language_ = nullptr;
  SpokenLanguage followed_language_;
  std::optional<Window> first_window_;
  std::string last_text_;  // Of the last segment that was handed out.
  // End of the last word, by the reference's times and by our own.
  double last_speech_seconds_ = 0;
  double last_heard_seconds_ = 0;
  Surroundings around_;  // Of the hole that is worked on.
};

}  // namespace ironscribe::models::whisper
