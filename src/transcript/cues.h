// Subtitle cues: what stands on the screen at once, and from when to when, in whole milliseconds.
// Cues never overlap, whatever the times of the transcript.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "transcript/cue_rules.h"
#include "transcript/transcript.h"

namespace ironscribe::transcript {

struct CueLine {
  std::string text;   // One line (see SingleLine), never empty.
  std::string label;  // Who speaks, where that begins or changes; often empty.
};

// Columns of the line as a viewer sees it: "label: text".
int DisplayColumns(const CueLine& line);
std::string LabelledText(const CueLine& line);

struct Cue {
  int64_t start_ms = 0;
  int64_t end_ms = 0;  // At least one above start_ms.
  std::vector<CueLine> lines;
};

// Columns to read: those of the lines without labels and line ends.
int ReadColumns(const Cue& cue);

// Cues by the rules. Their text together is that of the segments, but for spaces. Line width,
// number of lines, the gap and the longest time always hold (a label that is wider than half a line
// aside); the shortest time and the reading speed as far as the speech allows.
// Channels are cut each on its own, into single lines where two speak at once, and then shown in
// the order of their times; cues of two that begin within the shortest time share the screen where
// their lines fit, others wait for each other (transcript/cue_screen.h).
std::vector<Cue> MakeCues(const Transcript& transcript, const CueRules& rules, bool channel_labels);

// One cue of one line per segment with text, in their order, as openai-whisper writes them: no
// rules. A cue that reaches into the next ends where that one starts; one that starts before its
// predecessor does starts one millisecond after it. Times that are no numbers or negative count
// as 0.
std::vector<Cue> MakeSegmentCues(const Transcript& transcript, bool channel_labels);

}  // namespace ironscribe::transcript
