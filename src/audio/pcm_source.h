// A stream of PCM at the rate recognition works at: 16 kHz, mono, float32 nominally in [-1, 1],
// always finite. Memory does not grow with the length of the recording.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"

namespace ironscribe::audio {

inline constexpr int kSampleRateHz = 16000;

class PcmSource {
 public:
  virtual ~PcmSource() = default;

  // Fills `out` from the front; returns the number of samples written, 0 at the end. May return
  // fewer than asked for before the end. Errors end the stream; those of a recording that breaks
  // off are DataLoss and come after the last good sample was delivered.
  virtual Result<size_t> Read(std::span<float> out) = 0;

  // Total length if the container tells, else -1; an estimate, for progress only.
  virtual int64_t ExpectedSamples() const = 0;

  // Starts again from the beginning. Errors: FailedPrecondition when the input cannot be rewound.
  virtual Status Rewind() = 0;

  // What was found, e.g. "WAV, 44100 Hz, 2 channels".
  virtual std::string Description() const = 0;
};

}  // namespace ironscribe::audio
