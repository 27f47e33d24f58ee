// The text of segments as the stretches that cues are built from: words, or characters of scripts
// without spaces, each with its time and with how good a break behind it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transcript/text_breaks.h"
#include "transcript/transcript.h"

namespace ironscribe::transcript {

struct CueUnit {
  std::string text;  // Without spaces, never empty.
  bool space_before = false;
  int columns = 0;
  int64_t start_ms = 0;  // Not before that of the unit before.
  int64_t end_ms = 0;    // Not before start_ms.
  BreakGrade break_after = BreakGrade::kPlain;
  bool ends_segment = false;
};

// In the order of the segments, which give one text: together the units are that text without its
// spaces. Times are those of the words; a segment without words, or with words that are not its
// text, is shared out by columns. No unit is wider than `max_columns`, at least
// kMaxClusterColumns: longer words are cut. `language` is a code such as "en", or empty.
std::vector<CueUnit> MakeCueUnits(const std::vector<const Segment*>& segments,
                                  std::string_view language, int max_columns);

// Columns of all units in one line.
int ColumnsOf(std::span<const CueUnit> units);

// Columns that `unit` adds to a line that has some already.
inline int AddedColumns(const CueUnit& unit) { return unit.columns + (unit.space_before ? 1 : 0); }

}  // namespace ironscribe::transcript
