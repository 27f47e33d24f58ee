// A copy of a recording in which redacted speech is silent.
#pragma once

#include <filesystem>
#include <span>
#include <stop_token>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "finishing/finisher.h"

namespace ironscribe::cli {

// Where the copy of a recording goes whose first output is `output`: "talk.txt" gives
// "talk.redacted.wav".
std::filesystem::path MutedCopyPath(const std::filesystem::path& output);

// Writes the recording, from where `source` stands, as 16-kHz mono WAV, silent in the spans and a
// little around them. Errors: Cancelled, and those of reading and writing; then there is no file.
Status WriteMutedCopy(audio::PcmSource& source, std::span<const finishing::RedactedSpan> spans,
                      const std::filesystem::path& output, std::stop_token stop);

}  // namespace ironscribe::cli
