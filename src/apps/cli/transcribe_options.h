// Everything one call of `ironscribe transcribe` was asked to do.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/recognizer.h"
#include "finishing/finisher.h"
#include "models/decoding_options.h"
#include "transcript/writers.h"

namespace ironscribe::cli {

enum class ProgressMode { kAuto, kBar, kJson, kNone };

struct TranscribeOptions {
  std::vector<std::string> inputs;  // Files, folders, "-".
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::string model = "base";  // A name or a path.
  std::filesystem::path models_folder;
  engine::RecognizerOptions recognizer;
  models::DecodingOptions decoding;
  finishing::FinishingOptions finishing;
  bool redact_audio = false;  // Also write a copy of the recording without what is redacted.
  std::vector<const transcript::OutputFormat*> formats;  // At least one.
  transcript::WriteOptions write;
  bool stream = false;                        // Listen to standard input.
  int stream_rate_hz = audio::kSampleRateHz;  // Of sound without a header.
  bool split_channels = false;                // Transcribe each channel on its own.
  std::vector<std::string> channel_names;     // Those beyond them are numbered.
  std::filesystem::path output_folder;        // Empty: standard output.
  bool force = false;                         // Also redo files that are finished.
  // Keep what is finished of a recording; unset: where it goes to files and nothing is redacted.
  std::optional<bool> resume;
  std::filesystem::path resume_folder;  // Empty: beside the outputs.
  ProgressMode progress = ProgressMode::kAuto;
  bool quiet = false;
  bool verbose = false;
};

}  // namespace ironscribe::cli
