#include "transcript/cues.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "transcript/channels.h"
#include "transcript/cue_lines.h"
#include "transcript/cue_screen.h"
#include "transcript/cue_split.h"
#include "transcript/cue_units.h"
#include "transcript/display_width.h"
#include "transcript/milliseconds.h"
#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

// Behind a label.
constexpr std::string_view kLabelEnd = ": ";

std::string LabelOf(const Transcript& transcript, int channel, bool channel_labels) {
  return channel_labels ? ChannelName(transcript, channel) : "";
}

// What one speaker says, and where it is cut.
struct ChannelCuts {
  int channel = kNoChannel;
  std::string label;
  CueRules rules;
  std::vector<CueUnit> units;
  std::vector<size_t> ends;
};

ChannelCuts CutChannel(const Transcript& transcript, int channel,
                       const std::vector<const Segment*>& segments, const CueRules& rules,
                       bool channel_labels) {
  ChannelCuts cuts{.channel = channel,
                   .label = LabelOf(transcript, channel, channel_labels),
                   .rules = rules,
                   .units = {},
                   .ends = {}};
  if (!cuts.label.empty()) {
    const int columns = DisplayColumns(cuts.label) + static_cast<int>(kLabelEnd.size());
    cuts.rules.max_line_columns =
        std::max(rules.max_line_columns - columns, rules.max_line_columns / 2);
  }
  cuts.units =
      MakeCueUnits(segments, ChannelLanguage(transcript, channel), cuts.rules.max_line_columns);
  cuts.ends = SplitIntoCues(cuts.units, cuts.rules);
  return cuts;
}

ScreenCue MakeScreenCue(const ChannelCuts& cuts, std::span<const CueUnit> units) {
  ScreenCue cue{.start_ms = units.front().start_ms,
                .spoken_end_ms = units.back().end_ms,
                .channel = cuts.channel,
                .lines = {}};
  for (std::string& line : BreakLines(units, cuts.rules.max_line_columns)) {
    cue.lines.push_back({std::move(line), ""});
  }
  cue.lines.front().label = cuts.label;
  return cue;
}

std::vector<ScreenCue> MakeScreenCues(const ChannelCuts& cuts) {
  std::vector<ScreenCue> cues;
  size_t begin = 0;
  for (const size_t end : cuts.ends) {
    cues.push_back(MakeScreenCue(cuts, std::span(cuts.units).subspan(begin, end - begin)));
    begin = end;
  }
  return cues;
}

// Cuts cues again, into such of one line, that others leave no room for.
void Narrow(const std::vector<bool>& crowded, ChannelCuts& cuts) {
  CueRules narrow = cuts.rules;
  narrow.max_lines = 1;
  std::vector<size_t> ends;
  size_t begin = 0;
  for (size_t i = 0; i < cuts.ends.size(); ++i) {
    const size_t end = cuts.ends[i];
    if (crowded[i]) {
      const auto units = std::span(cuts.units).subspan(begin, end - begin);
      for (const size_t part : SplitIntoCues(units, narrow)) ends.push_back(begin + part);
    } else {
      ends.push_back(end);
    }
    begin = end;
  }
  cuts.ends = std::move(ends);
}

// The cues of all channels, in the order of their starts.
std::vector<ScreenCue> CutChannels(const Transcript& transcript, const CueRules& rules,
                                   bool channel_labels) {
  std::map<int, std::vector<const Segment*>> segments;
  for (const Segment& segment : transcript.segments) segments[segment.channel].push_back(&segment);
  std::vector<ChannelCuts> channels;
  std::vector<std::vector<ScreenCue>> cues;
  for (const auto& [channel, of_channel] : segments) {
    channels.push_back(CutChannel(transcript, channel, of_channel, rules, channel_labels));
    cues.push_back(MakeScreenCues(channels.back()));
  }
  const std::vector<std::vector<bool>> crowded = FindCrowded(cues, rules);
  std::vector<ScreenCue> all;
  for (size_t i = 0; i < channels.size(); ++i) {
    Narrow(crowded[i], channels[i]);
    for (ScreenCue& cue : MakeScreenCues(channels[i])) all.push_back(std::move(cue));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const ScreenCue& a, const ScreenCue& b) { return a.start_ms < b.start_ms; });
  return all;
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
  return SettleTimes(ShareScreen(CutChannels(transcript, rules, channel_labels), rules), rules);
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
