#include "transcript/writers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "transcript/channels.h"
#include "transcript/cues.h"
#include "transcript/json_writer.h"
#include "transcript/milliseconds.h"
#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

// How a format writes a moment.
enum class Hours { kAlways, kWhenNeeded };

std::string FormatTime(int64_t time_ms, char decimal_mark, Hours hours) {
  constexpr int64_t kHourMs = 3'600'000;
  const int64_t hour = time_ms / kHourMs;
  const std::string rest = fmt::format("{:02}:{:02}{}{:03}", time_ms / 60'000 % 60,
                                       time_ms / 1000 % 60, decimal_mark, time_ms % 1000);
  if (hours == Hours::kWhenNeeded && hour == 0) return rest;
  return fmt::format("{:02}:{}", hour, rest);
}

std::string ReplaceAll(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced;
  for (size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    replaced += text.substr(0, at);
    replaced += to;
    text.remove_prefix(at + from.size());
  }
  return replaced.append(text);
}

std::vector<Cue> CuesOf(const Transcript& transcript, const WriteOptions& options) {
  return options.cues == CueStyle::kSegments
             ? MakeSegmentCues(transcript, options.channel_labels)
             : MakeCues(transcript, options.cue_rules, options.channel_labels);
}

std::string ChannelLabel(const Transcript& transcript, int channel, const WriteOptions& options) {
  return options.channel_labels ? ChannelName(transcript, channel) : "";
}

std::string TextLine(const Segment& segment, const std::string& label) {
  const std::string line = SingleLine(segment.text);
  return line.empty() ? line : LabelledText({line, label}) + '\n';
}

std::string WriteText(const Transcript& transcript, const WriteOptions& options) {
  std::string text;
  for (const Segment& segment : transcript.segments) {
    text += TextLine(segment, ChannelLabel(transcript, segment.channel, options));
  }
  return text;
}

// SubRip: numbered blocks, hours always, comma before the milliseconds. It has no escape, so an
// arrow inside text is shortened as openai-whisper does.
std::string WriteSrt(const Transcript& transcript, const WriteOptions& options) {
  std::string srt;
  int number = 0;
  for (const Cue& cue : CuesOf(transcript, options)) {
    fmt::format_to(std::back_inserter(srt), "{}\n{} --> {}\n", ++number,
                   FormatTime(cue.start_ms, ',', Hours::kAlways),
                   FormatTime(cue.end_ms, ',', Hours::kAlways));
    for (const CueLine& line : cue.lines) {
      srt += ReplaceAll(LabelledText(line), "-->", "->") + '\n';
    }
    srt += '\n';
  }
  return srt;
}

std::string EscapeVtt(std::string_view text) {
  return ReplaceAll(ReplaceAll(ReplaceAll(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

// WebVTT (W3C): '&', '<' and '>' of cue text are escaped, which covers arrows. Hours only when
// there are any, as openai-whisper writes them. Who speaks stands in voice tags.
std::string WriteVtt(const Transcript& transcript, const WriteOptions& options) {
  std::string vtt = "WEBVTT\n\n";
  for (const Cue& cue : CuesOf(transcript, options)) {
    fmt::format_to(std::back_inserter(vtt), "{} --> {}\n",
                   FormatTime(cue.start_ms, '.', Hours::kWhenNeeded),
                   FormatTime(cue.end_ms, '.', Hours::kWhenNeeded));
    bool in_voice = false;
    for (size_t i = 0; i < cue.lines.size(); ++i) {
      const CueLine& line = cue.lines[i];
      if (!line.label.empty()) vtt += "<v " + EscapeVtt(line.label) + ">";
      in_voice = in_voice || !line.label.empty();
      vtt += EscapeVtt(line.text);
      const bool last_of_voice = i + 1 == cue.lines.size() || !cue.lines[i + 1].label.empty();
      vtt += in_voice && last_of_voice ? "</v>\n" : "\n";
      if (last_of_voice) in_voice = false;
    }
    vtt += '\n';
  }
  return vtt;
}

// Tab-separated, times in milliseconds as recognised; tabs and line ends in text become spaces.
// The names of channels, where there are any, are a column of their own behind the usual ones.
std::string WriteTsv(const Transcript& transcript, const WriteOptions& options) {
  const bool with_channels = options.channel_labels && !transcript.channels.empty();
  std::string tsv = with_channels ? "start\tend\ttext\tchannel\n" : "start\tend\ttext\n";
  for (const Segment& segment : transcript.segments) {
    const std::string text = SingleLine(segment.text);
    if (text.empty()) continue;
    fmt::format_to(std::back_inserter(tsv), "{}\t{}\t{}", ToMilliseconds(segment.start_seconds),
                   ToMilliseconds(segment.end_seconds), text);
    if (with_channels) tsv += '\t' + ChannelLabel(transcript, segment.channel, options);
    tsv += '\n';
  }
  return tsv;
}

std::string WriteWholeJson(const Transcript& transcript, const WriteOptions&) {
  return WriteJson(transcript);
}

constexpr OutputFormat kFormats[] = {
    {"txt", ".txt", "plain text, one line per segment", false, WriteText},
    {"srt", ".srt", "SubRip subtitles", true, WriteSrt},
    {"vtt", ".vtt", "WebVTT subtitles", true, WriteVtt},
    {"tsv", ".tsv", "start ms, end ms and text, tab-separated", false, WriteTsv},
    {"json", ".json", "everything: segments, words, times, scores, model", false, WriteWholeJson},
};

}  // namespace

std::span<const OutputFormat> OutputFormats() { return kFormats; }

const OutputFormat* FindOutputFormat(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [&](const OutputFormat& f) { return f.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

std::string WriteTextLine(const Segment& segment) { return TextLine(segment, ""); }

}  // namespace ironscribe::transcript
