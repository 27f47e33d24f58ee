// Lists where cues break the rules for subtitles.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transcript/cue_rules.h"
#include "transcript/cues.h"

namespace ironscribe::transcript {

enum class CueFault {
  kNoText,       // No line, or a line without text.
  kLineTooWide,  // In columns.
  kTooManyLines,
  kTooFast,      // In columns a second.
  kTooShort,     // In seconds.
  kTooLong,      // In seconds.
  kOutOfOrder,   // Starts before the cue before it, or ends before it starts; in seconds.
  kOverlap,      // With the cue before; in seconds.
  kGapTooSmall,  // To the cue before; in milliseconds.
};
std::string_view CueFaultName(CueFault fault);

struct CueViolation {
  size_t cue = 0;  // Index, from 0.
  CueFault fault = CueFault::kNoText;
  double value = 0;
  double limit = 0;
};

// All violations, in the order of the cues. Looks at nothing but the cues, so it also judges those
// of other programs. Requires: text of valid UTF-8.
std::vector<CueViolation> CheckCues(std::span<const Cue> cues, const CueRules& rules);

// "cue 12 at 00:01:02.500: too fast, 23.4 columns a second (at most 20)"; numbers from 1.
std::string DescribeViolation(const CueViolation& violation, std::span<const Cue> cues);

}  // namespace ironscribe::transcript
