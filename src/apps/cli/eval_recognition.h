// The recordings of a manifest through the recognizer, as `transcribe` works on a folder.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "apps/cli/eval_flags.h"
#include "apps/cli/transcribe_run.h"
#include "eval/evaluation.h"
#include "eval/hypotheses.h"
#include "eval/manifest.h"

namespace ironscribe::cli {

struct RecognizedManifest {
  eval::HypothesisSet hypotheses;  // By the ids of the manifest; without those that failed.
  std::string system;              // Model and compute type.
  std::optional<eval::RunTime> run_time;
  ExitCode exit_code = ExitCode::kDone;
};

// Failures and progress are told on standard error. Word times are found where the manifest has
// word times or speaker turns to hold them against.
RecognizedManifest RecognizeManifest(const eval::Manifest& manifest, const EvalOptions& options,
                                     const TranscribeServices& services, std::stop_token stop);

}  // namespace ironscribe::cli
