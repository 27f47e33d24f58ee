#include "transcript/cues.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.h"
#include "transcript/cue_check.h"
#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

constexpr bool kLabels = true;

Segment MakeSegment(double start, double end, std::string text) {
  Segment segment;
  segment.start_seconds = start;
  segment.end_seconds = end;
  segment.text = std::move(text);
  return segment;
}

// A segment whose words each take `word_seconds`, with a pause of `pause_seconds` between them.
Segment Spoken(double start, double word_seconds, const std::string& text,
               double pause_seconds = 0) {
  Segment segment = MakeSegment(start, start, text);
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at + 1), text.size());
    Word word{text.substr(at, end - at), segment.end_seconds, segment.end_seconds + word_seconds,
              1};
    segment.end_seconds = word.end_seconds + pause_seconds;
    segment.words.push_back(std::move(word));
    at = end;
  }
  segment.end_seconds -= pause_seconds;
  return segment;
}

Transcript English(std::vector<Segment> segments) {
  Transcript transcript;
  transcript.language = "en";
  transcript.segments = std::move(segments);
  return transcript;
}

// "0-1000 first line/second line": one string a cue.
std::vector<std::string> Show(const std::vector<Cue>& cues) {
  std::vector<std::string> shown;
  for (const Cue& cue : cues) {
    std::string text = std::to_string(cue.start_ms) + "-" + std::to_string(cue.end_ms);
    for (size_t i = 0; i < cue.lines.size(); ++i)
      text += (i == 0 ? " " : "/") + LabelledText(cue.lines[i]);
    shown.push_back(text);
  }
  return shown;
}

using Shown = std::vector<std::string>;

Shown Cues(std::vector<Segment> segments, const CueRules& rules = {}) {
  return Show(MakeCues(English(std::move(segments)), rules, kLabels));
}

TEST(MakeCues, KeepsOneShortSentence) {
  EXPECT_EQ(Cues({Spoken(1, 0.5, " Ask not what.")}), Shown{"1000-2500 Ask not what."});
  EXPECT_EQ(Cues({}), Shown{});
  EXPECT_EQ(Cues({MakeSegment(0, 1, " ")}), Shown{});
}

TEST(MakeCues, EndsCuesWhereSentencesEnd) {
  EXPECT_EQ(Cues({Spoken(0, 0.4,
                         " Nobody knew where he had gone that night. It was not the first "
                         "time he had left.")}),
            (Shown{"0-3116 Nobody knew where he had gone that night.",
                   "3200-6800 It was not the first time he had left."}));
}

TEST(MakeCues, LetsShortSentencesShareACue) {
  EXPECT_EQ(Cues({Spoken(0, 0.3, " Yes. I know. He left.")}),
            Shown{"0-1500 Yes. I know. He left."});
}

TEST(MakeCues, CutsAtPauses) {
  EXPECT_EQ(Cues({Spoken(0, 0.5, " one two"), Spoken(3, 0.5, " three four")}),
            (Shown{"0-1000 one two", "3000-4000 three four"}));
  CueRules patient;
  patient.pause_seconds = 3;
  EXPECT_EQ(Cues({Spoken(0, 0.5, " one two"), Spoken(2, 0.5, " three four")}, patient),
            Shown{"0-3000 one two three four"});
}

TEST(MakeCues, StaysLongEnoughToBeRead) {
  // Spoken in 0.2 s; the next comes after 3 s.
  EXPECT_EQ(Cues({Spoken(0, 0.2, " Yes."), Spoken(3, 0.5, " Then he left.")}),
            (Shown{"0-1000 Yes.", "3000-4500 Then he left."}));
  // 30 columns in 0.5 s: 1.5 s to read them.
  EXPECT_EQ(Cues({Spoken(0, 0.1, " Extraordinary circumstances ok.")}),
            Shown{"0-1550 Extraordinary circumstances ok."});
}

TEST(MakeCues, ClosesGapsThatWouldFlicker) {
  const Shown cues = Cues({Spoken(0, 0.5, " He left the house at noon."),
                           Spoken(3.3, 0.5, " Nobody saw him there again after that.")});
  EXPECT_EQ(cues[0], "0-3216 He left the house at noon.");
}

