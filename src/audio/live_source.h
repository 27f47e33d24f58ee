// Sound that is recognised while it is made: samples of 16 bits, little-endian, that arrive on a
// pipe, without a header or behind that of a WAV file (arecord writes one whose sizes mean
// nothing). Waits for sound, never for a whole block of it; memory does not grow.
#pragma once

#include <memory>
#include <stop_token>

#include "audio/pcm_source.h"
#include "base/status.h"

namespace ironscribe::audio {

struct LiveOptions {
  int rate_hz = kSampleRateHz;  // Of samples without a header, which are of one channel.
  // Ends the sound: what has arrived by then is given, then the end.
  std::stop_token stop = {};
};

struct LiveInput {
  std::unique_ptr<PcmSource> source;  // Cannot be rewound. Half a sample at the end is left out.
  int rate_hz = kSampleRateHz;        // As it arrives; the source gives kSampleRateHz.
};

// Waits for the first bytes. The descriptor stays the caller's and outlives the source. Errors:
// InvalidArgument for a rate out of range, a header of other than 16-bit PCM and for what is no
// PCM; those of the system.
Result<LiveInput> OpenLive(int descriptor, const LiveOptions& options);

}  // namespace ironscribe::audio
