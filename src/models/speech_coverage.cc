#include "models/speech_coverage.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::models {
namespace {

constexpr double kAroundSegmentsSeconds = 0.5;

double SpeechSeconds(const SpeechTrack& track, double begin_seconds, double end_seconds) {
  if (begin_seconds >= end_seconds) return 0;
  const SpeechShare speech = track.Over(begin_seconds, end_seconds);
  return std::isnan(speech.share) ? 0 : speech.share * (end_seconds - begin_seconds);
}

// What the segments cover, ascending by its beginnings.
std::vector<TimeRange> Covered(const std::vector<transcript::Segment>& segments) {
  std::vector<TimeRange> covered;
  covered.reserve(segments.size());
  for (const transcript::Segment& segment : segments) {
    covered.push_back({segment.start_seconds - kAroundSegmentsSeconds,
                       segment.end_seconds + kAroundSegmentsSeconds});
  }
  std::sort(covered.begin(), covered.end(), [](const TimeRange& a, const TimeRange& b) {
    return a.begin_seconds < b.begin_seconds;
  });
  return covered;
}

}  // namespace

transcript::SpeechCoverage CoverageOf(const SpeechTrack& track, std::span<const TimeRange> clips,
                                      const std::vector<transcript::Segment>& segments) {
  const std::vector<TimeRange> covered = Covered(segments);
  transcript::SpeechCoverage coverage;
  for (const TimeRange& clip : clips) {
    const double end = std::min(clip.end_seconds, track.end_seconds());
    coverage.speech_seconds += SpeechSeconds(track, clip.begin_seconds, end);
    double known = clip.begin_seconds;  // Everything before is counted.
    for (const TimeRange& range : covered) {
      coverage.without_text_seconds +=
          SpeechSeconds(track, known, std::min(range.begin_seconds, end));
      known = std::max(known, range.end_seconds);
    }
    coverage.without_text_seconds += SpeechSeconds(track, known, end);
  }
  return coverage;
}

}  // namespace ironscribe::models