TEST(MakeCues, NeverLastsLongerThanAllowed) {
  EXPECT_EQ(Cues({MakeSegment(0, 20, " Word")}), Shown{"0-7000 Word"});
  CueRules rules;
  rules.max_seconds = 2;
  EXPECT_EQ(Cues({Spoken(0, 1, " one two three")}, rules),
            (Shown{"0-1916 one two", "2000-3000 three"}));
}

TEST(MakeCues, KeepsItsOrderWhateverTheTimes) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Transcript transcript =
      English({MakeSegment(5, 6, " A."), MakeSegment(1, 2, " B."), MakeSegment(nan, -1, " C."),
               MakeSegment(1e300, 0, " D.")});
  std::string text;
  int64_t previous_end_ms = -84;
  for (const Cue& cue : MakeCues(transcript, {}, kLabels)) {
    EXPECT_GE(cue.start_ms, previous_end_ms + 84);
    EXPECT_GT(cue.end_ms, cue.start_ms);
    previous_end_ms = cue.end_ms;
    for (const CueLine& line : cue.lines) text += line.text + " ";
  }
  EXPECT_EQ(text, "A. B. C. D. ");
}

Transcript Call(std::vector<Segment> agent, std::vector<Segment> customer) {
  Transcript transcript;
  transcript.channels = {{"agent", "en", {}}, {"customer", "en", {}}};
  for (Segment& segment : agent) segment.channel = 0;
  for (Segment& segment : customer) segment.channel = 1;
  transcript.segments = std::move(agent);
  transcript.segments.insert(transcript.segments.end(), customer.begin(), customer.end());
  return transcript;
}

TEST(MakeCues, LabelsChannelsAndLeavesRoomForTheLabel) {
  const Transcript call =
      Call({Spoken(0, 0.5, " How can I help you?")}, {Spoken(3, 0.5, " It broke.")});
  EXPECT_EQ(Show(MakeCues(call, {}, kLabels)),
            (Shown{"0-2916 agent: How can I help you?", "3000-4000 customer: It broke."}));
  EXPECT_EQ(Show(MakeCues(call, {}, !kLabels)),
            (Shown{"0-2916 How can I help you?", "3000-4000 It broke."}));
  // 38 columns fit one line without "agent: ", not with it.
  const Transcript full = Call({Spoken(0, 0.5, " Nobody knew where he had gone by night.")}, {});
  EXPECT_EQ(MakeCues(full, {}, kLabels)[0].lines.size(), 2u);
  EXPECT_EQ(MakeCues(full, {}, !kLabels)[0].lines.size(), 1u);
}

TEST(MakeCues, ShowsTwoThatSpeakAtOnceTogether) {
  const Transcript call =
      Call({Spoken(0, 0.5, " Is it yours?")}, {Spoken(0.5, 0.5, " No, it is not.")});
  EXPECT_EQ(Show(MakeCues(call, {}, kLabels)),
            Shown{"0-2500 agent: Is it yours?/customer: No, it is not."});
}

TEST(MakeCues, LetsACueBeReadBeforeTheOtherChannelsFollows) {
  CueRules one_line;
  one_line.max_lines = 1;
  const Transcript call =
      Call({Spoken(0, 0.5, " Is it yours?")}, {Spoken(0.5, 0.5, " No, it is not.")});
  EXPECT_EQ(Show(MakeCues(call, one_line, kLabels)),
            (Shown{"0-1000 agent: Is it yours?", "1084-2500 customer: No, it is not."}));
}

// There is time to read both once they are silent.
TEST(MakeCues, LetsAnAnswerBesideALongSentenceBeReadInFull) {
  const Transcript call = Call(
      {Spoken(0, 0.3,
              " We looked for the order that you placed on the third of May but found nothing.")},
      {Spoken(0.4, 0.3, " I have the number here with me.")});
  const std::vector<Cue> cues = MakeCues(call, {}, kLabels);
  EXPECT_TRUE(CheckCues(cues, {}).empty()) << testing::PrintToString(Show(cues));
}

