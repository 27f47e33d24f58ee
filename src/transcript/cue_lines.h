// The lines of one cue: as few as its text needs, about equally long, broken at good places.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "transcript/cue_units.h"

namespace ironscribe::transcript {

// Counts the lines that units need when each line is filled as far as it goes: the least possible.
class LineFiller {
 public:
  explicit LineFiller(int max_columns) : max_columns_(max_columns) {}

  // Returns the lines needed with this unit.
  int Add(const CueUnit& unit);

 private:
  const int max_columns_;
  int num_lines_ = 0;
  int columns_ = 0;  // Of the last line.
};

// Requires: no unit wider than max_columns.
std::vector<std::string> BreakLines(std::span<const CueUnit> units, int max_columns);

}  // namespace ironscribe::transcript
