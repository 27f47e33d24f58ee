// The flags of `transcribe` that say how subtitles are made.
#pragma once

#include <optional>
#include <string>

#include "apps/cli/transcribe_options.h"
#include "base/status.h"

namespace CLI {
class App;
}

namespace ironscribe::cli {

// What is typed.
struct RawSubtitleFlags {
  std::string cues = "rules";
  transcript::CueRules rules = {};
};

// Adds the flags as a group of their own; `raw` outlives `app`.
void AddSubtitleFlags(CLI::App& app, RawSubtitleFlags& raw);

// Takes over the flags after parsing. Errors: InvalidArgument, with the flag's name in front.
Status ConvertSubtitleFlags(const RawSubtitleFlags& raw, transcript::WriteOptions& options);

// Names of channels must leave room for text on the lines of subtitles.
Status CheckLabels(const TranscribeOptions& options);

// Whether the outputs are cut at words, whose times must be found for it.
bool NeedsWordTimes(const TranscribeOptions& options);

}  // namespace ironscribe::cli
