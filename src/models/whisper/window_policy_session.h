// One recording on its way through the window policy: all that changes from window to window. Not
// thread-safe; serves one Run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "dsp/log_mel.h"
#include "models/decoding_options.h"
#include "models/model.h"
#include "models/whisper/fallback.h"
#include "models/whisper/prompt.h"
#include "models/whisper/timestamp_rules.h"
#include "models/whisper/window_policy_features.h"
#include "models/whisper/window_policy_seek.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// What a session is given; all that is referred to outlives the session.
struct SessionSetup {
  const text::Tokenizer& tokenizer;
  const dsp::LogMel& log_mel;
  const TimestampRules& rules;
  const DecodingOptions& options;
  const RecognitionCallbacks& callbacks;
};

class WindowSession {
 public:
  WindowSession(const SessionSetup& setup, audio::PcmSource& source, WindowRunner& runner,
                std::stop_token stop);

  // `language` is a code the tokenizer has, or empty to detect it. See models::Model::Transcribe.
  Result<transcript::Transcript> Run(std::string language);

 private:
  using EncodingPointer = std::shared_ptr<const Encoding>;
  struct FrameRange {
    int64_t begin;
    int64_t end;
  };
  // One window and where its audio stands.
  struct Window {
    int64_t seek_frames = 0;
    int segment_frames = 0;
    EncodingPointer encoding;
  };

  Status TranscribeClips(std::string language);
  Status TranscribeClip(const FrameRange& clip);
  // The window at `seek`, cut at `end` and at the end of the recording; nothing when there is no
  // audio left.
  Result<std::optional<Window>> NextWindow(int64_t seek, int64_t end);
  Result<EncodingPointer> Encode(std::vector<float> features);
  Status SetLanguage(std::string language, const FrameRange& first_clip);
  // Returns where the next window starts.
  Result<int64_t> TranscribeWindow(const Window& window);
  std::vector<transcript::Segment> MakeSegments(const Window& window, const WindowSplit& split,
                                                const DecodedWindow& decoded) const;
  // Adds words to the segments and moves `split.next_seek_frames` to the end of the last.
  Status AddWords(const Window& window, WindowSplit& split,
                  std::vector<transcript::Segment>& segments);
  void Publish(std::vector<transcript::Segment> segments);
  void Drop(const Window& window, std::string reason);
  void ReportProgress(double seconds);
  std::vector<FrameRange> ClipFrames() const;

  SessionSetup setup_;
  WindowRunner& runner_;
  std::stop_token stop_;
  int window_frames_;
  int frames_per_position_;
  FeatureWindows features_;
  FallbackDecoder decoder_;
  PromptContext context_;
  std::vector<TokenId> start_sequence_;
  std::optional<Window> first_window_;  // Encoded for language detection, used again.
  double last_speech_seconds_ = 0;
  double reported_seconds_ = 0;
  std::vector<TokenId> text_tokens_;
  transcript::Transcript transcript_;
};

}  // namespace ironscribe::models::whisper
