// Tells the user how a run goes, on standard error: never text of the recordings.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "apps/cli/transcribe_options.h"
#include "base/status.h"

namespace ironscribe::cli {

struct RunSummary {
  size_t done = 0;
  size_t failed = 0;
  size_t skipped = 0;     // Finished in an earlier run and unchanged.
  size_t unfinished = 0;  // Not begun or broken off when the run was interrupted.
  double audio_seconds = 0;
  double wall_seconds = 0;
};

struct FinishedFile {
  std::string name;
  double audio_seconds = 0;
  double wall_seconds = 0;
  std::vector<std::string> outputs;
};

// Every method may be called from any thread.
class RunReporter {
 public:
  virtual ~RunReporter() = default;

  virtual void Start(size_t num_files, size_t num_skipped) = 0;
  // A negative duration is unknown; `description` is what the recording was found to be.
  virtual void FileStarted(size_t index, const std::string& name, double duration_seconds,
                           const std::string& description) = 0;
  // What is before `position_seconds` was done by a run that was interrupted, and passes quickly.
  virtual void FileResumed(size_t index, const std::string& name, double position_seconds) = 0;
  virtual void FileProgress(size_t index, double position_seconds) = 0;
  virtual void FileDone(size_t index, const FinishedFile& file) = 0;
  virtual void FileFailed(size_t index, const std::string& name, const Status& status) = 0;
  // Not finished because the run was interrupted.
  virtual void FileDropped(size_t index) = 0;
  // Runs `print`, which writes results to standard output, while no progress line is in its way.
  virtual void AroundResults(const std::function<void()>& print) = 0;
  // Something worth knowing that is no error; `name` may be empty.
  virtual void Note(const std::string& name, const std::string& message) = 0;
  // A failure of the run, not of one file.
  virtual void Error(const Status& status) = 0;
  virtual void Interrupted() = 0;
  virtual void Finish(const RunSummary& summary) = 0;
};

// What an output is connected to.
struct Console {
  bool is_terminal = false;
  bool use_color = false;  // A terminal, and neither NO_COLOR nor TERM=dumb forbids it.
  int width = 80;
};
Console DetectConsole(int descriptor);
// Of standard error.
Console DetectConsole();

struct ReporterOptions {
  ProgressMode progress = ProgressMode::kAuto;
  bool quiet = false;
  bool verbose = false;
  Console console = {};
  // Seconds since any moment, never going back.
  std::function<double()> now_seconds = {};
};

// Writes to `out`, which must outlive it.
std::unique_ptr<RunReporter> MakeRunReporter(const ReporterOptions& options, std::ostream& out);

std::unique_ptr<RunReporter> MakeTextReporter(const ReporterOptions& options, std::ostream& out);
std::unique_ptr<RunReporter> MakeJsonReporter(const ReporterOptions& options, std::ostream& out);

// The summary line, e.g. "3 done, 1 failed; 0:12:30 of audio in 0:41 (18.3x real time)".
std::string FormatSummary(const RunSummary& summary);

}  // namespace ironscribe::cli
