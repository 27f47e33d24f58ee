// Works through the recordings of a run: several at once, each opened, recognised and written whole
// or not at all. One that fails does not stop the others.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/cli/input_files.h"
#include "apps/cli/output_plan.h"
#include "apps/cli/run_manifest.h"
#include "apps/cli/run_reporter.h"
#include "apps/cli/transcribe_options.h"
#include "apps/cli/transcriber.h"
#include "finishing/finisher.h"

namespace ironscribe::cli {

struct RecordingJob {
  InputFile input;
  OutputPaths outputs;                    // One per format; empty: standard output.
  std::string language = {};              // That of this recording; empty: as the options say.
  std::optional<models::Clip> clip = {};  // Only this part, instead of the options' clips.
};

// What a batch works with; all of it outlives the call.
struct BatchContext {
  const TranscribeOptions& options;
  Transcriber* transcriber = nullptr;  // May be null when every input has failed already.
  const OpenInput& open_input;
  const OpenChannels& open_channels;
  RunReporter& reporter;
  std::ostream& standard_output;
  RunManifest* manifest = nullptr;                // Null: nothing is recorded.
  const finishing::Finisher* finisher = nullptr;  // Null: texts stay as recognised.
  std::string settings_digest;
  std::string program = {};  // Its version.
  std::function<double()> now_seconds;
  // If set, takes each transcript in place of standard output and files; called from many threads.
  std::function<Status(size_t index, const transcript::Transcript& transcript)> deliver = {};
};

// Runs all jobs on at most batch_size threads. After `stop`, files under way end as unfinished and
// no more are begun.
RunSummary RunBatch(const std::vector<RecordingJob>& jobs, const BatchContext& context,
                    std::stop_token stop);

// How much of the first `position_seconds` lies in the clips; all of it without clips.
double SecondsInClips(const std::vector<models::Clip>& clips, double position_seconds);

}  // namespace ironscribe::cli
