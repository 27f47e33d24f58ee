// Shows a pull on standard error: a line that is rewritten on a terminal, JSON lines on request,
// only notes otherwise.
#pragma once

#include <functional>
#include <mutex>
#include <ostream>
#include <string>

#include "apps/cli/run_reporter.h"
#include "engine/model_source.h"

namespace ironscribe::cli {

// Thread rule: Note and Progress may come from any thread.
class PullReporter {
 public:
  // Writes to `out`, which must outlive it. Uses of options: progress, quiet, console, now_seconds.
  PullReporter(const ReporterOptions& options, std::ostream& out);
  ~PullReporter();
  PullReporter(const PullReporter&) = delete;
  PullReporter& operator=(const PullReporter&) = delete;

  // The callbacks refer to this object.
  engine::PullCallbacks callbacks();
  // Takes the line off the screen.
  void Clear();

 private:
  void Note(std::string_view message);
  void Progress(const engine::PullProgress& progress);
  std::string Line(const engine::PullProgress& progress, double now_seconds) const;

  const ReporterOptions options_;
  std::ostream& out_;
  std::mutex mutex_;
  bool shows_line_ = false;
  double printed_seconds_ = -1e9;
  double first_seconds_ = -1;  // When the first bytes were seen, and how many they were.
  uint64_t first_bytes_ = 0;
};

// "75.5 MB", in powers of 1000.
std::string FormatBytes(uint64_t size_bytes);

}  // namespace ironscribe::cli
