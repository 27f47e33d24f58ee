#include <cmath>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "apps/cli/progress_meter.h"
#include "apps/cli/run_reporter.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::ordered_json;

// Enough for a user interface, little enough for a log.
constexpr double kProgressSeconds = 0.5;

double Rounded(double seconds) { return std::round(seconds * 1000) / 1000; }

// One JSON object per line: {"event": "start" | "file" | "resumed" | "progress" | "done" | "failed"
// | "note" | "error" | "interrupted" | "summary", ...}. Unknown numbers are null.
class JsonReporter : public RunReporter {
 public:
  JsonReporter(const ReporterOptions& options, std::ostream& out)
      : options_(options), out_(out), meter_(0), start_seconds_(options.now_seconds()) {}

  void Start(size_t num_files, size_t num_skipped) override {
    const std::lock_guard lock(mutex_);
    meter_ = ProgressMeter(num_files);
    start_seconds_ = options_.now_seconds();
    Print({{"event", "start"}, {"files", num_files}, {"skipped", num_skipped}});
  }

  void FileStarted(size_t index, const std::string& name, double duration_seconds,
                   const std::string& description) override {
    const std::lock_guard lock(mutex_);
    meter_.FileStarted(index, duration_seconds);
    names_[index] = name;
    Print({{"event", "file"},
           {"file", name},
           {"duration", KnownOrNull(duration_seconds)},
           {"description", description}});
  }

  void FileResumed(size_t index, const std::string& name, double position_seconds) override {
    const std::lock_guard lock(mutex_);
    meter_.FileResumed(index, position_seconds);
    Print({{"event", "resumed"}, {"file", name}, {"position", Rounded(position_seconds)}});
  }

  void FileProgress(size_t index, double position_seconds) override {
    const std::lock_guard lock(mutex_);
    const double now = options_.now_seconds();
    meter_.FileProgress(index, position_seconds, now - start_seconds_);
    if (now < printed_seconds_ + kProgressSeconds) return;
    printed_seconds_ = now;
    const double elapsed = now - start_seconds_;
    const double fraction = meter_.Fraction();
    Print({{"event", "progress"},
           {"file", names_[index]},
           {"position", Rounded(meter_.PositionSeconds(index))},
           {"files_done", meter_.num_ended()},
           {"files", meter_.num_files()},
           {"fraction", KnownOrNull(fraction)},
           {"speed", KnownOrNull(meter_.Speed(elapsed))},
           {"seconds_left", KnownOrNull(meter_.SecondsLeft(elapsed))}});
  }

  void FileDone(size_t index, const FinishedFile& file) override {
    const std::lock_guard lock(mutex_);
    meter_.FileEnded(index);
    Print({{"event", "done"},
           {"file", file.name},
           {"audio_seconds", Rounded(file.audio_seconds)},
           {"wall_seconds", Rounded(file.wall_seconds)},
           {"outputs", file.outputs}});
  }

  void FileFailed(size_t index, const std::string& name, const Status& status) override {
    const std::lock_guard lock(mutex_);
    meter_.FileEnded(index);
    PrintAlways({{"event", "failed"},
                 {"file", name},
                 {"code", StatusCodeName(status.code())},
                 {"message", status.message()}});
  }

  void FileDropped(size_t index) override {
    const std::lock_guard lock(mutex_);
    meter_.FileEnded(index);
  }

  void AroundResults(const std::function<void()>& print) override {
    const std::lock_guard lock(mutex_);
    print();
  }

  void Note(const std::string& name, const std::string& message) override {
    const std::lock_guard lock(mutex_);
    Print({{"event", "note"}, {"file", name.empty() ? Json() : Json(name)}, {"message", message}});
  }

  void Error(const Status& status) override {
    const std::lock_guard lock(mutex_);
    PrintAlways({{"event", "error"},
                 {"code", StatusCodeName(status.code())},
                 {"message", status.message()}});
  }

  void Interrupted() override {
    const std::lock_guard lock(mutex_);
    Print({{"event", "interrupted"}});
  }

  void Finish(const RunSummary& summary) override {
    const std::lock_guard lock(mutex_);
    Print({{"event", "summary"},
           {"done", summary.done},
           {"failed", summary.failed},
           {"skipped", summary.skipped},
           {"unfinished", summary.unfinished},
           {"audio_seconds", Rounded(summary.audio_seconds)},
           {"wall_seconds", Rounded(summary.wall_seconds)}});
  }

 private:
  static Json KnownOrNull(double value) { return value < 0 ? Json() : Json(Rounded(value)); }

  // The following require mutex_.

  void Print(const Json& event) {
    if (!options_.quiet) PrintAlways(event);
  }

  void PrintAlways(const Json& event) {
    out_ << event.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
  }

  const ReporterOptions options_;
  std::mutex mutex_;
  std::ostream& out_;
  ProgressMeter meter_;
  std::map<size_t, std::string> names_;
  double start_seconds_;
  double printed_seconds_ = 0;
};

}  // namespace

std::unique_ptr<RunReporter> MakeJsonReporter(const ReporterOptions& options, std::ostream& out) {
  return std::make_unique<JsonReporter>(options, out);
}

}  // namespace ironscribe::cli
