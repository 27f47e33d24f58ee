#include <fmt/format.h>

#include <mutex>

#include "apps/cli/progress_meter.h"
#include "apps/cli/run_reporter.h"
#include "transcript/plain_text.h"

namespace ironscribe::cli {
namespace {

// A line redrawn more often than this only flickers.
constexpr double kRedrawSeconds = 0.1;

// File names and messages come from outside: no control character reaches the terminal.
std::string Printable(std::string_view text) { return transcript::SingleLine(text); }

class TextReporter : public RunReporter {
 public:
  TextReporter(const ReporterOptions& options, std::ostream& out)
      : options_(options),
        show_bar_(!options.quiet &&
                  (options.progress == ProgressMode::kBar ||
                   (options.progress == ProgressMode::kAuto && options.console.is_terminal))),
        out_(out),
        meter_(0),
        start_seconds_(options.now_seconds()) {}

  void Start(size_t num_files, size_t num_skipped) override {
    const std::lock_guard lock(mutex_);
    meter_ = ProgressMeter(num_files);
    start_seconds_ = options_.now_seconds();
    if (num_skipped > 0 && !options_.quiet) {
      PrintLine(
          fmt::format("{} finished and unchanged, skipped (--force redoes them)", num_skipped));
    }
    Draw(true);
  }

  void FileStarted(size_t index, const std::string& name, double duration_seconds,
                   const std::string& description) override {
    const std::lock_guard lock(mutex_);
    meter_.FileStarted(index, duration_seconds);
    if (options_.verbose) {
      PrintLine(fmt::format("{}: {}{}", Printable(name), Printable(description),
                            duration_seconds < 0 ? "" : ", " + FormatDuration(duration_seconds)));
    }
    Draw(true);
  }

  void FileResumed(size_t index, const std::string& name, double position_seconds) override {
    const std::lock_guard lock(mutex_);
    meter_.FileResumed(index, position_seconds);
    if (!options_.quiet) {
      const double duration = meter_.DurationSeconds(index);
      PrintLine(fmt::format("{}: resuming after {}{}", Printable(name),
                            FormatDuration(position_seconds),
                            duration < 0 ? "" : " of " + FormatDuration(duration)));
    }
    Draw(true);
  }

  void FileProgress(size_t index, double position_seconds) override {
    const std::lock_guard lock(mutex_);
    meter_.FileProgress(index, position_seconds, options_.now_seconds() - start_seconds_);
    Draw(false);
  }

  void FileDone(size_t index, const FinishedFile& file) override {
    const std::lock_guard lock(mutex_);
    meter_.FileEnded(index);
    if (options_.verbose) {
      PrintLine(fmt::format("{}: done, {} of audio in {:.1f} s{}", Printable(file.name),
                            FormatDuration(file.audio_seconds), file.wall_seconds,
                            file.outputs.empty() ? "" : " -> " + Printable(file.outputs[0])));
    }
    Draw(true);
  }

  void FileFailed(size_t index, const std::string& name, const Status& status) override {
    const std::lock_guard lock(mutex_);
    meter_.FileEnded(index);
    const std::string& message = status.message();
    const bool named =
        message.starts_with(name + ":") || message.find("'" + name + "'") != std::string::npos;
    PrintError(named ? Printable(status.message())
                     : Printable(name) + ": " + Printable(status.message()));
    Draw(true);
  }

  void FileDropped(size_t index) override {
    const std::lock_guard lock(mutex_);
    meter_.FileEnded(index);
  }

  void AroundResults(const std::function<void()>& print) override {
    const std::lock_guard lock(mutex_);
    ClearBar();
    out_ << std::flush;
    print();
    Draw(true);
  }

  void Note(const std::string& name, const std::string& message) override {
    if (options_.quiet) return;
    const std::lock_guard lock(mutex_);
    PrintLine("note: " + (name.empty() ? "" : Printable(name) + ": ") + Printable(message));
    Draw(true);
  }

  void Error(const Status& status) override {
    const std::lock_guard lock(mutex_);
    PrintError(Printable(status.message()));
  }

  void Interrupted() override {
    const std::lock_guard lock(mutex_);
    if (!options_.quiet) PrintLine("interrupted: stopping; once more ends at once");
  }

  void Finish(const RunSummary& summary) override {
    const std::lock_guard lock(mutex_);
    ClearBar();
    const size_t files = summary.done + summary.failed + summary.skipped + summary.unfinished;
    if (!options_.quiet && (files > 1 || options_.verbose || show_bar_)) {
      PrintLine(FormatSummary(summary));
    }
    finished_ = true;
  }

 private:
  // The following require mutex_.

  void PrintLine(const std::string& line) {
    ClearBar();
    out_ << line << '\n' << std::flush;
  }

  void PrintError(const std::string& message) {
    PrintLine(options_.console.use_color ? "\x1B[1;31merror:\x1B[0m " + message
                                         : "error: " + message);
  }

  void ClearBar() {
    if (bar_width_ > 0) out_ << '\r' << std::string(bar_width_, ' ') << '\r';
    bar_width_ = 0;
  }

  void Draw(bool now) {
    const double seconds = options_.now_seconds();
    if (!show_bar_ || finished_ || meter_.num_files() == 0) return;
    if (!now && seconds < drawn_seconds_ + kRedrawSeconds) return;
    drawn_seconds_ = seconds;
    // The last column stays free: filling it makes some terminals wrap.
    const std::string line = meter_.Render(seconds - start_seconds_, options_.console.width - 1);
    out_ << '\r' << line;
    if (line.size() < bar_width_) out_ << std::string(bar_width_ - line.size(), ' ');
    out_ << std::flush;
    bar_width_ = line.size();
  }

  const ReporterOptions options_;
  const bool show_bar_;
  std::mutex mutex_;
  std::ostream& out_;
  ProgressMeter meter_;
  double start_seconds_;
  double drawn_seconds_ = 0;
  size_t bar_width_ = 0;  // Columns the bar takes now.
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<RunReporter> MakeTextReporter(const ReporterOptions& options, std::ostream& out) {
  return std::make_unique<TextReporter>(options, out);
}

}  // namespace ironscribe::cli
