#include "transcript/writers.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace ironscribe::transcript {
namespace {

Segment MakeSegment(double start, double end, std::string text) {
  Segment segment;
  segment.start_seconds = start;
  segment.end_seconds = end;
  segment.text = std::move(text);
  return segment;
}

std::string Write(std::string_view format, const Transcript& transcript,
                  const WriteOptions& options) {
  const OutputFormat* found = FindOutputFormat(format);
  return found == nullptr ? "no such format" : found->write(transcript, options);
}

// One cue per segment.
std::string Write(std::string_view format, std::vector<Segment> segments) {
  Transcript transcript;
  transcript.segments = std::move(segments);
  return Write(format, transcript, {.cues = CueStyle::kSegments});
}

const std::vector<Segment> kTwo = {MakeSegment(0, 7.6, " And so my fellow Americans,"),
                                   MakeSegment(7.6, 3661.0625, " ask not.")};

// What openai-whisper's writers give for these two segments, by their format strings.
TEST(Writers, WriteTheLayoutsOfOpenAiWhisper) {
  EXPECT_EQ(Write("txt", kTwo), "And so my fellow Americans,\nask not.\n");
  EXPECT_EQ(Write("srt", kTwo),
            "1\n00:00:00,000 --> 00:00:07,600\nAnd so my fellow Americans,\n\n"
            "2\n00:00:07,600 --> 01:01:01,063\nask not.\n\n");
  EXPECT_EQ(Write("vtt", kTwo),
            "WEBVTT\n\n00:00.000 --> 00:07.600\nAnd so my fellow Americans,\n\n"
            "00:07.600 --> 01:01:01.063\nask not.\n\n");
  EXPECT_EQ(Write("tsv", kTwo),
            "start\tend\ttext\n0\t7600\tAnd so my fellow Americans,\n7600\t3661063\task not.\n");
}

TEST(Writers, WriteOnlyTheFrameOfAnEmptyTranscript) {
  EXPECT_EQ(Write("txt", {}), "");
  EXPECT_EQ(Write("srt", {}), "");
  EXPECT_EQ(Write("vtt", {}), "WEBVTT\n\n");
  EXPECT_EQ(Write("tsv", {}), "start\tend\ttext\n");
}

struct TextCase {
  const char* input;
  const char* txt;
  const char* srt;
  const char* vtt;
};

TEST(Writers, KeepAwkwardTextFromBreakingTheFormat) {
  const TextCase kCases[] = {
      {" a --> b", "a --> b", "a -> b", "a --&gt; b"},
      {" <b> & \"c\"", "<b> & \"c\"", "<b> & \"c\"", "&lt;b&gt; &amp; \"c\""},
      {"one\n\n2\n00:00", "one 2 00:00", "one 2 00:00", "one 2 00:00"},
      {"tab\there", "tab here", "tab here", "tab here"},
      {"\x1B[2Jgone\x07", "[2Jgone", "[2Jgone", "[2Jgone"},
      {" مرحبا \u200Fab", "مرحبا \u200Fab", "مرحبا \u200Fab", "مرحبا \u200Fab"},
      {" 🎉👩‍🚀", "🎉👩‍🚀", "🎉👩‍🚀", "🎉👩‍🚀"},
      {" cut \xE2\x82", "cut \uFFFD", "cut \uFFFD", "cut \uFFFD"},
  };
  for (const TextCase& test : kCases) {
    const std::vector<Segment> one = {MakeSegment(1, 2, test.input)};
    EXPECT_EQ(Write("txt", one), std::string(test.txt) + "\n");
    EXPECT_EQ(Write("srt", one),
              "1\n00:00:01,000 --> 00:00:02,000\n" + std::string(test.srt) + "\n\n");
    EXPECT_EQ(Write("vtt", one),
              "WEBVTT\n\n00:01.000 --> 00:02.000\n" + std::string(test.vtt) + "\n\n");
    EXPECT_EQ(Write("tsv", one), "start\tend\ttext\n1000\t2000\t" + std::string(test.txt) + "\n");
  }
}

TEST(Writers, CountHoursBeyondTwoDigits) {
  const std::vector<Segment> late = {MakeSegment(99 * 3600 + 3599.9996, 360'061.5, "late")};
  EXPECT_EQ(Write("srt", late), "1\n100:00:00,000 --> 100:01:01,500\nlate\n\n");
  EXPECT_EQ(Write("vtt", late), "WEBVTT\n\n100:00:00.000 --> 100:01:01.500\nlate\n\n");
}

TEST(Writers, SubtitlesNeverOverlapButTsvKeepsTheTimes) {
  const std::vector<Segment> overlapping = {MakeSegment(0, 5, "a"), MakeSegment(4, 8, "b")};
  EXPECT_EQ(Write("srt", overlapping),
            "1\n00:00:00,000 --> 00:00:04,000\na\n\n2\n00:00:04,000 --> 00:00:08,000\nb\n\n");
  EXPECT_EQ(Write("tsv", overlapping), "start\tend\ttext\n0\t5000\ta\n4000\t8000\tb\n");
}

TEST(Writers, NumberOnlyTheCuesThatAreWritten) {
  EXPECT_EQ(Write("srt", {MakeSegment(0, 1, ""), MakeSegment(1, 2, "b")}),
            "1\n00:00:01,000 --> 00:00:02,000\nb\n\n");
}

TEST(Writers, CutSubtitlesByTheRulesUnlessAskedNotTo) {
  Transcript transcript;
  transcript.segments = {
      MakeSegment(0, 6, " Nobody knew where he had gone <that> night, but they found him.")};
  EXPECT_EQ(Write("srt", transcript, {}),
            "1\n00:00:00,000 --> 00:00:06,000\nNobody knew where he had gone\n"
            "<that> night, but they found him.\n\n");
  EXPECT_EQ(Write("vtt", transcript, {}),
            "WEBVTT\n\n00:00.000 --> 00:06.000\nNobody knew where he had gone\n"
            "&lt;that&gt; night, but they found him.\n\n");
  WriteOptions narrow;
  narrow.cue_rules.max_line_columns = 20;
  for (const char* format : {"srt", "vtt"}) {
    std::istringstream lines(Write(format, transcript, narrow));
    int num_cues = 0;
    for (std::string line; std::getline(lines, line);) {
      num_cues += line.find("-->") != std::string::npos;
    }
    EXPECT_GE(num_cues, 2) << format;
  }
  // The other formats have no cues.
  EXPECT_EQ(Write("txt", transcript, narrow), Write("txt", transcript, {}));
  EXPECT_EQ(Write("tsv", transcript, narrow), Write("tsv", transcript, {}));
}

TEST(Writers, NameTheChannels) {
  Transcript call;
  call.channels = {{"agent", "en", {}}, {"R&D <x>", "en", {}}};
  call.segments = {MakeSegment(0, 2, " Is it yours?"), MakeSegment(0.5, 2, " No."),
                   MakeSegment(5, 6, " I see.")};
  call.segments[0].channel = 0;
  call.segments[1].channel = 1;
  call.segments[2].channel = 0;
  EXPECT_EQ(Write("txt", call, {}), "agent: Is it yours?\nR&D <x>: No.\nagent: I see.\n");
  EXPECT_EQ(Write("tsv", call, {}),
            "start\tend\ttext\tchannel\n0\t2000\tIs it yours?\tagent\n"
            "500\t2000\tNo.\tR&D <x>\n5000\t6000\tI see.\tagent\n");
  EXPECT_EQ(Write("srt", call, {}),
            "1\n00:00:00,000 --> 00:00:02,000\nagent: Is it yours?\nR&D <x>: No.\n\n"
            "2\n00:00:05,000 --> 00:00:06,000\nagent: I see.\n\n");
  EXPECT_EQ(Write("vtt", call, {}),
            "WEBVTT\n\n00:00.000 --> 00:02.000\n<v agent>Is it yours?</v>\n"
            "<v R&amp;D &lt;x&gt;>No.</v>\n\n"
            "00:05.000 --> 00:06.000\n<v agent>I see.</v>\n\n");
  EXPECT_EQ(Write("srt", call, {.cues = CueStyle::kSegments}),
            "1\n00:00:00,000 --> 00:00:00,500\nagent: Is it yours?\n\n"
            "2\n00:00:00,500 --> 00:00:02,000\nR&D <x>: No.\n\n"
            "3\n00:00:05,000 --> 00:00:06,000\nagent: I see.\n\n");
  const WriteOptions without{.channel_labels = false};
  EXPECT_EQ(Write("txt", call, without), "Is it yours?\nNo.\nI see.\n");
  EXPECT_EQ(Write("tsv", call, without),
            "start\tend\ttext\n0\t2000\tIs it yours?\n500\t2000\tNo.\n5000\t6000\tI see.\n");
  EXPECT_EQ(Write("vtt", call, without).find("<v"), std::string::npos);
}

TEST(Writers, CloseAVoiceBehindItsLastLine) {
  Transcript call;
  call.channels = {{"a", "en", {}}};
  call.segments = {MakeSegment(0, 5, " Nobody knew where he had gone that cold night.")};
  call.segments[0].channel = 0;
  EXPECT_EQ(Write("vtt", call, {}),
            "WEBVTT\n\n00:00.000 --> 00:05.000\n<v a>Nobody knew where he\n"
            "had gone that cold night.</v>\n\n");
}

TEST(Formats, HaveUniqueNamesAndExtensions) {
  std::set<std::string_view> seen;
  for (const OutputFormat& format : OutputFormats()) {
    EXPECT_TRUE(seen.insert(format.name).second) << format.name;
    EXPECT_TRUE(seen.insert(format.extension).second) << format.extension;
    EXPECT_EQ(FindOutputFormat(format.name), &format);
  }
  EXPECT_EQ(FindOutputFormat("docx"), nullptr);
}

}  // namespace
}  // namespace ironscribe::transcript
