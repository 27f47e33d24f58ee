#include "apps/cli/run_reporter.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "apps/cli/progress_meter.h"

namespace ironscribe::cli {

Console DetectConsole() { return DetectConsole(STDERR_FILENO); }

Console DetectConsole(int descriptor) {
  Console console;
  console.is_terminal = ::isatty(descriptor) == 1;
  if (!console.is_terminal) return console;
  // no-color.org: any value that is not empty.
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  console.use_color = (no_color == nullptr || *no_color == '\0') && terminal != nullptr &&
                      std::string_view(terminal) != "dumb";
  struct winsize size;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    console.width = size.ws_col;
  }
  return console;
}

std::unique_ptr<RunReporter> MakeRunReporter(const ReporterOptions& options, std::ostream& out) {
  return options.progress == ProgressMode::kJson ? MakeJsonReporter(options, out)
                                                 : MakeTextReporter(options, out);
}

std::string FormatSummary(const RunSummary& summary) {
  std::string line = fmt::format("{} done", summary.done);
  if (summary.failed > 0) line += fmt::format(", {} failed", summary.failed);
  if (summary.skipped > 0) line += fmt::format(", {} skipped", summary.skipped);
  if (summary.unfinished > 0) line += fmt::format(", {} not finished", summary.unfinished);
  if (summary.audio_seconds > 0 && summary.wall_seconds > 0) {
    line += fmt::format("; {} of audio in {} ({:.1f}x real time)",
                        FormatDuration(summary.audio_seconds), FormatDuration(summary.wall_seconds),
                        summary.audio_seconds / summary.wall_seconds);
  }
  return line;
}

}  // namespace ironscribe::cli
