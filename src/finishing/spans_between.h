// What of a recording must be silent so that redacted words cannot be heard.
//
// Times of words come from attention and may end early: of ten dictated digits the last three were
// heard behind the end of their words. So silence reaches from the last word that is kept to the
// next one; what nobody wrote down between them may be the secret's.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "finishing/finisher.h"
#include "text/text_edit.h"
#include "transcript/transcript.h"

namespace ironscribe::finishing {

// A word with its time, or a segment that has none.
struct SpokenUnit {
  double start_seconds = 0;
  double end_seconds = 0;
  double segment_end_seconds = 0;
  std::string label;         // Empty: it is kept.
  double least_seconds = 0;  // Nobody says what was redacted in less.
};

// How far silence may reach behind the segment where the next word that is kept comes late: to the
// end of the recording, or not far where others speak on other channels meanwhile.
inline constexpr double kReachAloneSeconds = std::numeric_limits<double>::max();
inline constexpr double kReachAmongChannelsSeconds = 3.0;

// Appends the words of a segment that is not edited yet. `edits` are of its text; each has the
// label at the same place of `labels`.
void AppendUnits(const transcript::Segment& segment, std::span<const text::TextEdit> edits,
                 std::span<const std::string> labels, std::vector<SpokenUnit>& units);

// One span for each run of redacted units. Requires: those of one channel in order.
std::vector<RedactedSpan> SpansBetween(std::span<const SpokenUnit> units, double reach_seconds);

}  // namespace ironscribe::finishing
