#include "apps/cli/pull_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "apps/cli/progress_meter.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::ordered_json;

// Often enough to look alive, rarely enough to cost nothing and to keep logs short.
constexpr double kLineSeconds = 0.1;
constexpr double kJsonSeconds = 1.0;
constexpr int kBarWidth = 24;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

PullReporter::PullReporter(const ReporterOptions& options, std::ostream& out)
    : options_(options), out_(out) {}

PullReporter::~PullReporter() { Clear(); }

engine::PullCallbacks PullReporter::callbacks() {
  return {.note = [this](std::string_view message) { Note(message); },
          .progress = [this](const engine::PullProgress& progress) { Progress(progress); }};
}

void PullReporter::Clear() {
  const std::lock_guard lock(mutex_);
  if (shows_line_) out_ << "\r\x1b[K" << std::flush;
  shows_line_ = false;
}

void PullReporter::Note(std::string_view message) {
  if (options_.quiet) return;
  Clear();
  const std::lock_guard lock(mutex_);
  if (options_.progress == ProgressMode::kJson) {
    out_ << Dump({{"event", "note"}, {"message", message}}) << std::endl;
  } else {
    out_ << message << std::endl;
  }
}

void PullReporter::Progress(const engine::PullProgress& progress) {
  const bool json = options_.progress == ProgressMode::kJson;
  const bool line = options_.progress == ProgressMode::kBar ||
                    (options_.progress == ProgressMode::kAuto && options_.console.is_terminal);
  if (options_.quiet || (!json && !line)) return;
  const std::lock_guard lock(mutex_);
  const double now = options_.now_seconds();
  if (first_seconds_ < 0) {
    first_seconds_ = now;
    first_bytes_ = progress.done_bytes;
  }
  if (now < printed_seconds_ + (json ? kJsonSeconds : kLineSeconds)) return;
  printed_seconds_ = now;
  if (json) {
    out_ << Dump({{"event", "progress"},
                  {"item", progress.item},
                  {"done_bytes", progress.done_bytes},
                  {"total_bytes", progress.total_bytes}})
         << std::endl;
    return;
  }
  std::string text = Line(progress, now);
  text.resize(std::min(text.size(), static_cast<size_t>(std::max(options_.console.width - 1, 10))));
  out_ << "\r" << text << "\x1b[K" << std::flush;
  shows_line_ = true;
}

std::string PullReporter::Line(const engine::PullProgress& progress, double now_seconds) const {
  const double elapsed = now_seconds - first_seconds_;
  const auto fetched =
      static_cast<double>(progress.done_bytes - std::min(progress.done_bytes, first_bytes_));
  const double rate = elapsed > 0 ? fetched / elapsed : 0;
  const std::string speed =
      rate > 0 ? fmt::format("  {}/s", FormatBytes(static_cast<uint64_t>(rate))) : "";
  if (progress.total_bytes == 0) {
    return fmt::format("{}  {}{}", progress.item, FormatBytes(progress.done_bytes), speed);
  }
  const double fraction = std::min(
      1.0, static_cast<double>(progress.done_bytes) / static_cast<double>(progress.total_bytes));
  const int filled = static_cast<int>(fraction * kBarWidth);
  const double left = static_cast<double>(progress.total_bytes) * (1 - fraction);
  return fmt::format("{:3.0f}% [{:.<{}}] {} / {}{}{}  {}", fraction * 100, std::string(filled, '#'),
                     kBarWidth, FormatBytes(progress.done_bytes), FormatBytes(progress.total_bytes),
                     speed, rate > 0 ? "  left " + FormatDuration(left / rate) : "", progress.item);
}

std::string FormatBytes(uint64_t size_bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(size_bytes);
  size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", size_bytes)
                   : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace ironscribe::cli
