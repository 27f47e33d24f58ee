// The flags of voice activity and of the guard against invented text.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "base/status.h"
#include "models/decoding_options.h"

namespace ironscribe::cli {

class VoiceFlags {
 public:
  // Adds the flags to `app`, which writes into `speech` and into this object while it parses.
  VoiceFlags(CLI::App& app, models::SpeechOptions& speech);
  VoiceFlags(const VoiceFlags&) = delete;
  VoiceFlags& operator=(const VoiceFlags&) = delete;

  // What was typed, checked, in `decoding`, whose `speech` is the constructor's.
  Status Convert(models::DecodingOptions& decoding) const;

 private:
  std::string guard_ = "on";
  std::optional<float> negative_threshold_;
  std::optional<int> max_speech_ms_;
};

}  // namespace ironscribe::cli
