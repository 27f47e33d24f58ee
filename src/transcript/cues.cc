#include "transcript/cues.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

// Keeps hostile times within what every player's integers hold.
constexpr double kMaxSeconds = 10'000.0 * 3600;

}  // namespace

int64_t ToMilliseconds(double seconds) {
  if (!(seconds > 0)) return 0;  // NaN too.
  return std::llround(std::min(seconds, kMaxSeconds) * 1000);
}

std::vector<Cue> MakeCues(std::span<const Segment> segments) {
  std::vector<Cue> cues;
  for (const Segment& segment : segments) {
    std::string text = SingleLine(segment.text);
    if (text.empty()) continue;
    int64_t start_ms = ToMilliseconds(segment.start_seconds);
    if (!cues.empty()) {
      Cue& previous = cues.back();
      start_ms = std::max(start_ms, previous.start_ms + 1);
      previous.end_ms = std::min(previous.end_ms, start_ms);
    }
    const int64_t end_ms = std::max(ToMilliseconds(segment.end_seconds), start_ms + 1);
    cues.push_back({start_ms, end_ms, std::move(text)});
  }
  return cues;
}

}  // namespace ironscribe::transcript
