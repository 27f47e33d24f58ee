// Where to cut a recording so that no word is cut: at its quietest place near the end of a window.
#pragma once

#include <cstdint>
#include <span>

#include "models/decoding_options.h"

namespace ironscribe::models::whisper {

// The longest piece for windows of `window_frames`.
int MaxPieceFrames(const DecodingOptions& options, int window_frames);

struct CutLimits {
  int64_t min_frames = 0;  // Not before this frame.
  int64_t max_frames = 0;  // Not behind it.
};

// energies: [frames, num_mels] raw log10 mel energies from the start of the piece on. Returns the
// frame to cut at: the middle of the last stretch that is as quiet as the quietest between the
// limits, give or take a little. Requires: 0 < min_frames <= max_frames <= frames.
int64_t QuietestCut(std::span<const float> energies, int num_mels, const CutLimits& limits);

}  // namespace ironscribe::models::whisper
