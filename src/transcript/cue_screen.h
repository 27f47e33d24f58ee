// Several speakers on one screen: cues never overlap, although people do.
#pragma once

#include <cstdint>
#include <vector>

#include "transcript/cue_rules.h"
#include "transcript/cues.h"
#include "transcript/transcript.h"

namespace ironscribe::transcript {

// A cue before its times are settled.
struct ScreenCue {
  int64_t start_ms = 0;
  int64_t spoken_end_ms = 0;
  int channel = kNoChannel;  // Of its last line,
  bool is_shared = false;    // and others have lines too.
  std::vector<CueLine> lines;
};

// Which cues of each channel are spoken for a while together with one of another channel that does
// not fit onto the screen beside them. The cues of each channel are in their order.
std::vector<std::vector<bool>> FindCrowded(const std::vector<std::vector<ScreenCue>>& channels,
                                           const CueRules& rules);

// Puts a cue of another channel below one that would have no time to be read before it, where both
// fit. Requires: sorted by their starts; so is what is returned.
std::vector<ScreenCue> ShareScreen(std::vector<ScreenCue> cues, const CueRules& rules);

// Where several speak, a cue waits until the one before it was read, within limits; those of one
// speaker alone never do. Requires: sorted by their starts.
std::vector<Cue> SettleTimes(std::vector<ScreenCue> cues, const CueRules& rules);

}  // namespace ironscribe::transcript
