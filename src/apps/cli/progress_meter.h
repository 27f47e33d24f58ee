// How far a run is, how fast, and how long it will take: the arithmetic behind the progress line.
// Time is handed in. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

namespace ironscribe::cli {

class ProgressMeter {
 public:
  explicit ProgressMeter(size_t num_files) : num_files_(num_files) {}

  // A negative duration is unknown.
  void FileStarted(size_t index, double duration_seconds);
  // An earlier run came that far: the file counts as done up to there. This run gets there quickly,
  // which says nothing of its speed.
  void FileResumed(size_t index, double position_seconds);
  void FileProgress(size_t index, double position_seconds, double elapsed_seconds);
  void FileEnded(size_t index);

  size_t num_files() const { return num_files_; }
  size_t num_ended() const { return num_ended_; }
  // Seconds of audio done, in files under way too.
  double audio_seconds() const;
  // Done share of the run, 0 to 1: every file counts alike, because the lengths of those not opened
  // yet are not known. Negative when the length of the only file is not known.
  double Fraction() const;
  // Of a file under way, with what an earlier run did; else negative.
  double PositionSeconds(size_t index) const;
  // Negative when unknown.
  double DurationSeconds(size_t index) const;
  // Seconds of audio a second, of what this run did itself; negative while there is none.
  double Speed(double elapsed_seconds) const;
  // Negative when unknown.
  double SecondsLeft(double elapsed_seconds) const;

  // One line of at most `width` columns, e.g. " 42% [####......] 0:52/2:03  12.3x  left 0:06".
  std::string Render(double elapsed_seconds, int width) const;

 private:
  struct Active {
    double duration_seconds = -1;
    double position_seconds = 0;
    double resumed_seconds = 0;

    // Of the position, what an earlier run did.
    double replayed_seconds() const { return std::min(position_seconds, resumed_seconds); }
    // Share of this file; negative when its length is not known.
    double Share(double seconds) const {
      return duration_seconds > 0 ? std::clamp(seconds / duration_seconds, 0.0, 1.0) : -1;
    }
  };

  double ReplayedSeconds() const;
  double ReplayedFraction() const;
  std::string Position() const;

  size_t num_files_;
  size_t num_ended_ = 0;
  double ended_seconds_ = 0;
  double ended_replayed_seconds_ = 0;
  double ended_replayed_files_ = 0;    // Each counts by its share.
  double replay_elapsed_seconds_ = 0;  // Until something was done that an earlier run had not.
  std::map<size_t, Active> active_;
};

// "0:07", "12:05", "1:02:03".
std::string FormatDuration(double seconds);

}  // namespace ironscribe::cli
