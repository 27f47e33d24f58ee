// Decoded sound as the recording has it: its own rate, all its channels, interleaved. The step
// between a decoder and the PcmSource that everything else reads.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"

namespace ironscribe::audio {

struct StreamFormat {
  int rate_hz = 0;
  int channels = 0;
  int64_t expected_frames = -1;  // By the header's account; -1 when it does not tell.
  std::string description;       // "WAV, 16-bit PCM", "QuickTime / MOV, aac".
};

class SampleStream {
 public:
  virtual ~SampleStream() = default;

  // Rate and channels are within the limits of decode_protocol.h.
  virtual const StreamFormat& format() const = 0;

  // Fills `interleaved` with whole frames; returns the number of frames, 0 at the end. Samples may
  // be anything, NaN too. Errors end the stream and come after the last good frame. Requires:
  // interleaved.size() is at least format().channels.
  virtual Result<size_t> ReadFrames(std::span<float> interleaved) = 0;
};

}  // namespace ironscribe::audio
