#include "transcript/cue_screen.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ironscribe::transcript {
namespace {

// A shorter gap between cues is closed to the least allowed: a flicker tires more than a line that
// stays a moment (Netflix closes those below 12 frames of 24 a second).
constexpr int64_t kClosedGapMs = 500;

// Where several speak a cue waits this long at most for the one before it to be read,
constexpr int64_t kMaxWaitMs = 2000;
// and this long for it to be seen at all.
constexpr int64_t kMaxWaitToBeSeenMs = 4000;

struct Place {
  size_t channel = 0;
  size_t index = 0;
};

// When `next` may begin behind `previous`, which is made of `before`.
int64_t EarliestStart(const ScreenCue& next, const ScreenCue& before, const Cue& previous,
                      const CueRules& rules) {
  const int64_t earliest = previous.start_ms + rules.gap_ms + 1;
  const bool waited = previous.start_ms > before.start_ms;
  const bool is_alone =
      !before.is_shared && !next.is_shared && before.channel == next.channel && !waited;
  if (is_alone) return earliest;
  const int64_t seen_ms = previous.start_ms + rules.min_ms() + rules.gap_ms;
  const int64_t read_ms = previous.start_ms + rules.WantedMs(ReadColumns(previous)) + rules.gap_ms;
  return std::max({earliest, std::min(seen_ms, next.start_ms + kMaxWaitToBeSeenMs),
                   std::min(read_ms, next.start_ms + kMaxWaitMs)});
}

}  // namespace

std::vector<std::vector<bool>> FindCrowded(const std::vector<std::vector<ScreenCue>>& channels,
                                           const CueRules& rules) {
  std::vector<std::vector<bool>> crowded;
  std::vector<Place> places;
  for (size_t channel = 0; channel < channels.size(); ++channel) {
    crowded.emplace_back(channels[channel].size(), false);
    for (size_t i = 0; i < channels[channel].size(); ++i) places.push_back({channel, i});
  }
  const auto at = [&](const Place& place) -> const ScreenCue& {
    return channels[place.channel][place.index];
  };
  std::stable_sort(places.begin(), places.end(),
                   [&](const Place& a, const Place& b) { return at(a).start_ms < at(b).start_ms; });
  for (size_t i = 0; i < places.size(); ++i) {
    const ScreenCue& first = at(places[i]);
    for (size_t j = i + 1; j < places.size(); ++j) {
      const ScreenCue& second = at(places[j]);
      const int64_t together =
          std::min(first.spoken_end_ms, second.spoken_end_ms) - second.start_ms;
      if (second.start_ms + rules.min_ms() > first.spoken_end_ms) break;
      if (places[i].channel == places[j].channel || together < rules.min_ms()) continue;
      if (first.lines.size() + second.lines.size() <= static_cast<size_t>(rules.max_lines)) {
        continue;
      }
      crowded[places[i].channel][places[i].index] = true;
      crowded[places[j].channel][places[j].index] = true;
    }
  }
  return crowded;
}

std::vector<ScreenCue> ShareScreen(std::vector<ScreenCue> cues, const CueRules& rules) {
  std::vector<ScreenCue> shared;
  for (ScreenCue& next : cues) {
    const bool fits =
        !shared.empty() && shared.back().channel != next.channel &&
        next.start_ms < shared.back().start_ms + rules.min_ms() + rules.gap_ms &&
        shared.back().lines.size() + next.lines.size() <= static_cast<size_t>(rules.max_lines) &&
        next.spoken_end_ms - shared.back().start_ms <= rules.max_ms();
    if (!fits) {
      shared.push_back(std::move(next));
      continue;
    }
    ScreenCue& cue = shared.back();
    cue.spoken_end_ms = std::max(cue.spoken_end_ms, next.spoken_end_ms);
    cue.channel = next.channel;
    cue.is_shared = true;
    std::move(next.lines.begin(), next.lines.end(), std::back_inserter(cue.lines));
  }
  return shared;
}

std::vector<Cue> SettleTimes(std::vector<ScreenCue> spoken, const CueRules& rules) {
  std::vector<Cue> cues;
  for (ScreenCue& next : spoken) {
    Cue cue{.start_ms = next.start_ms, .end_ms = 0, .lines = std::move(next.lines)};
    if (!cues.empty()) {
      const int64_t earliest = EarliestStart(next, spoken[cues.size() - 1], cues.back(), rules);
      cue.start_ms = std::max(cue.start_ms, earliest);
    }
    cues.push_back(std::move(cue));
  }
  for (size_t i = 0; i < cues.size(); ++i) {
    Cue& cue = cues[i];
    const int64_t most = cue.start_ms + rules.max_ms();
    const int64_t wanted = cue.start_ms + rules.WantedMs(ReadColumns(cue));
    cue.end_ms = std::min(std::max(spoken[i].spoken_end_ms, wanted), most);
    if (i + 1 < cues.size()) {
      const int64_t limit = cues[i + 1].start_ms - rules.gap_ms;
      if (limit - cue.end_ms < kClosedGapMs) cue.end_ms = std::min(limit, most);
    }
    cue.end_ms = std::max(cue.end_ms, cue.start_ms + 1);
  }
  return cues;
}

}  // namespace ironscribe::transcript
