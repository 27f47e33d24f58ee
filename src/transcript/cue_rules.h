// The rules that subtitles are made by and checked against.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ironscribe::transcript {

// Defaults are the usual ones of the trade (as in Netflix' and the BBC's public guides): what a
// viewer can read on one glance and in the time given. Characters are counted as columns on the
// screen, so that one of Chinese or Japanese counts as two: these scripts are read, and set, at
// about half the number of characters.
struct CueRules {
  int max_line_columns = 42;
  int max_lines = 2;
  double max_columns_per_second = 20;
  double min_seconds = 1;
  double max_seconds = 7;
  // Two frames at 24 a second, rounded up; so it is at least two at 25 and 30 as well.
  int64_t gap_ms = 84;
  // A silence this long ends a cue. No rule for the finished cue: whether it was kept cannot be
  // seen on it.
  double pause_seconds = 1;

  int64_t min_ms() const { return std::llround(min_seconds * 1000); }
  int64_t max_ms() const { return std::llround(max_seconds * 1000); }
  int64_t pause_ms() const { return std::llround(pause_seconds * 1000); }
  // How long this much text must stand.
  int64_t ReadingMs(int columns) const {
    return static_cast<int64_t>(std::ceil(columns * 1000.0 / max_columns_per_second));
  }
  // How long a cue with this much text is wanted to stand.
  int64_t WantedMs(int columns) const {
    return std::min(std::max(min_ms(), ReadingMs(columns)), max_ms());
  }
};

// What the rules may be set to. Narrower lines do not hold common words, more lines no screen.
inline constexpr int kMinLineColumns = 10;
inline constexpr int kMaxLineColumns = 200;
inline constexpr int kMaxCueLines = 10;
inline constexpr double kMinReadingSpeed = 1;
inline constexpr double kMaxReadingSpeed = 1000;
inline constexpr double kMinCueSeconds = 0.1;  // For the longest; the shortest may be 0.
inline constexpr double kMaxCueSeconds = 60;
inline constexpr int64_t kMaxCueGapMs = 5000;
inline constexpr double kMinPauseSeconds = 0.1;
inline constexpr double kMaxPauseSeconds = 60;

}  // namespace ironscribe::transcript
