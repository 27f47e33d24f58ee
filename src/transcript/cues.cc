#include "transcript/cues.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "transcript/channels.h"
#include "transcript/cue_lines.h"
#include "transcript/cue_split.h"
#include "transcript/cue_units.h"
#include "transcript/display_width.h"
#include "transcript/milliseconds.h"
#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

// Behind a label.
constexpr std::string_view kLabelEnd = ": ";

// A shorter gap between cues is closed to the least allowed: a flicker tires more than a line that
// stays a moment (Netflix closes those below 12 frames of 24 a second).
constexpr int64_t kClosedGapMs = 500;

// A cue of another channel waits this long at most for the cue before it to be read.
constexpr int64_t kMaxWaitMs = 2000;

// A cue before its times are settled.
struct Draft {
  int64_t start_ms = 0;
  int64_t spoken_end_ms = 0;
  int channel = kNoChannel;  // Of its last line.
  std::vector<CueLine> lines;
};

std::string LabelOf(const Transcript& transcript, int channel, bool channel_labels) {
  return channel_labels ? ChannelName(transcript, channel) : "";
}

void AddDrafts(std::span<const CueUnit> units, const CueRules& rules, const std::string& label,
               std::vector<Draft>& drafts) {
  size_t begin = 0;
  for (const size_t end : SplitIntoCues(units, rules)) {
    const auto cue = units.subspan(begin, end - begin);
    begin = end;
    Draft draft;
    draft.start_ms = cue.front().start_ms;
    draft.spoken_end_ms = cue.back().end_ms;
    for (std::string& line : BreakLines(cue, rules.max_line_columns)) {
      draft.lines.push_back({std::move(line), ""});
    }
    draft.lines.front().label = label;
    drafts.push_back(std::move(draft));
  }
}

// The drafts of each channel, sorted by their starts.
std::vector<Draft> MakeDrafts(const Transcript& transcript, const CueRules& rules,
                              bool channel_labels) {
  std::map<int, std::vector<const Segment*>> channels;
  for (const Segment& segment : transcript.segments) channels[segment.channel].push_back(&segment);
  std::vector<Draft> drafts;
  for (const auto& [channel, segments] : channels) {
    const std::string label = LabelOf(transcript, channel, channel_labels);
    CueRules narrowed = rules;
    if (!label.empty()) {
      const int columns = DisplayColumns(label) + static_cast<int>(kLabelEnd.size());
      narrowed.max_line_columns =
          std::max(rules.max_line_columns - columns, rules.max_line_columns / 2);
    }
    const size_t first = drafts.size();
    AddDrafts(
        MakeCueUnits(segments, ChannelLanguage(transcript, channel), narrowed.max_line_columns),
        narrowed, label, drafts);
    for (size_t i = first; i < drafts.size(); ++i) drafts[i].channel = channel;
  }
  std::stable_sort(drafts.begin(), drafts.end(),
                   [](const Draft& a, const Draft& b) { return a.start_ms < b.start_ms; });
  return drafts;
}

// Puts a cue of another channel below one that would have no time to be read before it, where both
// fit.
std::vector<Draft> ShareScreen(std::vector<Draft> drafts, const CueRules& rules) {
  std::vector<Draft> shared;
  for (Draft& draft : drafts) {
    const bool fits =
        !shared.empty() && shared.back().channel != draft.channel &&
        draft.start_ms < shared.back().start_ms + rules.min_ms() + rules.gap_ms &&
        shared.back().lines.size() + draft.lines.size() <= static_cast<size_t>(rules.max_lines) &&
        draft.spoken_end_ms - shared.back().start_ms <= rules.max_ms();
    if (!fits) {
      shared.push_back(std::move(draft));
      continue;
    }
    Draft& cue = shared.back();
    cue.spoken_end_ms = std::max(cue.spoken_end_ms, draft.spoken_end_ms);
    cue.channel = draft.channel;
    std::move(draft.lines.begin(), draft.lines.end(), std::back_inserter(cue.lines));
  }
  return shared;
}

std::vector<Cue> SettleTimes(std::vector<Draft> drafts, const CueRules& rules) {
  std::vector<Cue> cues;
  for (const Draft& draft : drafts) {
    Cue cue{.start_ms = draft.start_ms, .end_ms = 0, .lines = draft.lines};
    if (!cues.empty()) {
      const Draft& before = drafts[cues.size() - 1];
      const Cue& previous = cues.back();
      int64_t earliest = previous.start_ms + rules.gap_ms + 1;
      if (before.channel != draft.channel) {
        const int64_t read_ms = previous.start_ms + rules.WantedMs(ReadColumns(previous));
        earliest =
            std::max(earliest, std::min(read_ms + rules.gap_ms, draft.start_ms + kMaxWaitMs));
      }
      cue.start_ms = std::max(cue.start_ms, earliest);
    }
    cues.push_back(std::move(cue));
  }
  for (size_t i = 0; i < cues.size(); ++i) {
    Cue& cue = cues[i];
    const int64_t most = cue.start_ms + rules.max_ms();
    const int64_t wanted = cue.start_ms + rules.WantedMs(ReadColumns(cue));
    cue.end_ms = std::min(std::max(drafts[i].spoken_end_ms, wanted), most);
    if (i + 1 < cues.size()) {
      const int64_t limit = cues[i + 1].start_ms - rules.gap_ms;
      if (limit - cue.end_ms < kClosedGapMs) cue.end_ms = std::min(limit, most);
    }
    cue.end_ms = std::max(cue.end_ms, cue.start_ms + 1);
  }
  return cues;
}

}  // namespace

std::string LabelledText(const CueLine& line) {
  return line.label.empty() ? line.text : line.label + std::string(kLabelEnd) + line.text;
}

int DisplayColumns(const CueLine& line) { return DisplayColumns(LabelledText(line)); }

int ReadColumns(const Cue& cue) {
  int columns = 0;
  for (const CueLine& line : cue.lines) columns += DisplayColumns(line.text);
  return columns;
}

std::vector<Cue> MakeCues(const Transcript& transcript, const CueRules& rules,
                          bool channel_labels) {
  return SettleTimes(ShareScreen(MakeDrafts(transcript, rules, channel_labels), rules), rules);
}

std::vector<Cue> MakeSegmentCues(const Transcript& transcript, bool channel_labels) {
  std::vector<Cue> cues;
  for (const Segment& segment : transcript.segments) {
    std::string text = SingleLine(segment.text);
    if (text.empty()) continue;
    int64_t start_ms = ToMilliseconds(segment.start_seconds);
    if (!cues.empty()) {
      Cue& previous = cues.back();
      start_ms = std::max(start_ms, previous.start_ms + 1);
      previous.end_ms = std::min(previous.end_ms, start_ms);
    }
    const int64_t end_ms = std::max(ToMilliseconds(segment.end_seconds), start_ms + 1);
    cues.push_back({start_ms,
                    end_ms,
                    {{std::move(text), LabelOf(transcript, segment.channel, channel_labels)}}});
  }
  return cues;
}

}  // namespace ironscribe::transcript
