// The file formats a transcript can be written in. One table; to add a format, write a function and
// add a row.
//
// What all share: valid UTF-8, "\n" line ends, nothing written for an empty transcript beyond the
// format's own frame. The line formats (txt, srt, vtt, tsv) leave out segments without text; json
// has everything (docs/schemas/transcript.schema.json).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "transcript/cue_rules.h"
#include "transcript/transcript.h"

namespace ironscribe::transcript {

enum class CueStyle {
  kRules,     // Cut and timed for readers (cue_rules.h).
  kSegments,  // One cue per segment, as openai-whisper writes them.
};

struct WriteOptions {
  CueStyle cues = CueStyle::kRules;
  CueRules cue_rules = {};
  // Names of channels in txt, srt, vtt and tsv, where channels were transcribed each on its own.
  bool channel_labels = true;
};

struct OutputFormat {
  std::string_view name;       // As given to --format; also the file's extension.
  std::string_view extension;  // With its dot.
  std::string_view description;
  bool has_cues;  // It is subtitles, so that the options for cues matter.
  std::string (*write)(const Transcript& transcript, const WriteOptions& options);
};

// All formats, in the order to list them.
std::span<const OutputFormat> OutputFormats();

// The format of that name, or nullptr.
const OutputFormat* FindOutputFormat(std::string_view name);

// One segment as it stands in txt without labels: its text on one line with the line end; empty
// without text.
std::string WriteTextLine(const Segment& segment);

}  // namespace ironscribe::transcript
