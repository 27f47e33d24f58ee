// A SampleStream as recognition wants it: one channel, 16 kHz, finite samples. Streams: holds a few
// thousand samples, whatever the length of the recording.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audio/pcm_source.h"
#include "audio/sample_stream.h"
#include "dsp/resampler.h"

namespace ironscribe::audio {

struct MixOptions {
  std::string name;            // Of the recording, for messages.
  std::optional<int> channel;  // Take this one instead of the mean of all.
  int64_t max_seconds = 0;
  // Given at the end of a stream that ends well; when it is an error, with how many seconds there
  // were and a remedy added.
  Status end_status;
  // How much longer the recording should be than what there is of it; 0 when that is not known, or
  // known from the stream's expected frames.
  double whole_to_part = 0.0;
  // The stream's expected frames are those of the whole recording even when it breaks off.
  bool tells_length = false;
};

class MixedSource : public PcmSource {
 public:
  using Opener = std::function<Result<std::unique_ptr<SampleStream>>()>;

  // `reopen` opens the recording anew, for Rewind. Errors: InvalidArgument for a channel that the
  // recording does not have.
  static Result<std::unique_ptr<PcmSource>> Create(std::unique_ptr<SampleStream> stream,
                                                   Opener reopen, MixOptions options);

  Result<size_t> Read(std::span<float> out) override;
  int64_t ExpectedSamples() const override;
  Status Rewind() override;
  std::string Description() const override;

 private:
  MixedSource(Opener reopen, MixOptions options)
      : reopen_(std::move(reopen)), options_(std::move(options)) {}
  Status Attach(std::unique_ptr<SampleStream> stream);
  // Decodes one more block into pending_; sets end_ when there is no more.
  void Fill();
  // Mixes `frames` frames of block_ into mono_; false when a sample is not finite, with those
  // before it mixed.
  bool Mix(size_t frames);
  void Finish(Status status);
  // end_status with how much there was.
  Status EndStatus() const;

  Opener reopen_;
  MixOptions options_;
  std::unique_ptr<SampleStream> stream_;
  std::unique_ptr<dsp::Resampler> resampler_;  // Null when the rate is right already.
  std::vector<float> block_;
  std::vector<float> mono_;
  std::vector<float> pending_;
  size_t pending_begin_ = 0;
  int64_t frames_mixed_ = 0;
  std::optional<Status> end_;
};

}  // namespace ironscribe::audio
