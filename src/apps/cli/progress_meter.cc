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
  active_[index] = {.duration_seconds = duration_seconds};
}

void ProgressMeter::FileResumed(size_t index, double position_seconds) {
  const auto found = active_.find(index);
  if (found == active_.end()) return;
  found->second.resumed_seconds = position_seconds;
  found->second.position_seconds = std::max(found->second.position_seconds, position_seconds);
}

void ProgressMeter::FileProgress(size_t index, double position_seconds, double elapsed_seconds) {
  const auto found = active_.find(index);
  if (found == active_.end()) return;
  // What an earlier run did is done: nobody sees it pass by once more.
  found->second.position_seconds = std::max(position_seconds, found->second.resumed_seconds);
  if (ReplayedSeconds() >= audio_seconds()) replay_elapsed_seconds_ = elapsed_seconds;
}

void ProgressMeter::FileEnded(size_t index) {
  ++num_ended_;
  const auto found = active_.find(index);
  if (found == active_.end()) return;
  const Active& file = found->second;
  ended_seconds_ += file.position_seconds;
  ended_replayed_seconds_ += file.replayed_seconds();
  ended_replayed_files_ += std::max(0.0, file.Share(file.replayed_seconds()));
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
    const double share = active.Share(active.position_seconds);
    if (share < 0 && num_files_ == 1) return -1;
    files += std::max(0.0, share);
  }
  return std::min(1.0, files / static_cast<double>(num_files_));
}

double ProgressMeter::ReplayedSeconds() const {
  double seconds = ended_replayed_seconds_;
  for (const auto& [index, active] : active_) seconds += active.replayed_seconds();
  return seconds;
}

double ProgressMeter::ReplayedFraction() const {
  if (num_files_ == 0) return 0;
  double files = ended_replayed_files_;
  for (const auto& [index, active] : active_) {
    files += std::max(0.0, active.Share(active.replayed_seconds()));
  }
  return files / static_cast<double>(num_files_);
}

double ProgressMeter::PositionSeconds(size_t index) const {
  const auto found = active_.find(index);
  return found == active_.end() ? -1 : found->second.position_seconds;
}

double ProgressMeter::DurationSeconds(size_t index) const {
  const auto found = active_.find(index);
  return found == active_.end() ? -1 : found->second.duration_seconds;
}

double ProgressMeter::Speed(double elapsed_seconds) const {
  const double seconds = audio_seconds() - ReplayedSeconds();
  const double elapsed = elapsed_seconds - replay_elapsed_seconds_;
  return seconds > 0 && elapsed > 0 ? seconds / elapsed : -1;
}

double ProgressMeter::SecondsLeft(double elapsed_seconds) const {
  const double fraction = Fraction();
  const double done = fraction - ReplayedFraction();
  const double elapsed = elapsed_seconds - replay_elapsed_seconds_;
  if (fraction < 0 || done <= 0 || elapsed < kSettledSeconds) return -1;
  return elapsed * (1 - fraction) / done;
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
  } else if (elapsed_seconds - replay_elapsed_seconds_ >= kSettledSeconds) {
    const double speed = Speed(elapsed_seconds);
    if (speed > 0) tail += fmt::format("  {:.1f}x", speed);
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
