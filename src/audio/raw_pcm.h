// Samples without any header: 16 kHz, mono, 16 bits, little-endian, which some protocols send.
#pragma once

#include <memory>
#include <string>

#include "audio/open_audio.h"
#include "audio/pcm_source.h"
#include "base/status.h"

namespace ironscribe::audio {

// `descriptor` can be read at any position and stays the caller's. Of the options, the limits
// count. Errors: those of io::InputFile; later ResourceExhausted behind max_seconds, DataLoss for
// half a sample at the end, after what lies before.
Result<std::unique_ptr<PcmSource>> OpenRawPcm(int descriptor, std::string name,
                                              const OpenOptions& options);

}  // namespace ironscribe::audio
