#include "transcript/cue_units.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "transcript/display_width.h"
#include "transcript/milliseconds.h"
#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

std::string WithoutSpaces(std::string_view text) {
  std::string dense;
  std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
               [](char c) { return c != ' '; });
  return dense;
}

// A stretch of text with the time it takes.
struct TimedText {
  std::string text;
  bool space_before = false;
  int64_t start_ms = 0;
  int64_t end_ms = 0;
};

int Width(const TimedText& part) { return DisplayColumns(part.text); }
int Width(const CueUnit& part) { return part.columns; }

// Shares the time of the whole among its parts by their columns.
template <typename Part>
void ShareTime(int64_t start_ms, int64_t end_ms, std::vector<Part>& parts) {
  int64_t total = 0;
  for (const Part& part : parts) total += std::max(1, Width(part));
  const auto length_ms = static_cast<double>(std::max<int64_t>(0, end_ms - start_ms));
  int64_t before = 0;
  const auto at_ms = [&] {
    return start_ms +
           std::llround(length_ms * static_cast<double>(before) / static_cast<double>(total));
  };
  for (Part& part : parts) {
    part.start_ms = at_ms();
    before += std::max(1, Width(part));
    part.end_ms = at_ms();
  }
}

class UnitMaker {
 public:
  explicit UnitMaker(int max_columns) : max_columns_(max_columns) {}

  void Add(const Segment& segment) {
    const std::string line = SingleLine(segment.text);
    if (line.empty()) return;
    std::vector<TimedText> words = TimedWords(segment, line);
    if (words.empty()) words = TimedAtoms(segment, line);
    // A segment starts a new word even where its text has no space: nothing is glued across.
    words.front().space_before = segment.text.starts_with(' ') || units_.empty() ||
                                 !MayBreakBetween(units_.back().text, words.front().text);
    for (TimedText& word : words) AddCut(std::move(word));
    units_.back().ends_segment = true;
  }

  std::vector<CueUnit> Finish(std::string_view language) && {
    int64_t start_ms = 0;
    for (size_t i = 0; i < units_.size(); ++i) {
      CueUnit& unit = units_[i];
      start_ms = unit.start_ms = std::max(unit.start_ms, start_ms);
      unit.end_ms = std::max(unit.end_ms, unit.start_ms);
      const bool last = i + 1 == units_.size();
      const bool cut_word = !last && cut_[i];
      unit.break_after = cut_word ? BreakGrade::kPoor
                                  : GradeBreak(unit.text, last ? "" : units_[i + 1].text, language);
    }
    if (!units_.empty()) units_.front().space_before = false;
    return std::move(units_);
  }

 private:
  // The words of the segment, joined where no line may end between them; empty when they are not
  // its text.
  static std::vector<TimedText> TimedWords(const Segment& segment, const std::string& line) {
    std::vector<TimedText> words;
    std::string dense;
    for (const Word& word : segment.words) {
      const bool space_before = word.text.starts_with(' ');
      std::vector<TimedText> parts;
      for (TextAtom& atom : SplitWords(SingleLine(word.text))) {
        dense += atom.text;
        parts.push_back({std::move(atom.text), atom.space_before, 0, 0});
      }
      if (parts.empty()) continue;
      parts.front().space_before = space_before;
      ShareTime(ToMilliseconds(word.start_seconds), ToMilliseconds(word.end_seconds), parts);
      for (TimedText& part : parts) Join(std::move(part), words);
    }
    if (dense != WithoutSpaces(line)) words.clear();
    return words;
  }

  // Cut at spaces only: a recogniser's word stays one.
  static std::vector<TextAtom> SplitWords(std::string_view line) {
    std::vector<TextAtom> atoms;
    while (!line.empty()) {
      const size_t end = std::min(line.find(' '), line.size());
      if (end > 0) atoms.push_back({std::string(line.substr(0, end)), true});
      line.remove_prefix(std::min(line.size(), end + 1));
    }
    return atoms;
  }

  static void Join(TimedText part, std::vector<TimedText>& words) {
    if (words.empty() || part.space_before || MayBreakBetween(words.back().text, part.text)) {
      words.push_back(std::move(part));
      return;
    }
    words.back().text += part.text;
    words.back().end_ms = std::max(words.back().end_ms, part.end_ms);
  }

  static std::vector<TimedText> TimedAtoms(const Segment& segment, const std::string& line) {
    std::vector<TimedText> parts;
    for (TextAtom& atom : SplitAtoms(line)) {
      parts.push_back({std::move(atom.text), atom.space_before, 0, 0});
    }
    ShareTime(ToMilliseconds(segment.start_seconds), ToMilliseconds(segment.end_seconds), parts);
    return parts;
  }

  // Adds a word, in several units when it is wider than a line.
  void AddCut(TimedText word) {
    std::vector<CueUnit> pieces;
    std::string_view rest = word.text;
    while (!rest.empty()) {
      const Cluster cluster = FirstCluster(rest);
      if (pieces.empty() || pieces.back().columns + cluster.columns > max_columns_) {
        pieces.emplace_back();
      }
      pieces.back().text += rest.substr(0, cluster.size_bytes);
      pieces.back().columns += cluster.columns;
      rest.remove_prefix(cluster.size_bytes);
    }
    ShareTime(word.start_ms, word.end_ms, pieces);
    pieces.front().space_before = word.space_before;
    for (CueUnit& piece : pieces) {
      units_.push_back(std::move(piece));
      cut_.push_back(true);
    }
    cut_.back() = false;
  }

  const int max_columns_;
  std::vector<CueUnit> units_;
  std::vector<bool> cut_;  // As many: the word goes on in the next unit.
};

}  // namespace

std::vector<CueUnit> MakeCueUnits(const std::vector<const Segment*>& segments,
                                  std::string_view language, int max_columns) {
  UnitMaker maker(std::max(max_columns, kMaxClusterColumns));
  for (const Segment* segment : segments) maker.Add(*segment);
  return std::move(maker).Finish(language);
}

int ColumnsOf(std::span<const CueUnit> units) {
  int columns = 0;
  for (const CueUnit& unit : units) columns += AddedColumns(unit);
  if (!units.empty() && units.front().space_before) --columns;
  return columns;
}

}  // namespace ironscribe::transcript
