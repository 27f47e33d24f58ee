// One recording on its way through the window policy: clips, language, pieces that run side by
// side, and the transcript that grows. Not thread-safe; serves one Run.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "dsp/log_mel.h"
#include "models/decoding_options.h"
#include "models/listening_source.h"
#include "models/model.h"
#include "models/whisper/timestamp_rules.h"
#include "models/whisper/window_policy_clip.h"
#include "models/whisper/window_policy_features.h"
#include "models/whisper/window_policy_pack.h"
#include "models/whisper/window_policy_pieces.h"
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
  // The recording, if it is listened to; else null.
  ListeningSource* listening = nullptr;
};

class WindowSession {
 public:
  WindowSession(const SessionSetup& setup, audio::PcmSource& source, WindowRunner& runner,
                std::stop_token stop);

  // `language` is a code the tokenizer has, or empty to detect it. See models::Model::Transcribe.
  Result<transcript::Transcript> Run(std::string language);

 private:
  using EncodingPointer = std::shared_ptr<const Encoding>;

  Status TranscribeClips(std::string language);
  Status TranscribeSequentially(const std::vector<FrameRange>& clips, const std::string& language);
  Status TranscribePieces(const std::vector<FrameRange>& clips, const std::string& language);
  // The next piece of `clip` from `begin` on, ending at a pause; empty at the end of the recording.
  Result<FrameRange> NextPiece(int64_t begin, const FrameRange& clip);
  // Inside the first pause behind speech in `range` that is long enough for the language to change;
  // the begin of `range` without one, or where nobody listens or languages do not change.
  int64_t LanguagePause(const FrameRange& range) const;
  Status TranscribeSpeech(const std::vector<FrameRange>& clips, const std::string& language);
  // Reads on and packs the speech that was found in the clips. Returns the frame before which all
  // is found.
  Result<int64_t> PackSpeech(const std::vector<FrameRange>& clips, SpeechPacker& packer);
  size_t PiecesTogether() const;
  Status SubmitPiece(const PieceParts& parts, const std::string& language, PieceQueue& queue);
  SpeechQuery SpeechIn(const PieceParts& parts) const;
  Status TakePiece(PieceQueue& queue);
  // Sets language_; `language` empty detects it from the first window of `clip` on.
  Status SetLanguage(std::string language, const FrameRange& clip, ClipTranscriber& transcriber);
  Result<EncodingPointer> FirstEncoding(const FrameRange& clip, ClipTranscriber& transcriber);
  // Listens to windows behind the one at `first_frame` while the language is in doubt.
  Status ListenFurther(int64_t first_frame);
  void Publish(transcript::Segment segment);
  // How much of the speech that was heard has a text.
  void MeasureCoverage();
  void ReportProgress(double seconds);
  std::vector<FrameRange> ClipFrames() const;

  SessionSetup setup_;
  ClipSetup clip_setup_;
  int window_frames_;
  FeatureWindows features_;
  int64_t max_piece_frames_;
  SpokenLanguage language_;
  LanguageTracker tracker_;
  LanguageFollower follower_;
  double reported_seconds_ = 0;
  std::vector<TokenId> text_tokens_;
  transcript::Transcript transcript_;
};

}  // namespace ironscribe::models::whisper
