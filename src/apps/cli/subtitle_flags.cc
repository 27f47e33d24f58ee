#include "apps/cli/subtitle_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/cli/flag_values.h"
#include "transcript/cues.h"

namespace ironscribe::cli {
namespace {

Status CheckRange(const char* flag, double value, double least, double most) {
  if (value >= least && value <= most) return OkStatus();  // Not so for NaN.
  return InvalidArgumentError(fmt::format("{}: {} is not from {} to {}", flag, value, least, most));
}

bool HasCues(const TranscribeOptions& options) {
  return std::any_of(options.formats.begin(), options.formats.end(),
                     [](const transcript::OutputFormat* format) { return format->has_cues; });
}

}  // namespace

void AddSubtitleFlags(CLI::App& app, RawSubtitleFlags& raw) {
  namespace limits = transcript;
  transcript::CueRules& rules = raw.rules;
  app.option_defaults()->group("Subtitles (srt and vtt)");
  app.add_option("--cues", raw.cues,
                 "rules: cut and timed for readers (default); segments: one cue per segment of the "
                 "model, as openai-whisper writes them");
  app.add_option("--max-line-width", rules.max_line_columns,
                 "Columns of a line; wide characters take two (default 42)")
      ->check(CLI::Range(limits::kMinLineColumns, limits::kMaxLineColumns));
  app.add_option("--max-lines", rules.max_lines, "Lines of a cue (default 2)")
      ->check(CLI::Range(1, limits::kMaxCueLines));
  app.add_option("--max-reading-speed", rules.max_columns_per_second,
                 "Characters a second that viewers read; wide ones count twice (default 20)");
  app.add_option("--min-cue-seconds", rules.min_seconds,
                 "A cue stands at least this long, where the next leaves it time (default 1)");
  app.add_option("--max-cue-seconds", rules.max_seconds, "And at most this long (default 7)");
  app.add_option("--cue-gap-ms", rules.gap_ms,
                 "Empty screen between cues (default 84: two frames at 24 a second)")
      ->check(CLI::Range(int64_t{0}, limits::kMaxCueGapMs));
  app.add_option("--cue-pause-seconds", rules.pause_seconds,
                 "A silence this long ends a cue (default 1)");
}

Status ConvertSubtitleFlags(const RawSubtitleFlags& raw, transcript::WriteOptions& options) {
  const transcript::CueRules& rules = raw.rules;
  const auto style = ParseCueStyle(raw.cues);
  if (!style.ok()) return style.status().Annotate("--cues");
  RETURN_IF_ERROR(CheckRange("--max-reading-speed", rules.max_columns_per_second,
                             transcript::kMinReadingSpeed, transcript::kMaxReadingSpeed));
  RETURN_IF_ERROR(CheckRange("--max-cue-seconds", rules.max_seconds, transcript::kMinCueSeconds,
                             transcript::kMaxCueSeconds));
  RETURN_IF_ERROR(
      CheckRange("--min-cue-seconds", rules.min_seconds, 0, transcript::kMaxCueSeconds));
  if (rules.min_seconds > rules.max_seconds) {
    return InvalidArgumentError(
        fmt::format("--min-cue-seconds: {} is more than --max-cue-seconds {}", rules.min_seconds,
                    rules.max_seconds));
  }
  RETURN_IF_ERROR(CheckRange("--cue-pause-seconds", rules.pause_seconds,
                             transcript::kMinPauseSeconds, transcript::kMaxPauseSeconds));
  options.cues = *style;
  options.cue_rules = rules;
  return OkStatus();
}

Status CheckLabels(const TranscribeOptions& options) {
  if (!HasCues(options) || options.write.cues == transcript::CueStyle::kSegments) return OkStatus();
  const int line_columns = options.write.cue_rules.max_line_columns;
  for (const std::string& name : options.channel_names) {
    const int columns = transcript::DisplayColumns(transcript::CueLine{.text = "", .label = name});
    if (columns <= line_columns / 2) continue;
    return InvalidArgumentError(
        fmt::format("--channel-names: '{}' fills more than half of a line of --max-line-width {}; "
                    "give a shorter name",
                    name, line_columns));
  }
  return OkStatus();
}

bool NeedsWordTimes(const TranscribeOptions& options) {
  return options.write.cues == transcript::CueStyle::kRules && !options.decoding.reference &&
         HasCues(options);
}

}  // namespace ironscribe::cli
