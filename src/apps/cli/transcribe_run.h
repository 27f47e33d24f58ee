// One call of `ironscribe transcribe` after its command line is understood: finds the inputs,
// leaves out what is finished, opens the model, runs the batch; or listens (stream_run.h).
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <stop_token>
#include <string>

#include "apps/cli/exit_code.h"
#include "apps/cli/run_reporter.h"
#include "apps/cli/transcribe_options.h"
#include "apps/cli/transcriber.h"
#include "base/status.h"

namespace ironscribe::cli {

struct TranscribeServices {
  std::function<Result<std::unique_ptr<Transcriber>>(const TranscribeOptions& options)> open_model;
  OpenInput open_input;
  OpenChannels open_channels;
  std::ostream& standard_output;
  std::ostream& standard_error;
  Console console;
  std::function<double()> now_seconds;
  std::string program = {};  // Which version of it this is.
  OpenLiveInput open_live = {};
  Console output_console = {};  // Of standard output.
};

// Tells on standard error how the run of these options goes; `services` must outlive it.
std::unique_ptr<RunReporter> ReporterOf(const TranscribeOptions& options,
                                        const TranscribeServices& services);

ExitCode RunTranscribe(const TranscribeOptions& options, const TranscribeServices& services,
                       std::stop_token stop);

}  // namespace ironscribe::cli
