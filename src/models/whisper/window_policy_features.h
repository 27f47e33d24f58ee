// Windows of normalised features, from a recording that is read as far as a window needs and no
// more of it kept than that, or from a piece of one. Not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "dsp/log_mel.h"
#include "dsp/log_mel_stream.h"
#include "models/profile.h"
#include "models/whisper/window_policy_seek.h"

namespace ironscribe::models::whisper {

struct WindowFeatures {
  // [window_frames, num_mels]: frames of audio, then zeros as the reference pads its windows.
  std::vector<float> values;
  float silence_level = 0;  // What frames of silence would hold.

  // The first `frames` of `window_frames` are frames of silence.
  bool IsSilent(int frames, int window_frames) const;
};

// Where a clip's windows come from.
class FeatureReader {
 public:
  virtual ~FeatureReader() = default;

  // Makes the window at `range.begin` ready and forgets what is before it. Returns its frames of
  // audio: those up to range.end, the end of the recording and the window's size; 0 or less when
  // there are none. Errors: Cancelled.
  virtual Result<int> Prepare(const FrameRange& range, const std::stop_token& stop) = 0;

  // `frames` of audio from `first_frame` on. Requires: Prepare made them ready; frames > 0.
  virtual WindowFeatures Window(int64_t first_frame, int frames) = 0;
};

// A piece of a recording, cut out: its raw log energies.
struct FeaturePiece {
  FrameRange range;  // From its first frame in the recording on.
  int num_mels = 0;
  std::vector<float> energies;  // [range.end - range.begin, num_mels]
  // The largest energy of the frames behind the end of the recording that still reach into it, if
  // the piece ends there.
  float tail_maximum = -std::numeric_limits<float>::infinity();
};

class PieceWindows final : public FeatureReader {
 public:
  PieceWindows(FeaturePiece piece, int window_frames)
      : piece_(std::move(piece)), window_frames_(window_frames) {}

  Result<int> Prepare(const FrameRange& range, const std::stop_token& stop) override;
  WindowFeatures Window(int64_t first_frame, int frames) override;

 private:
  FeaturePiece piece_;
  int window_frames_;
};

class FeatureWindows final : public FeatureReader {
 public:
  // The arguments are not owned and outlive the object. Windows are padded to `window_frames`.
  // `profile` takes the time of the features themselves, not of reading; may be null.
  FeatureWindows(const dsp::LogMel& log_mel, audio::PcmSource& source, int window_frames,
                 Profile* profile = nullptr);

  // Reads the whole recording for its largest log energy, which all windows then use in place of
  // their own, and rewinds the source: the reference's behaviour. Must come first. Errors: of
  // Rewind, Cancelled.
  Status MeasureRecording(std::stop_token stop);

  // Reads until the frames below `frame` are there or the recording ends. An error of the source
  // counts as the end; source_status() has it. Errors: Cancelled.
  Status ReadUntil(int64_t frame, std::stop_token stop);
  // Reads to the end, keeping nothing but the number of samples.
  Status Drain(std::stop_token stop);

  // Frames of the recording known so far, rounded down: final once ended().
  int64_t content_frames() const { return num_samples_ / dsp::kHopSamples; }
  int64_t num_samples() const { return num_samples_; }
  bool ended() const { return ended_; }
  const Status& source_status() const { return source_status_; }

  Result<int> Prepare(const FrameRange& range, const std::stop_token& stop) override;
  WindowFeatures Window(int64_t first_frame, int frames) override;

  // The frames of `parts`, cut out and put one behind the other. Requires: not empty; they were
  // read and not dropped.
  FeaturePiece Piece(std::span<const FrameRange> parts);

  // The same as Window, but padded by what silence gives: the reference's window for language
  // detection. Requires: ended(), or the whole window was read.
  std::vector<float> WindowWithSilence(int64_t first_frame);

  // Forgets the frames below `frame`.
  void DropBefore(int64_t frame) { stream_.DropBefore(frame); }

 private:
  // Appends one block or notes the end.
  void ReadBlock();
  float Maximum(int64_t first_frame, int frames);
  // Of the frames behind `end` if the recording ends there, else minus infinity.
  float TailMaximum(int64_t end);

  const dsp::LogMel& log_mel_;
  audio::PcmSource& source_;
  int window_frames_;
  Profile* profile_;
  dsp::LogMelStream stream_;
  std::vector<float> block_;
  int64_t num_samples_ = 0;
  bool ended_ = false;
  Status source_status_;
  std::optional<float> recording_maximum_;
};

}  // namespace ironscribe::models::whisper
