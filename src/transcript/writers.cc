#include "transcript/writers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "transcript/cues.h"
#include "transcript/json_writer.h"
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

std::string WriteText(const Transcript& transcript) {
  std::string text;
  for (const Segment& segment : transcript.segments) text += WriteTextLine(segment);
  return text;
}

// SubRip: numbered blocks, hours always, comma before the milliseconds. It has no escape, so an
// arrow inside text is shortened as openai-whisper does.
std::string WriteSrt(const Transcript& transcript) {
  std::string srt;
  int number = 0;
  for (const Cue& cue : MakeCues(transcript.segments)) {
    fmt::format_to(std::back_inserter(srt), "{}\n{} --> {}\n{}\n\n", ++number,
                   FormatTime(cue.start_ms, ',', Hours::kAlways),
                   FormatTime(cue.end_ms, ',', Hours::kAlways), ReplaceAll(cue.text, "-->", "->"));
  }
  return srt;
}

// WebVTT (W3C): '&', '<' and '>' of cue text are escaped, which covers arrows. Hours only when
// there are any, as openai-whisper writes them.
std::string WriteVtt(const Transcript& transcript) {
  std::string vtt = "WEBVTT\n\n";
  for (const Cue& cue : MakeCues(transcript.segments)) {
    std::string text = ReplaceAll(cue.text, "&", "&amp;");
    text = ReplaceAll(ReplaceAll(text, "<", "&lt;"), ">", "&gt;");
    fmt::format_to(std::back_inserter(vtt), "{} --> {}\n{}\n\n",
                   FormatTime(cue.start_ms, '.', Hours::kWhenNeeded),
                   FormatTime(cue.end_ms, '.', Hours::kWhenNeeded), text);
  }
  return vtt;
}

// Tab-separated, times in milliseconds as recognised; tabs and line ends in text become spaces.
std::string WriteTsv(const Transcript& transcript) {
  std::string tsv = "start\tend\ttext\n";
  for (const Segment& segment : transcript.segments) {
    const std::string text = SingleLine(segment.text);
    if (text.empty()) continue;
    fmt::format_to(std::back_inserter(tsv), "{}\t{}\t{}\n", ToMilliseconds(segment.start_seconds),
                   ToMilliseconds(segment.end_seconds), text);
  }
  return tsv;
}

constexpr OutputFormat kFormats[] = {
    {"txt", ".txt", "plain text, one line per segment", WriteText},
    {"srt", ".srt", "SubRip subtitles", WriteSrt},
    {"vtt", ".vtt", "WebVTT subtitles", WriteVtt},
    {"tsv", ".tsv", "start ms, end ms and text, tab-separated", WriteTsv},
    {"json", ".json", "everything: segments, words, times, scores, model", WriteJson},
};

}  // namespace

std::span<const OutputFormat> OutputFormats() { return kFormats; }

const OutputFormat* FindOutputFormat(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [&](const OutputFormat& f) { return f.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

std::string WriteTextLine(const Segment& segment) {
  std::string line = SingleLine(segment.text);
  if (!line.empty()) line += '\n';
  return line;
}

}  // namespace ironscribe::transcript
