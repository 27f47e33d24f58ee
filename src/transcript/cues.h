// Subtitle cues: segments with text, their times in whole milliseconds and never overlapping.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "transcript/transcript.h"

namespace ironscribe::transcript {

struct Cue {
  int64_t start_ms = 0;
  int64_t end_ms = 0;  // At least one above start_ms.
  std::string text;    // One line (see SingleLine), never empty.
};

// Cues in the order of the segments; those without text are left out. A cue that reaches into the
// next ends where that one starts; one that starts before its predecessor does starts one
// millisecond after it. Times that are no numbers or negative count as 0.
std::vector<Cue> MakeCues(std::span<const Segment> segments);

// Seconds as whole milliseconds, within [0, 10,000 hours].
int64_t ToMilliseconds(double seconds);

}  // namespace ironscribe::transcript
