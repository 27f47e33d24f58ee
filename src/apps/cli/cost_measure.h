// The speed of this machine on a user's recordings: the way of `transcribe`, several times over.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "apps/cli/transcribe_run.h"
#include "base/status.h"
#include "cost_report/report.h"

namespace ironscribe::cli {

struct MeasureOptions {
  std::filesystem::path folder;
  int repeats = 3;
  TranscribeOptions transcribe;  // Model and features.
};

// Opens the model, transcribes all recordings of the folder once to warm up and then `repeats`
// times by the clock: decoding of the audio and finishing of the texts included, loading of the
// model not. Texts are dropped. The interval is Student's at 95 % over the repeats. Progress goes
// to standard error. Errors: those of the model and of any recording, Cancelled after `stop`.
Result<cost_report::MeasuredSpeed> MeasureSpeed(const MeasureOptions& options,
                                                const TranscribeServices& services,
                                                std::stop_token stop);

// Mean and the half-width of Student's 95 % interval. Requires: at least two values.
struct MeanInterval {
  double mean = 0;
  double half_width = 0;
};
MeanInterval IntervalOf(const std::vector<double>& values);

}  // namespace ironscribe::cli
