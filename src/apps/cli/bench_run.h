// The work that `ironscribe bench` measures, on the real recognizer: windows of noise with a fixed
// number of tokens, or a recording.
#pragma once

#include <array>
#include <stop_token>
#include <string>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "engine/recognizer.h"
#include "models/profile.h"
#include "models/work.h"
#include "transcript/transcript.h"

namespace ironscribe::cli {

struct BenchRun {
  transcript::ModelInfo model;
  std::string input;  // "noise" or the recording's name.
  int num_threads = 1;
  int batch_size = 1;
  double audio_seconds = 0;
  double wall_seconds = 0;
  std::array<double, models::kNumStages> thread_seconds = {};  // Of all threads together.
  models::WorkCounts counts;
  models::StageWork own_work;  // See models::WorkScheme.
  models::StageWork eight_bit_work;
};

struct BenchSubject {
  engine::Recognizer& recognizer;
  models::Profile& profile;  // The one the recognizer was opened with.
  int num_threads = 1;
  double min_seconds = 0;  // Rounds are added until this much was measured.
  std::stop_token stop;
};

// Rounds of batch_size() windows of noise: features, encoding, then `num_tokens` decoding
// steps of all windows together, after one round that is not measured. Errors: Cancelled, those of
// the model.
Result<BenchRun> RunOnNoise(const BenchSubject& subject, int num_tokens);

// Transcribes a recording, from its beginning each time: opening it anew is part of the measured
// time. Errors: those of the source and the recognizer, InvalidArgument when it has no audio,
// Cancelled.
struct BenchRecording {
  std::string name;
  models::DecodingOptions decoding;
  audio::PcmSource& source;
};
Result<BenchRun> RunOnRecording(const BenchSubject& subject, const BenchRecording& recording);

}  // namespace ironscribe::cli
