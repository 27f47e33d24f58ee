#include "finishing/finisher.h"

#include <gtest/gtest.h>

#include "transcript/writers.h"

namespace ironscribe::finishing {
namespace {

using transcript::Segment;
using transcript::Transcript;

// Each inner list is a segment of words, one second each.
Transcript Spoken(const std::vector<std::vector<std::string>>& segments) {
  Transcript transcript;
  transcript.language = "en";
  double now = 0;
  for (const auto& words : segments) {
    Segment segment;
    segment.id = static_cast<int>(transcript.segments.size());
    segment.start_seconds = now;
    segment.tokens = {50, 51};
    segment.average_log_probability = -0.25f;
    segment.compression_ratio = 1.25f;
    for (const std::string& word : words) {
      segment.words.push_back({word, now, now + 1, 0.75f});
      segment.text += word;
      now += 1;
    }
    segment.end_seconds = now;
    transcript.text += segment.text;
    transcript.segments.push_back(std::move(segment));
  }
  transcript.duration_seconds = now;
  return transcript;
}

FinishingOptions RedactAll() {
  FinishingOptions options;
  options.redact = text::ParsePiiTypes(std::vector<std::string>{"all"}).value();
  return options;
}

FinishingReport Finish(const FinishingOptions& options, Transcript& transcript) {
  const auto finisher = Finisher::Create(options);
  EXPECT_TRUE(finisher.ok()) << finisher.status().message();
  return finisher.ok() ? (*finisher)->Finish(transcript) : FinishingReport{};
}

std::string EveryFormat(const Transcript& transcript) {
  std::string all;
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    all += format.write(transcript, {});
  }
  return all;
}

TEST(Finisher, LeavesNoTraceInAnyFormat) {
  const std::vector<std::vector<std::vector<std::string>>> recordings = {
      // In figures, over a segment's end.
      {{" Card", " 4111", " 1111"}, {" 1111", " 1111,", " thanks."}, {" Bye."}},
      // Dictated, over three segments, one of them nothing else.
      {{" It's", " four", " one", " one", " one", " one", " one"},
       {" one", " one", " one", " one"},
       {" one", " one", " one", " one", " one", " one.", " Bye."}},
  };
  for (const auto& recording : recordings) {
    for (const bool with_words : {true, false}) {
      Transcript transcript = Spoken(recording);
      if (!with_words) {
        for (Segment& segment : transcript.segments) segment.words.clear();
      }
      const FinishingReport report = Finish(RedactAll(), transcript);
      const std::string written = EveryFormat(transcript);
      for (const char* secret : {"4111", "1111", "four", "one "}) {
        EXPECT_EQ(written.find(secret), std::string::npos) << secret << " in\n" << written;
      }
      EXPECT_NE(written.find("[CARD_NUMBER]"), std::string::npos);
      EXPECT_EQ(written.find(", thanks"), std::string::npos);
      EXPECT_NE(written.find("Bye."), std::string::npos);
      EXPECT_EQ(report.redacted.at("CARD_NUMBER"), 1);
    }
  }
}

TEST(Finisher, KeepsTimesAndWhatWasNotRedacted) {
  Transcript transcript = Spoken({{" Call", " 212-555-0123", " now."}, {" I", " wait."}});
  const FinishingReport report = Finish(RedactAll(), transcript);
  EXPECT_EQ(transcript.text, " Call [PHONE_NUMBER] now. I wait.");
  const Segment& first = transcript.segments[0];
  ASSERT_EQ(first.words.size(), 3u);
  EXPECT_EQ(first.words[1].text, " [PHONE_NUMBER]");
  EXPECT_EQ(first.words[1].start_seconds, 1);
  EXPECT_EQ(first.words[1].end_seconds, 2);
  EXPECT_EQ(first.words[1].probability, 0);
  EXPECT_EQ(first.words[2].probability, 0.75f);
  EXPECT_TRUE(first.tokens.empty());
  EXPECT_EQ(transcript.segments[1].tokens.size(), 2u);
  EXPECT_EQ(transcript.segments[1].average_log_probability, -0.25f);
  ASSERT_EQ(report.spans.size(), 1u);
  EXPECT_EQ(report.spans[0].start_seconds, 1);
  EXPECT_EQ(report.spans[0].end_seconds, 2);
  EXPECT_EQ(report.spans[0].label, "PHONE_NUMBER");
}

TEST(Finisher, TellsWholeSegmentsWithoutWordTimes) {
  Transcript transcript = Spoken({{" a", " b"}, {" mail", " a@example.com"}});
  for (Segment& segment : transcript.segments) segment.words.clear();
  const FinishingReport report = Finish(RedactAll(), transcript);
  ASSERT_EQ(report.spans.size(), 1u);
  EXPECT_EQ(report.spans[0].start_seconds, 2);
  EXPECT_GE(report.spans[0].end_seconds, 4);
}

// Word times end early: what is spoken behind them must be silent too.
TEST(Finisher, SilencesUpToTheWordsThatAreKept) {
  Transcript transcript = Spoken({{" Call", " 212-555-0123", " now."}, {" Or", " a@example.com"}});
  transcript.segments[0].words[0].end_seconds = 0.6;
  transcript.segments[0].words[1].end_seconds = 1.4;
  transcript.segments[0].words[2].start_seconds = 2.5;
  const FinishingReport report = Finish(RedactAll(), transcript);
  ASSERT_EQ(report.spans.size(), 2u);
  EXPECT_EQ(report.spans[0].start_seconds, 0.6);
  EXPECT_EQ(report.spans[0].end_seconds, 2.5);
  EXPECT_FALSE(report.spans[0].is_implausibly_short);
  // Nothing is kept behind it.
  EXPECT_GT(report.spans[1].end_seconds, 1e9);
  EXPECT_EQ(report.spans[1].label, "EMAIL");
}

// What one side dictates while the other says "mhm".
TEST(Finisher, FollowsEachChannelOnItsOwn) {
  Transcript transcript =
      Spoken({{" It's", " 4111", " 1111"}, {" mhm", " 12"}, {" 1111", " 1111."}});
  transcript.channels = {{"a", "en", {}}, {"b", "fr", {}}};
  for (Segment& segment : transcript.segments) segment.channel = 0;
  transcript.segments[1].channel = 1;
  FinishingOptions options = RedactAll();
  options.numbers = Numbers::kWords;
  const FinishingReport report = Finish(options, transcript);
  EXPECT_EQ(transcript.segments[0].text, " It's [CARD_NUMBER]");
  EXPECT_EQ(transcript.segments[1].text, " mhm 12");  // French.
  EXPECT_EQ(transcript.segments[2].text, "");
  EXPECT_EQ(EveryFormat(transcript).find("1111"), std::string::npos);
  EXPECT_TRUE(report.skipped_english_rules);
}

TEST(Finisher, RedactsATextWithoutSegments) {
  Transcript transcript;
  transcript.text = "mail a@example.com";
  Finish(RedactAll(), transcript);
  EXPECT_EQ(transcript.text, "mail [EMAIL]");
}

TEST(Finisher, DropsWordsThatHoldWhatTheTextDoesNot) {
  Transcript transcript = Spoken({{" mail", " a@example.com"}});
  transcript.segments[0].text = " mail him";
  Finish(RedactAll(), transcript);
  EXPECT_EQ(EveryFormat(transcript).find("example"), std::string::npos);
}

// Compiles as long as these are all members. Whoever adds one decides whether it tells what was
// said, clears it in EditSegment if so, and adds it here.
TEST(Finisher, KnowsAllMembersOfSegmentsAndWords) {
  const Segment segment;
  const auto& [id, channel, seek, start, end, text, tokens, temperature, log_probability,
               compression, no_speech, words, language] = segment;
  const transcript::Word word;
  const auto& [word_text, word_start, word_end, probability, confidence] = word;
  EXPECT_TRUE(text.empty() && tokens.empty() && words.empty() && word_text.empty() &&
              language.empty());
  EXPECT_EQ(channel, transcript::kNoChannel);
  EXPECT_EQ(id + seek, 0);
  EXPECT_EQ(start + end + temperature + log_probability + compression + no_speech, 0);
  EXPECT_EQ(word_start + word_end + probability, 0);
  EXPECT_EQ(confidence, transcript::kNoConfidence);
}

TEST(Finisher, WritesNumbersPunctuationFillersAndMasks) {
  Transcript transcript =
      Spoken({{" Um,", " twenty", " five", " fucking", " dollars,", " right?"}});
  FinishingOptions options;
  options.numbers = Numbers::kDigits;
  options.keeps_punctuation = false;
  options.keeps_fillers = false;
  options.mask_profanity = true;
  const FinishingReport report = Finish(options, transcript);
  EXPECT_EQ(transcript.text, " 25 f****** dollars right");
  EXPECT_FALSE(report.skipped_english_rules);
}

TEST(Finisher, WritesNumbersBothWays) {
  Transcript digits = Spoken({{" twenty", " five", " dollars,", " please."}});
  FinishingOptions options;
  options.numbers = Numbers::kDigits;
  Finish(options, digits);
  EXPECT_EQ(digits.text, " $25, please.");
  ASSERT_EQ(digits.segments[0].words.size(), 2u);
  EXPECT_EQ(digits.segments[0].words[0].end_seconds, 3);
  options.numbers = Numbers::kWords;
  Finish(options, digits);
  EXPECT_EQ(digits.text, " twenty-five dollars, please.");
  EXPECT_EQ(digits.segments[0].words.size(), 3u);
}

TEST(Finisher, LeavesNumbersOfOtherLanguages) {
  Transcript transcript = Spoken({{" six", " d'un", " coup,", " um"}});
  transcript.language = "fr";
  FinishingOptions options;
  options.numbers = Numbers::kDigits;
  options.keeps_fillers = false;
  EXPECT_TRUE(Finish(options, transcript).skipped_english_rules);
  EXPECT_EQ(transcript.text, " six d'un coup, um");
}

TEST(Finisher, FollowsTheLanguageOfEachSegment) {
  Transcript transcript = Spoken({{" twenty", " five"}, {" six", " coups"}});
  transcript.segments[1].language = "fr";
  FinishingOptions options;
  options.numbers = Numbers::kDigits;
  EXPECT_TRUE(Finish(options, transcript).skipped_english_rules);
  EXPECT_EQ(transcript.text, " 25 six coups");
}

TEST(Finisher, TakesUsersLists) {
  FinishingOptions options;
  options.redaction_list = {"mine", "PROJECT = blue heron"};
  options.mask_profanity = true;
  options.profanity_list = {"words", "flipping"};
  Transcript transcript = Spoken({{" Flipping", " Blue"}, {" heron", " again."}});
  Finish(options, transcript);
  EXPECT_EQ(transcript.text, " F******* [PROJECT] again.");
  // Matches that begin with the punctuation behind others.
  options.redaction_list.text = "A ~ x y\nB ~ , z";
  Transcript close = Spoken({{" x"}, {" y,", " z"}});
  Finish(options, close);
  EXPECT_EQ(close.text, " [A][B]");
  options.redaction_list.text = "blue heron";
  EXPECT_FALSE(Finisher::Create(options).ok());
}

TEST(Finisher, DoesNothingUnlessAsked) {
  const FinishingOptions options;
  EXPECT_FALSE(options.changes_text());
  Transcript transcript = Spoken({{" Um,", " 4111111111111111"}});
  const std::string before = EveryFormat(transcript);
  Finish(options, transcript);
  EXPECT_EQ(EveryFormat(transcript), before);
}

}  // namespace
}  // namespace ironscribe::finishing
