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

#include "transcript/transcript.h"

namespace ironscribe::transcript {

struct OutputFormat {
  std::string_view name;       // As given to --format; also the file's extension.
  std::string_view extension;  // With its dot.
  std::string_view description;
  std::string (*write)(const Transcript& transcript);
};

// All formats, in the order to list them.
std::span<const OutputFormat> OutputFormats();

// The format of that name, or nullptr.
const OutputFormat* FindOutputFormat(std::string_view name);

// One segment as it stands in txt: its text on one line with the line end; empty without text.
std::string WriteTextLine(const Segment& segment);

}  // namespace ironscribe::transcript