// More text than anyone can read, but each cue is seen and none comes long after its words.
TEST(MakeCues, ShowsTwoThatNeverStopSpeakingAtOnce) {
  std::vector<Segment> agent;
  std::vector<Segment> customer;
  for (int i = 0; i < 12; ++i) {
    agent.push_back(Spoken(5 * i, 0.4, " The long day wanes and the slow moon climbs up."));
    customer.push_back(Spoken(5 * i + 0.7, 0.4, " Come, my friends, it is not too late for us."));
  }
  const std::vector<Cue> cues = MakeCues(Call(agent, customer), {}, kLabels);
  for (const CueViolation& violation : CheckCues(cues, {})) {
    EXPECT_EQ(violation.fault, CueFault::kTooFast) << DescribeViolation(violation, cues);
  }
  EXPECT_LT(cues.back().start_ms, 60'000 + 4'000);
}

// A transcript of random words with random times, some of them senseless.
class RandomTranscript {
 public:
  explicit RandomTranscript(uint64_t seed) : random_(seed) {}

  Transcript Make() {
    Transcript transcript;
    transcript.language = Below(2) == 0 ? "en" : "ja";
    const int num_channels = Below(3);
    for (int i = 0; i < num_channels; ++i) transcript.channels.push_back({"ch", "en", {}});
    for (int i = Below(12); i >= 0; --i) {
      transcript.segments.push_back(MakeOne());
      if (num_channels > 0) transcript.segments.back().channel = Below(num_channels);
    }
    return transcript;
  }

  int Below(int limit) { return static_cast<int>(random_.NextUnit() * limit); }

 private:
  Segment MakeOne() {
    static const char* const kWords[] = {
        " the",        " a",     " I",
        " house,",     " done.", " extraordinary",
        " Mr.",        "-made",  " and",
        "今日",        "は。",   "「今」",
        " 안녕",       " مرحبا", " e\u0301",
        "👩‍🚀", " done?", " ",
        " two ways",   "สวัสดี",   " Internationalisierungsbeauftragtenkonferenzen."};
    Segment segment;
    segment.start_seconds = seconds_;
    for (int i = Below(30); i >= 0; --i) {
      Word word{kWords[Below(static_cast<int>(std::size(kWords)))], seconds_, 0, 0.5f};
      if (Below(8) == 0) seconds_ += random_.NextUnit() * 4;
      word.start_seconds = seconds_;
      seconds_ += random_.NextUnit() * 0.8;
      word.end_seconds = seconds_;
      if (Below(60) == 0) word.start_seconds = random_.NextUnit() * 100;
      if (Below(60) == 0) word.end_seconds = std::numeric_limits<double>::quiet_NaN();
      segment.text += word.text;
      segment.words.push_back(std::move(word));
    }
    segment.end_seconds = seconds_;
    if (Below(3) == 0) segment.words.clear();
    if (Below(20) == 0) seconds_ = 0;
    return segment;
  }

  Random random_;
  double seconds_ = 0;
};

std::string WithoutSpaces(const std::string& text) {
  std::string dense = SingleLine(text);
  std::erase(dense, ' ');
  return dense;
}

CueRules RandomRules(RandomTranscript& random) {
  CueRules rules;
  rules.max_line_columns = kMinLineColumns + random.Below(60);
  rules.max_lines = 1 + random.Below(3);
  rules.max_columns_per_second = 5 + random.Below(30);
  rules.min_seconds = 0.2 * random.Below(10);
  rules.max_seconds = rules.min_seconds + 0.5 + random.Below(8);
  rules.gap_ms = random.Below(200);
  rules.pause_seconds = 0.1 + random.Below(3);
  return rules;
}

