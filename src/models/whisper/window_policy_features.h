// A recording as windows of normalised features: reads the source as far as a window needs and
// keeps no more than that. Not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "dsp/log_mel.h"
#include "dsp/log_mel_stream.h"
#include "models/profile.h"

namespace ironscribe::models::whisper {

class FeatureWindows {
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

  // [window_frames, num_mels] from `first_frame` on: `frames` of audio, then zeros as the reference
  // pads its windows. Requires: those frames were read and not dropped.
  std::vector<float> Window(int64_t first_frame, int frames);

  // The same, but padded by what silence gives: the reference's window for language detection.
  // Requires: ended(), or the whole window was read.
  std::vector<float> WindowWithSilence(int64_t first_frame);

  // Forgets the frames below `frame`.
  void DropBefore(int64_t frame) { stream_.DropBefore(frame); }

 private:
  // Appends one block or notes the end.
  void ReadBlock();
  float Maximum(int64_t first_frame, int frames);

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
