#include "finishing/spans_between.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "finishing/edited_segment.h"

namespace ironscribe::finishing {
namespace {

// A longer pause before a secret is not cut out of the talk: words are timed late by less.
constexpr double kReachBeforeSeconds = 1.5;

// Languages are spoken at 5 to 8 syllables a second on average (Pellegrino, Coupe and Marsico, "A
// cross-language perspective on speech information rate", Language 87, 2011); ten is nobody's pace
// who dictates. A figure is a syllable at least, a letter of a word about a third of one.
constexpr double kLeastDigitSeconds = 0.1;
constexpr double kLeastLetterSeconds = 0.03;

double LeastSeconds(std::string_view text) {
  double seconds = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      seconds += kLeastDigitSeconds;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      seconds += kLeastLetterSeconds;
    }
  }
  return seconds;
}

// How much of the text is redacted of the bytes [start, end).
std::string_view Common(std::string_view text, const text::TextEdit& edit, size_t start,
                        size_t end) {
  const size_t first = std::max(start, edit.offset);
  const size_t last = std::min(end, edit.offset + edit.size);
  return first < last ? text.substr(first, last - first) : std::string_view();
}

}  // namespace

void AppendUnits(const transcript::Segment& segment, std::span<const text::TextEdit> edits,
                 std::span<const std::string> labels, std::vector<SpokenUnit>& units) {
  const auto add = [&](double start_seconds, double end_seconds, size_t start, size_t end) {
    SpokenUnit unit{start_seconds, end_seconds, segment.end_seconds, "", 0};
    for (size_t i = 0; i < edits.size(); ++i) {
      const std::string_view common = Common(segment.text, edits[i], start, end);
      if (common.empty()) continue;
      if (unit.label.empty()) unit.label = labels[i];
      unit.least_seconds += LeastSeconds(common);
    }
    units.push_back(std::move(unit));
  };
  const std::vector<WordPlace> places = PlaceWords(segment.text, segment.words);
  for (size_t i = 0; i < places.size(); ++i) {
    const transcript::Word& word = segment.words[i];
    add(word.start_seconds, word.end_seconds, places[i].start, places[i].end);
  }
  if (places.empty() && !segment.text.empty()) {
    add(segment.start_seconds, segment.end_seconds, 0, segment.text.size());
  }
}

std::vector<RedactedSpan> SpansBetween(std::span<const SpokenUnit> units, double reach_seconds) {
  std::vector<RedactedSpan> spans;
  for (size_t first = 0; first < units.size(); ++first) {
    if (units[first].label.empty()) continue;
    RedactedSpan span{units[first].start_seconds, 0, units[first].label, false};
    const double kept_before = first > 0 ? units[first - 1].end_seconds : 0;
    if (span.start_seconds - kept_before <= kReachBeforeSeconds) {
      span.start_seconds = std::min(span.start_seconds, kept_before);
    }
    double least_seconds = 0;
    double end_seconds = 0;
    size_t last = first;
    for (; last < units.size() && !units[last].label.empty(); ++last) {
      least_seconds += units[last].least_seconds;
      end_seconds =
          std::max({end_seconds, units[last].end_seconds, units[last].segment_end_seconds});
    }
    span.end_seconds = end_seconds + reach_seconds;
    if (last < units.size()) {
      // A word that is said to begin before the secret ends does not shorten it.
      span.end_seconds = std::min(span.end_seconds,
                                  std::max(units[last].start_seconds, units[last - 1].end_seconds));
    }
    span.is_implausibly_short = span.end_seconds - span.start_seconds < least_seconds;
    spans.push_back(std::move(span));
    first = last;
  }
  return spans;
}

}  // namespace ironscribe::finishing