TEST(MakeCues, LosesNothingAndKeepsTheHardRulesOfAnyTranscript) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    RandomTranscript random(seed);
    const Transcript transcript = random.Make();
    const CueRules rules = seed % 2 == 0 ? CueRules{} : RandomRules(random);
    const std::vector<Cue> cues = MakeCues(transcript, rules, /*channel_labels=*/false);
    std::string expected, text;
    for (const Segment& segment : transcript.segments) expected += WithoutSpaces(segment.text);
    for (const Cue& cue : cues) {
      for (const CueLine& line : cue.lines) {
        text += WithoutSpaces(line.text);
        EXPECT_EQ(line.text, SingleLine(line.text));
      }
    }
    if (transcript.channels.empty()) {
      EXPECT_EQ(text, expected);
    } else {
      // Cues of channels are ordered by time, so only the bytes can be counted.
      std::sort(text.begin(), text.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(text, expected);
    }
    for (const CueViolation& violation : CheckCues(cues, rules)) {
      EXPECT_TRUE(violation.fault == CueFault::kTooFast || violation.fault == CueFault::kTooShort)
          << DescribeViolation(violation, cues);
    }
  }
}

// With time enough, there is no excuse.
TEST(MakeCues, BreaksNoRuleInUnhurriedSpeech) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (int i = 0; i < 200; ++i) {
      text += " " + std::string(2 + random.Next() % 9, 'w');
      if (random.Next() % 8 == 0) text += random.Next() % 2 == 0 ? "." : ",";
    }
    // 12 columns a word at most, 0.62 s each: below 20 a second.
    const std::vector<Cue> cues = MakeCues(English({Spoken(0, 0.62, text)}), {}, kLabels);
    for (const CueViolation& violation : CheckCues(cues, {})) {
      ADD_FAILURE() << DescribeViolation(violation, cues);
    }
  }
}

struct Times {
  int64_t start_ms, end_ms;
  bool operator==(const Times&) const = default;
};

std::vector<Times> CueTimes(const std::vector<Segment>& segments) {
  std::vector<Times> times;
  for (const Cue& cue : MakeSegmentCues(English(segments), kLabels)) {
    times.push_back({cue.start_ms, cue.end_ms});
  }
  return times;
}

TEST(MakeSegmentCues, KeepsTimesThatDoNotOverlap) {
  EXPECT_EQ(CueTimes({MakeSegment(0, 1.5, "a"), MakeSegment(1.5, 2.0004, "b")}),
            (std::vector<Times>{{0, 1500}, {1500, 2000}}));
}

TEST(MakeSegmentCues, KeepsTheTextInOneLine) {
  const std::string text(500, 'x');
  const auto cues = MakeSegmentCues(English({MakeSegment(0, 1, " " + text)}), kLabels);
  ASSERT_EQ(cues.size(), 1u);
  ASSERT_EQ(cues[0].lines.size(), 1u);
  EXPECT_EQ(cues[0].lines[0].text, text);
}

TEST(MakeSegmentCues, ShortensACueThatReachesIntoTheNext) {
  EXPECT_EQ(CueTimes({MakeSegment(0, 5, "a"), MakeSegment(4, 8, "b")}),
            (std::vector<Times>{{0, 4000}, {4000, 8000}}));
}

TEST(MakeSegmentCues, MovesACueThatStartsBeforeItsPredecessor) {
  EXPECT_EQ(CueTimes({MakeSegment(3, 4, "a"), MakeSegment(1, 2, "b"), MakeSegment(3, 5, "c")}),
            (std::vector<Times>{{3000, 3001}, {3001, 3002}, {3002, 5000}}));
}

TEST(MakeSegmentCues, GivesEveryCueALength) {
  EXPECT_EQ(CueTimes({MakeSegment(2, 2, "a"), MakeSegment(2, 2, "b")}),
            (std::vector<Times>{{2000, 2001}, {2001, 2002}}));
}

TEST(MakeSegmentCues, LeavesOutSegmentsWithoutText) {
  EXPECT_EQ(CueTimes({MakeSegment(0, 9, " "), MakeSegment(1, 2, "b"), MakeSegment(2, 3, "\x07")}),
            (std::vector<Times>{{1000, 2000}}));
}

TEST(MakeSegmentCues, BoundsTimesThatMakeNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(CueTimes({MakeSegment(-3, nan, "a")}), (std::vector<Times>{{0, 1}}));
  EXPECT_EQ(CueTimes({MakeSegment(0, infinity, "a")}), (std::vector<Times>{{0, 36'000'000'000}}));
}

}  // namespace
}  // namespace ironscribe::transcript
