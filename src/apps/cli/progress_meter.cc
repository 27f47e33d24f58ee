#include "apps/cli/progress_meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ironscribe::cli {
namespace {

// Before this, speed and time left jump about.
constexpr double kSettledSeconds = 0.5;
constexpr int kSmallestBar = 5;
constexpr int kLargestBar = 40;

}  // namespace

std::string FormatDuration(double seconds) {
  constexpr double kLongest = 1e9;  // Keeps the integer below in range.
  const auto whole = static_cast<int64_t>(std::clamp(seconds, 0.0, kLongest));
  if (whole >= 3600) {
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

void ProgressMeter::FileStarted(size_t index, double duration_seconds) {
  active_[index] = {duration_seconds, 0};
}

void ProgressMeter::FileProgress(size_t index, double position_seconds) {
  const auto found = active_.find(index);
  if (found != active_.end()) found->second.position_seconds = position_seconds;
}

void ProgressMeter::FileEnded(size_t index) {
  ++num_ended_;
  const auto found = active_.find(index);
  if (found == active_.end()) return;
  ended_seconds_ += found->second.position_seconds;
  active_.erase(found);
}

double ProgressMeter::audio_seconds() const {
  double seconds = ended_seconds_;
  for (const auto& [index, active] : active_) seconds += active.position_seconds;
  return seconds;
}

double ProgressMeter::Fraction() const {
  if (num_files_ == 0) return 1;
  double files = static_cast<double>(num_ended_);
  for (const auto& [index, active] : active_) {
    if (active.duration_seconds > 0) {
      files += std::clamp(active.position_seconds / active.duration_seconds, 0.0, 1.0);
    } else if (num_files_ == 1) {
      return -1;
    }
  }
  return std::min(1.0, files / static_cast<double>(num_files_));
}

double ProgressMeter::SecondsLeft(double elapsed_seconds) const {
  const double fraction = Fraction();
  if (fraction <= 0 || elapsed_seconds < kSettledSeconds) return -1;
  return elapsed_seconds * (1 - fraction) / fraction;
}

std::string ProgressMeter::Position() const {
  if (num_files_ > 1) {
    const std::string files = fmt::format("{}/{} files", num_ended_, num_files_);
    // Nothing is known of a file before its first window is done, and short ones have no other.
    if (num_ended_ > 0 || audio_seconds() > 0) return files;
    return fmt::format("{}, {} under way", files, active_.size());
  }
  if (active_.empty()) return FormatDuration(ended_seconds_);
  const Active& file = active_.begin()->second;
  const std::string position = FormatDuration(file.position_seconds);
  if (file.duration_seconds < 0) return position;
  return position + "/" + FormatDuration(file.duration_seconds);
}

std::string ProgressMeter::Render(double elapsed_seconds, int width) const {
  std::string tail = Position();
  if (audio_seconds() <= 0) {
    // Neither speed nor time left can be told yet; that it is at work can.
    tail += "  " + FormatDuration(elapsed_seconds) + " so far";
  } else if (elapsed_seconds >= kSettledSeconds) {
    tail += fmt::format("  {:.1f}x", audio_seconds() / elapsed_seconds);
  }
  const double left = SecondsLeft(elapsed_seconds);
  if (left >= 0) tail += "  left " + FormatDuration(std::ceil(left));
  const double fraction = Fraction();
  std::string line;
  if (fraction >= 0) {
    line = fmt::format("{:3}% ", static_cast<int>(fraction * 100));
    const int room = width - static_cast<int>(line.size() + tail.size()) - 3;  // "[", "] ".
    if (room >= kSmallestBar) {
      const int bar = std::min(room, kLargestBar);
      const int full = static_cast<int>(fraction * bar);
      line += "[" + std::string(static_cast<size_t>(full), '#') +
              std::string(static_cast<size_t>(bar - full), '.') + "] ";
    }
  }
  line += tail;
  return line.substr(0, static_cast<size_t>(std::max(width, 0)));
}

}  // namespace ironscribe::cli
