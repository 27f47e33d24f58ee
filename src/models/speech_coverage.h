// How much of the speech in a recording has a text: what tells a listener where to look for words
// that were missed. Pure functions.
#pragma once

#include <span>
#include <vector>

#include "models/speech_track.h"
#include "transcript/transcript.h"

namespace ironscribe::models {

struct TimeRange {
  double begin_seconds = 0;
  double end_seconds = 0;
};

// Of `clips`, which are disjoint and ascending. A segment covers half a second around it too:
// times that models write are not better than that.
transcript::SpeechCoverage CoverageOf(const SpeechTrack& track, std::span<const TimeRange> clips,
                                      const std::vector<transcript::Segment>& segments);

}  // namespace ironscribe::models
