// Decides where one speaker's text is cut into cues.
#pragma once

#include <span>
#include <vector>

#include "transcript/cue_rules.h"
#include "transcript/cue_units.h"

namespace ironscribe::transcript {

// Where each cue ends: indices into `units`, ascending, the last one units.size(). Of all ways to
// cut, the one with the least sum of what its cues cost: rules broken weigh most, then sentences
// and pauses inside a cue, then breaks at bad places, then the number of cues. Every cue fits into
// the lines, and lasts no longer than allowed unless it is a single unit. Silences of pause_seconds
// are always cut. Requires: no unit wider than rules.max_line_columns.
std::vector<size_t> SplitIntoCues(std::span<const CueUnit> units, const CueRules& rules);

}  // namespace ironscribe::transcript
