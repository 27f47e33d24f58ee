#include "apps/cli/transcribe_flags.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>
#include <tuple>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

const Folders kFolders = {.models = "/data/models",
                          .cache = "/cache",
                          .config_file = "/nowhere/config.yaml",
                          .temporary = "/tmp"};

Result<ParsedFlags> Parse(std::vector<std::string> arguments) {
  return ParseTranscribeFlags(arguments, kFolders);
}

TranscribeOptions ParseOk(std::vector<std::string> arguments) {
  const auto parsed = Parse(std::move(arguments));
  EXPECT_TRUE(parsed.ok()) << parsed.status().message();
  return parsed.ok() ? parsed->options : TranscribeOptions{};
}

TEST(TranscribeFlags, HasTheDocumentedDefaults) {
  const TranscribeOptions options = ParseOk({"a.wav"});
  EXPECT_EQ(options.inputs, (std::vector<std::string>{"a.wav"}));
  EXPECT_EQ(options.model, "base");
  EXPECT_EQ(options.models_folder, "/data/models");
  EXPECT_EQ(options.recognizer.cache_folder, "/cache");
  EXPECT_EQ(options.recognizer.compute, models::ComputeType::kInt8);
  ASSERT_EQ(options.formats.size(), 1u);
  EXPECT_EQ(options.formats[0]->name, "txt");
  EXPECT_TRUE(options.output_folder.empty());
  EXPECT_EQ(options.progress, ProgressMode::kAuto);
  EXPECT_EQ(options.decoding.temperatures.size(), 6u);
  EXPECT_TRUE(options.decoding.condition_on_previous_text);
  EXPECT_TRUE(std::isnan(options.decoding.length_penalty));
  EXPECT_EQ(options.decoding.suppress_tokens, (std::vector<int32_t>{-1}));
}

TEST(TranscribeFlags, TakesInputAndOutputFlags) {
  const TranscribeOptions options = ParseOk(
      {"a.wav",     "folder",  "-",          "--include", "*.wav",    "--include", "*.mp3",
       "--exclude", "old",     "--format",   "txt,json",  "--format", "srt",       "--output-dir",
       "out",       "--force", "--progress", "json",      "--quiet",  "--verbose"});
  EXPECT_EQ(options.inputs, (std::vector<std::string>{"a.wav", "folder", "-"}));
  EXPECT_EQ(options.include, (std::vector<std::string>{"*.wav", "*.mp3"}));
  EXPECT_EQ(options.exclude, (std::vector<std::string>{"old"}));
  ASSERT_EQ(options.formats.size(), 3u);
  EXPECT_EQ(options.formats[1]->name, "json");
  EXPECT_EQ(options.formats[2]->name, "srt");
  EXPECT_EQ(options.output_folder, "out");
  EXPECT_TRUE(options.force);
  EXPECT_EQ(options.progress, ProgressMode::kJson);
  EXPECT_TRUE(options.quiet);
  EXPECT_TRUE(options.verbose);
}

TEST(TranscribeFlags, TakesModelAndMachineFlags) {
  const TranscribeOptions options =
      ParseOk({"a.wav", "--model", "tiny", "--models-dir", "/m", "--cache-dir", "/c", "--compute",
               "bfloat16", "--threads", "3", "--batch-size", "4", "--cpu-level", "portable",
               "--alignment-heads", "1:2"});
  EXPECT_EQ(options.model, "tiny");
  EXPECT_EQ(options.models_folder, "/m");
  EXPECT_EQ(options.recognizer.cache_folder, "/c");
  EXPECT_EQ(options.recognizer.compute, models::ComputeType::kBFloat16);
  EXPECT_EQ(options.recognizer.num_threads, 3);
  EXPECT_EQ(options.recognizer.batch_size, 4);
  EXPECT_EQ(options.recognizer.cpu_level, CpuLevel::kPortable);
  EXPECT_EQ(options.recognizer.alignment_heads, "1:2");
}

TEST(TranscribeFlags, TakesRecognitionFlags) {
  const models::DecodingOptions decoding =
      ParseOk({"a.wav", "--language", "de", "--task", "translate", "--word-times", "--clip",
               "1:00-2:00", "--clip", "125-", "--initial-prompt", "a b", "--carry-prompt",
               "--no-condition-on-previous-text"})
          .decoding;
  EXPECT_EQ(decoding.language, "de");
  EXPECT_EQ(decoding.task, models::Task::kTranslate);
  EXPECT_TRUE(decoding.word_times);
  ASSERT_EQ(decoding.clips.size(), 2u);
  EXPECT_EQ(decoding.clips[0].start_seconds, 60);
  EXPECT_EQ(decoding.clips[0].end_seconds, 120);
  EXPECT_EQ(decoding.clips[1].start_seconds, 125);
  EXPECT_EQ(decoding.initial_prompt, "a b");
  EXPECT_TRUE(decoding.carry_prompt);
  EXPECT_FALSE(decoding.condition_on_previous_text);
}

TEST(TranscribeFlags, TakesSearchFlags) {
  const models::DecodingOptions decoding = ParseOk({"a.wav",
                                                    "--beam-size",
                                                    "5",
                                                    "--best-of",
                                                    "2",
                                                    "--patience",
                                                    "1.5",
                                                    "--length-penalty",
                                                    "0.6",
                                                    "--temperature",
                                                    "0,0.5",
                                                    "--compression-ratio-threshold",
                                                    "2",
                                                    "--logprob-threshold",
                                                    "-0.5",
                                                    "--no-speech-threshold",
                                                    "off",
                                                    "--suppress-tokens",
                                                    "-1,7",
                                                    "--seed",
                                                    "18446744073709551615"})
                                               .decoding;
  EXPECT_EQ(decoding.beam_size, 5);
  EXPECT_EQ(decoding.best_of, 2);
  EXPECT_EQ(decoding.patience, 1.5f);
  EXPECT_EQ(decoding.length_penalty, 0.6f);
  EXPECT_EQ(decoding.temperatures, (std::vector<float>{0, 0.5f}));
  EXPECT_EQ(decoding.compression_ratio_threshold, 2);
  EXPECT_EQ(decoding.log_probability_threshold, -0.5f);
  EXPECT_TRUE(std::isnan(decoding.no_speech_threshold));
  EXPECT_EQ(decoding.suppress_tokens, (std::vector<int32_t>{-1, 7}));
  EXPECT_EQ(decoding.seed, ~uint64_t{0});
}

TEST(TranscribeFlags, TakesFinishingFlags) {
  const TestFolder folder;
  const std::string list = folder.Write("list.txt", "PROJECT = blue heron\n").string();
  const std::string words = folder.Write("words.txt", "flipping\n").string();
  EXPECT_FALSE(ParseOk({"a.wav"}).finishing.changes_text());
  const finishing::FinishingOptions options =
      ParseOk({"a.wav", "--redact", "email,ssn", "--redact", "iban", "--redact-list", list,
               "--profanity-list", words, "--numbers", "words", "--no-punctuation",
               "--no-verbatim"})
          .finishing;
  EXPECT_EQ(options.redact, (std::vector<text::PiiType>{text::PiiType::kEmail, text::PiiType::kSsn,
                                                        text::PiiType::kIban}));
  EXPECT_EQ(options.redaction_list, (finishing::NamedList{list, "PROJECT = blue heron\n"}));
  EXPECT_EQ(options.profanity_list.text, "flipping\n");
  EXPECT_TRUE(options.mask_profanity);
  EXPECT_EQ(options.numbers, finishing::Numbers::kWords);
  EXPECT_FALSE(options.keeps_punctuation);
  EXPECT_FALSE(options.keeps_fillers);
  EXPECT_EQ(ParseOk({"a.wav", "--redact", "all"}).finishing.redact.size(), 7u);
  EXPECT_TRUE(ParseOk({"a.wav", "--mask-profanity"}).finishing.mask_profanity);
  const TranscribeOptions audio =
      ParseOk({"a.wav", "--redact", "all", "--redact-audio", "--output-dir", "out"});
  EXPECT_TRUE(audio.redact_audio);
  EXPECT_TRUE(audio.decoding.word_times);
}

TEST(TranscribeFlags, TakesFinishingFlagsFromElsewhere) {
  const TestFolder folder;
  const auto config = folder.Write("c.yaml",
                                   "transcribe:\n  redact: [email, ssn]\n  punctuation: false\n"
                                   "  numbers: digits\n");
  const finishing::FinishingOptions options =
      ParseOk({"a.wav", "--config", config.string()}).finishing;
  EXPECT_EQ(options.redact.size(), 2u);
  EXPECT_FALSE(options.keeps_punctuation);
  EXPECT_EQ(options.numbers, finishing::Numbers::kDigits);
  ASSERT_EQ(::setenv("IRONSCRIBE_REDACT", "email,iban", 1), 0);
  EXPECT_EQ(ParseOk({"a.wav"}).finishing.redact.size(), 2u);
  ASSERT_EQ(::setenv("IRONSCRIBE_REDACT", "names", 1), 0);
  const auto wrong = Parse({"a.wav"});
  ::unsetenv("IRONSCRIBE_REDACT");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.status().message().find("IRONSCRIBE_REDACT"), std::string::npos)
      << wrong.status().message();
}

// A script's unset variable, an empty file or list would give out what should be hidden.
TEST(TranscribeFlags, RefusesRedactionOfNothing) {
  const TestFolder folder;
  for (const char* variable : {"IRONSCRIBE_REDACT", "IRONSCRIBE_REDACT_LIST"}) {
    ASSERT_EQ(::setenv(variable, "", 1), 0);
    const auto parsed = Parse({"a.wav"});
    const auto typed = Parse({"a.wav", "--redact", "all", "--redact-list",
                              folder.Write("names.txt", "NAME = x\n").string()});
    ::unsetenv(variable);
    ASSERT_FALSE(parsed.ok()) << variable;
    EXPECT_NE(parsed.status().message().find(variable), std::string::npos);
    EXPECT_TRUE(typed.ok()) << typed.status().message();
  }
  for (const char* text : {"", "\n# NAME = x\n"}) {
    const auto parsed = Parse({"a.wav", "--redact-list", folder.Write("list.txt", text).string()});
    ASSERT_FALSE(parsed.ok());
    EXPECT_NE(parsed.status().message().find("has no entry"), std::string::npos);
  }
  const auto config = folder.Write("c.yaml", "transcribe:\n  redact: []\n");
  const auto parsed = Parse({"a.wav", "--config", config.string()});
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.status().message().find("redact is an empty list"), std::string::npos);
}

TEST(TranscribeFlags, RefusesWrongFinishingFlags) {
  const TestFolder folder;
  const std::string list = folder.Write("list.txt", "PROJECT = x\noops\n").string();
  for (const auto& [flag, value, message] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"--redact", "names", "unknown value 'names'; there are: all"},
           {"--redact", "", "--redact"},
           {"--redact-list", list, list + ", line 2"},
           {"--redact-list", "/nowhere/list", "--redact-list"},
           {"--redact-list", "", "--redact-list"},
           {"--profanity-list", "/nowhere/list", "--profanity-list"},
           {"--numbers", "roman", "--numbers: unknown value 'roman' (known: digits, words)"},
           {"--redact-audio", "--redact=all", "--redact-audio needs --output-dir"},
           {"--redact-audio", "--output-dir=out", "--redact-audio: needs --redact"},
           {"--numbers", "", "--numbers"}}) {
    const auto parsed = Parse({"a.wav", flag, value});
    ASSERT_FALSE(parsed.ok()) << flag << ' ' << value;
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(parsed.status().message().find(message), std::string::npos)
        << parsed.status().message();
  }
}

TEST(TranscribeFlags, OneTemperatureHasNoFallbackUnlessAnIncrementIsGiven) {
  EXPECT_EQ(ParseOk({"a.wav", "--temperature", "0"}).decoding.temperatures.size(), 1u);
  EXPECT_EQ(ParseOk({"a.wav", "--temperature-increment", "0.5"}).decoding.temperatures,
            (std::vector<float>{0, 0.5f, 1}));
}

TEST(TranscribeFlags, FlagsDoNotSwallowInputs) {
  const TranscribeOptions options =
      ParseOk({"--format", "txt", "a.wav", "--clip", "1-2", "b.wav", "--word-times", "c.wav"});
  EXPECT_EQ(options.inputs, (std::vector<std::string>{"a.wav", "b.wav", "c.wav"}));
}

TEST(TranscribeFlags, TakesInputsThatLookLikeFlagsAfterTheDashes) {
  EXPECT_EQ(ParseOk({"--", "--odd.wav"}).inputs, (std::vector<std::string>{"--odd.wav"}));
}

TEST(TranscribeFlags, ReferenceMeansFloat32) {
  EXPECT_EQ(ParseOk({"a.wav", "--reference"}).recognizer.compute, models::ComputeType::kFloat32);
  EXPECT_FALSE(Parse({"a.wav", "--reference", "--compute", "int8"}).ok());
  EXPECT_EQ(ParseOk({"a.wav"}).recognizer.batch_size, 8);
  EXPECT_EQ(ParseOk({"a.wav", "--reference"}).recognizer.batch_size, 1);
  EXPECT_EQ(ParseOk({"a.wav", "--reference", "--batch-size", "1"}).recognizer.batch_size, 1);
  EXPECT_FALSE(Parse({"a.wav", "--reference", "--batch-size", "4"}).ok());
}

TEST(TranscribeFlags, TakesSegmentationAndWindow) {
  const auto parse = [](std::vector<std::string> flags) {
    flags.insert(flags.begin(), "a.wav");
    return ParseOk(flags).decoding;
  };
  EXPECT_EQ(parse({}).segmentation, models::Segmentation::kSequential);
  EXPECT_EQ(parse({"--segmentation", "sequential"}).segmentation,
            models::Segmentation::kSequential);
  EXPECT_EQ(parse({"--segmentation", "fixed"}).segmentation, models::Segmentation::kFixed);
  EXPECT_EQ(parse({"--segmentation", "vad"}).segmentation, models::Segmentation::kVoiceActivity);
  EXPECT_FALSE(parse({}).fit_windows);
  EXPECT_FALSE(parse({"--window", "full"}).fit_windows);
  EXPECT_TRUE(parse({"--window=speech"}).fit_windows);
  const models::DecodingOptions both = parse({"--window", "speech", "--segmentation", "fixed"});
  EXPECT_TRUE(both.fit_windows);
  EXPECT_EQ(both.segmentation, models::Segmentation::kFixed);
}

TEST(TranscribeFlags, TakesLanguagesToDetect) {
  models::DecodingOptions decoding = ParseOk({"a.wav", "--language", "auto-segment"}).decoding;
  EXPECT_TRUE(decoding.language_per_segment);
  EXPECT_EQ(decoding.language, "");
  EXPECT_TRUE(decoding.languages.empty());
  decoding = ParseOk({"a.wav", "--languages", "de,English", "--languages", "de"}).decoding;
  EXPECT_FALSE(decoding.language_per_segment);
  EXPECT_EQ(decoding.languages, (std::vector<std::string>{"de", "en"}));
  const auto wrong = Parse({"a.wav", "--languages", "de,xx"});
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.status().message().find("--languages: unknown language 'xx'"), std::string::npos)
      << wrong.status().message();
}

TEST(TranscribeFlags, TakesWhatCountsAsSpeech) {
  const models::DecodingOptions standard = ParseOk({"a.wav"}).decoding;
  EXPECT_TRUE(standard.guard);
  EXPECT_FALSE(standard.speech.max_speech_ms.has_value());
  const models::DecodingOptions all =
      ParseOk({"a.wav", "--guard", "off", "--vad-threshold", "0.6", "--vad-negative-threshold",
               "0.2", "--vad-min-speech-ms", "100", "--vad-min-silence-ms", "300",
               "--vad-padding-ms", "50", "--vad-max-speech-ms", "9000"})
          .decoding;
  EXPECT_FALSE(all.guard);
  EXPECT_FLOAT_EQ(all.speech.threshold, 0.6f);
  EXPECT_FLOAT_EQ(all.speech.negative_threshold.value(), 0.2f);
  EXPECT_EQ(all.speech.min_speech_ms, 100);
  EXPECT_EQ(all.speech.min_silence_ms, 300);
  EXPECT_EQ(all.speech.padding_ms, 50);
  EXPECT_EQ(all.speech.max_speech_ms, 9000);
}

TEST(TranscribeFlags, TakesSubtitleFlags) {
  const transcript::WriteOptions defaults = ParseOk({"a.wav"}).write;
  EXPECT_EQ(defaults.cues, transcript::CueStyle::kRules);
  EXPECT_EQ(defaults.cue_rules.max_line_columns, 42);
  EXPECT_EQ(defaults.cue_rules.max_lines, 2);
  EXPECT_EQ(defaults.cue_rules.max_columns_per_second, 20);
  EXPECT_EQ(defaults.cue_rules.min_seconds, 1);
  EXPECT_EQ(defaults.cue_rules.max_seconds, 7);
  EXPECT_EQ(defaults.cue_rules.gap_ms, 84);
  const transcript::WriteOptions options =
      ParseOk({"a.wav", "--cues", "segments", "--max-line-width", "36", "--max-lines", "3",
               "--max-reading-speed", "12.5", "--min-cue-seconds", "0.8", "--max-cue-seconds", "6",
               "--cue-gap-ms", "120", "--cue-pause-seconds", "0.7"})
          .write;
  EXPECT_EQ(options.cues, transcript::CueStyle::kSegments);
  EXPECT_EQ(options.cue_rules.max_line_columns, 36);
  EXPECT_EQ(options.cue_rules.max_lines, 3);
  EXPECT_EQ(options.cue_rules.max_columns_per_second, 12.5);
  EXPECT_EQ(options.cue_rules.min_seconds, 0.8);
  EXPECT_EQ(options.cue_rules.max_seconds, 6);
  EXPECT_EQ(options.cue_rules.gap_ms, 120);
  EXPECT_EQ(options.cue_rules.pause_seconds, 0.7);
}

TEST(TranscribeFlags, TakesChannels) {
  EXPECT_FALSE(ParseOk({"a.wav"}).split_channels);
  EXPECT_FALSE(ParseOk({"a.wav", "--channels", "mix"}).split_channels);
  const TranscribeOptions split = ParseOk({"a.wav", "--channels", "split"});
  EXPECT_TRUE(split.split_channels);
  EXPECT_TRUE(split.channel_names.empty());
  EXPECT_TRUE(split.write.channel_labels);
  const TranscribeOptions named =
      ParseOk({"a.wav", "--channels", "split", "--channel-names", "agent, the customer"});
  EXPECT_EQ(named.channel_names, (std::vector<std::string>{"agent", "the customer"}));
  EXPECT_TRUE(named.write.channel_labels);
  const TranscribeOptions none =
      ParseOk({"a.wav", "--channels", "split", "--channel-names", "none"});
  EXPECT_TRUE(none.channel_names.empty());
  EXPECT_FALSE(none.write.channel_labels);
}

TEST(TranscribeFlags, SubtitlesWantWordTimesUnlessToldNotTo) {
  const auto word_times = [](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"a.wav", "--output-dir", "out"});
    return ParseOk(flags).decoding.word_times;
  };
  EXPECT_FALSE(word_times({}));
  EXPECT_FALSE(word_times({"--format", "json,tsv,txt"}));
  EXPECT_TRUE(word_times({"--format", "json", "--word-times"}));
  EXPECT_TRUE(word_times({"--format", "txt,srt"}));
  EXPECT_TRUE(word_times({"--format", "vtt"}));
  EXPECT_FALSE(word_times({"--format", "srt", "--no-word-times"}));
  EXPECT_FALSE(word_times({"--format", "srt", "--cues", "segments"}));
  EXPECT_TRUE(word_times({"--format", "srt", "--cues", "segments", "--word-times"}));
  EXPECT_FALSE(word_times({"--format", "srt", "--reference"}));
}

TEST(TranscribeFlags, TheReferenceTakesNoSegmentationAndNoWindow) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--segmentation", "fixed"},
                                             {"--window", "speech"},
                                             {"--window", "speech", "--segmentation", "fixed"}}) {
    std::vector<std::string> arguments = {"a.wav", "--reference"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const auto parsed = Parse(arguments);
    ASSERT_FALSE(parsed.ok()) << flags[1];
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
    for (const char* part : {"--reference", "--segmentation sequential", "--window full"}) {
      EXPECT_NE(parsed.status().message().find(part), std::string::npos)
          << parsed.status().message();
    }
  }
  // Said twice is no contradiction.
  EXPECT_TRUE(ParseOk({"a.wav", "--reference", "--segmentation", "sequential", "--window", "full"})
                  .decoding.reference);
}

struct Mistake {
  std::vector<std::string> arguments;
  const char* message;
};

void ExpectRefused(const std::vector<Mistake>& mistakes) {
  for (const Mistake& test : mistakes) {
    const auto parsed = Parse(test.arguments);
    ASSERT_FALSE(parsed.ok()) << test.message;
    EXPECT_NE(parsed.status().message().find(test.message), std::string::npos)
        << parsed.status().message() << "\nshould hold: " << test.message;
  }
}

TEST(TranscribeFlags, NamesTheFlagOfAMistake) {
  ExpectRefused({
      {{}, "no input"},
      {{"a.wav", "--lang", "de"}, "unknown flag '--lang'; did you mean --language?"},
      {{"a.wav", "--beem-size=5"}, "unknown flag '--beem-size=5'; did you mean --beam-size?"},
      {{"a.wav", "--zzzzzzzzzzz"}, "unknown flag '--zzzzzzzzzzz'"},
      {{"a.wav", "--beam-size", "17"}, "--beam-size"},
      {{"a.wav", "--beam-size", "x"}, "--beam-size"},
      {{"a.wav", "--best-of", "0"}, "--best-of"},
      {{"a.wav", "--threads", "-1"}, "--threads"},
      {{"a.wav", "--batch-size", "0"}, "--batch-size"},
      {{"a.wav", "--seed", "-1"}, "--seed"},
      {{"a.wav", "--model"}, "--model"},
      {{"a.wav", "--compute", "int4"}, "--compute: "},
      {{"a.wav", "--cpu-level", "sse"}, "--cpu-level: unknown CPU level 'sse'; this machine has"},
      {{"a.wav", "--task", "translat"}, "--task: unknown value 'translat'; did you mean"},
      {{"a.wav", "--clip", "5-1"}, "--clip: '5-1' ends before it starts"},
      {{"a.wav", "--temperature", "hot"}, "--temperature: 'hot' is not a number"},
      {{"a.wav", "--temperature", "0,1", "--temperature-increment", "0.2"}, "--temperature: "},
      {{"a.wav", "--logprob-threshold", "low"}, "--logprob-threshold: "},
      {{"a.wav", "--suppress-tokens", "x"}, "--suppress-tokens: "},
      {{"a.wav", "--format", "docx"}, "--format: unknown value 'docx'"},
      {{"a.wav", "--format", "txt,srt"}, "several formats need --output-dir"},
      {{"a.wav", "--progress", "loud"}, "--progress: unknown value 'loud'"},
      {{"a.wav", "--segmentation", "fixd"}, "--segmentation: unknown value 'fixd'; did you mean"},
      {{"a.wav", "--segmentation", "pauses"}, "sequential"},
      {{"a.wav", "--segmentation", "pauses"}, "fixed"},
      {{"a.wav", "--segmentation", "pauses"}, "vad"},
      {{"a.wav", "--guard", "maybe"}, "--guard: unknown value 'maybe'"},
      {{"a.wav", "--vad-threshold", "1.5"}, "--vad-...: the speech threshold"},
      {{"a.wav", "--vad-threshold", "0.4", "--vad-negative-threshold", "0.5"}, "got 0.5"},
      {{"a.wav", "--vad-padding-ms", "-1"}, "padding of speech"},
      {{"a.wav", "--vad-max-speech-ms", "10"}, "the maximum speech"},
      {{"a.wav", "--vad-min-silence-ms", "soon"}, "--vad-min-silence-ms"},
      {{"a.wav", "--segmentation", ""}, "--segmentation"},
      {{"a.wav", "--window", "short"}, "--window: unknown value 'short'"},
      {{"a.wav", "--window", "30"}, "full"},
      {{"a.wav", "--window", "30"}, "speech"},
      {{"a.wav", "--config", "/nowhere.yaml"}, "/nowhere.yaml"},
  });
}

TEST(TranscribeFlags, NamesTheFlagOfAMistakeAboutSubtitlesAndChannels) {
  ExpectRefused({
      {{"a.wav", "--cues", "segment"}, "--cues: unknown value 'segment'; did you mean 'segments'?"},
      {{"a.wav", "--max-line-width", "9"}, "--max-line-width"},
      {{"a.wav", "--max-lines", "0"}, "--max-lines"},
      {{"a.wav", "--channels", "both"}, "--channels: unknown value 'both'"},
      {{"a.wav", "--channel-names", "a,b"}, "--channel-names: names go with --channels split"},
      {{"a.wav", "--channels", "split", "--channel-names", "a,,b"}, "is not a list of names"},
      {{"a.wav", "--channels", "split", "--channel-names", ""},
       "--channel-names: the value is empty"},
      {{"a.wav", "--channels", "split", "--channel-names", "a\nb"}, "is not a list of names"},
      {{"a.wav", "--channels", "split", "--channel-names", "a,b,a"}, "'a' stands twice"},
      {{"a.wav", "--channels", "split", "--channel-names", std::string(33, 'x')}, "longer than 32"},
      {{"a.wav", "--channels", "split", "--channel-names", std::string(20, 'x'), "--format", "srt"},
       "fills more than half of a line of --max-line-width 42"},
      {{"a.wav", "--max-reading-speed", "0"}, "--max-reading-speed: 0 is not from 1 to 1000"},
      {{"a.wav", "--max-reading-speed", "nan"}, "--max-reading-speed: nan is not from"},
      {{"a.wav", "--min-cue-seconds", "-1"}, "--min-cue-seconds: -1 is not from 0 to 60"},
      {{"a.wav", "--min-cue-seconds", "8"},
       "--min-cue-seconds: 8 is more than --max-cue-seconds 7"},
      {{"a.wav", "--max-cue-seconds", "inf"}, "--max-cue-seconds: inf is not from 0.1 to 60"},
      {{"a.wav", "--cue-gap-ms", "-1"}, "--cue-gap-ms"},
      {{"a.wav", "--cue-pause-seconds", "0"}, "--cue-pause-seconds: 0 is not from 0.1 to 60"},
  });
}

TEST(TranscribeFlags, CpuLevelsAreThoseOfTheMachine) {
  for (CpuLevel level : SupportedCpuLevels()) {
    const std::string name(CpuLevelName(level));
    EXPECT_EQ(ParseOk({"a.wav", "--cpu-level", name}).recognizer.cpu_level, level);
  }
  // No machine has the levels of two architectures.
  const char* missing = DetectCpuLevel() > CpuLevel::kAvx512 ? "avx2" : "neon_dot";
  const auto parsed = Parse({"a.wav", "--cpu-level", missing});
  ASSERT_FALSE(parsed.ok());
  EXPECT_TRUE(parsed.status().message().starts_with("--cpu-level: this machine cannot run"))
      << parsed.status().message();
  EXPECT_NE(parsed.status().message().find("it has portable"), std::string::npos);
}

TEST(TranscribeFlags, HelpShowsEveryFlagAndExamples) {
  const auto parsed = Parse({"--help"});
  ASSERT_TRUE(parsed.ok());
  for (const char* part : {"--beam-size", "--suppress-tokens", "--alignment-heads",
                           "Examples:", "ironscribe transcribe recordings/", "IRONSCRIBE_"}) {
    EXPECT_NE(parsed->help.find(part), std::string::npos) << part;
  }
  std::istringstream lines(parsed->help);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

// Sets an environment variable for the life of the object.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~ScopedVariable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST(TranscribeFlags, FlagsWinOverVariablesAndVariablesOverTheFile) {
  const TestFolder folder;
  const auto config = folder.Write("c.yaml",
                                   "transcribe:\n"
                                   "  model: from-file\n"
                                   "  beam-size: 2\n"
                                   "  best-of: 3\n"
                                   "  word-times: true\n"
                                   "  condition-on-previous-text: false\n"
                                   "  segmentation: fixed\n"
                                   "  max-line-width: 30\n"
                                   "  max-lines: 3\n"
                                   "  window: speech\n"
                                   "  clip: [1-2, 3-4]\n");
  const ScopedVariable file("IRONSCRIBE_CONFIG", config.c_str());
  const ScopedVariable model("IRONSCRIBE_MODEL", "from-variable");
  const ScopedVariable beam("IRONSCRIBE_BEAM_SIZE", "4");
  const ScopedVariable carry("IRONSCRIBE_CARRY_PROMPT", "1");
  const ScopedVariable format("IRONSCRIBE_FORMAT", "srt");
  const ScopedVariable window("IRONSCRIBE_WINDOW", "full");
  const ScopedVariable lines("IRONSCRIBE_MAX_LINES", "1");
  const TranscribeOptions options = ParseOk({"a.wav", "--model", "from-flag"});
  EXPECT_EQ(options.decoding.segmentation, models::Segmentation::kFixed);
  EXPECT_FALSE(options.decoding.fit_windows);
  EXPECT_EQ(options.model, "from-flag");
  EXPECT_EQ(options.decoding.beam_size, 4);
  EXPECT_EQ(options.decoding.best_of, 3);
  EXPECT_TRUE(options.decoding.word_times);
  EXPECT_TRUE(options.decoding.carry_prompt);
  EXPECT_FALSE(options.decoding.condition_on_previous_text);
  EXPECT_EQ(options.decoding.clips.size(), 2u);
  EXPECT_EQ(options.formats[0]->name, "srt");
  EXPECT_EQ(options.write.cue_rules.max_line_columns, 30);
  EXPECT_EQ(options.write.cue_rules.max_lines, 1);
}

TEST(TranscribeFlags, RefusesWrongValuesOfTheFileByItsName) {
  const TestFolder folder;
  for (const char* line :
       {"compute: int3", "patience: 0", "clip: [5-1]", "language: elvish", "format: docx",
        "temperature: hot", "output-dir: ''", "segmentation: pauses", "window: short", "cues: none",
        "max-cue-seconds: 0"}) {
    const auto config = folder.Write("c.yaml", std::string("transcribe:\n  ") + line + "\n");
    const auto parsed = Parse({"a.wav", "--config", config.string()});
    ASSERT_FALSE(parsed.ok()) << line;
    EXPECT_NE(parsed.status().message().find("configuration '" + config.string()),
              std::string::npos)
        << parsed.status().message();
  }
  // What was typed, or came from a variable, is not the file's fault.
  const auto config = folder.Write("c.yaml", "transcribe:\n  compute: int8\n");
  const auto typed = Parse({"a.wav", "--config", config.string(), "--compute", "int3"});
  ASSERT_FALSE(typed.ok());
  EXPECT_EQ(typed.status().message().find("configuration"), std::string::npos)
      << typed.status().message();
  const ScopedVariable variable("IRONSCRIBE_COMPUTE", "int3");
  const auto set = Parse({"a.wav", "--config", config.string()});
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.status().message().find("configuration"), std::string::npos)
      << set.status().message();
}

TEST(TranscribeFlags, RefusesWrongVariablesByName) {
  for (const auto& [variable, value] :
       std::vector<std::pair<const char*, const char*>>{{"IRONSCRIBE_BEAM_SIZE", "many"},
                                                        {"IRONSCRIBE_COMPUTE", "int3"},
                                                        {"IRONSCRIBE_PATIENCE", "0"},
                                                        {"IRONSCRIBE_SEGMENTATION", "pauses"},
                                                        {"IRONSCRIBE_WINDOW", "short"}}) {
    const ScopedVariable scoped(variable, value);
    const auto parsed = Parse({"a.wav"});
    ASSERT_FALSE(parsed.ok()) << variable;
    EXPECT_NE(parsed.status().message().find(variable), std::string::npos)
        << parsed.status().message();
  }
  // What was typed is not the variable's fault.
  const ScopedVariable format("IRONSCRIBE_FORMAT", "srt");
  for (const std::vector<std::string>& typed :
       {std::vector<std::string>{"--format", "doc"}, {"--format=doc"}, {"-f", "doc"}}) {
    std::vector<std::string> arguments = {"a.wav"};
    arguments.insert(arguments.end(), typed.begin(), typed.end());
    const auto parsed = Parse(arguments);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.status().message().find("IRONSCRIBE_FORMAT"), std::string::npos)
        << parsed.status().message();
  }
}

TEST(TranscribeFlags, RefusesValuesOutOfRangeByName) {
  const std::vector<std::vector<std::string>> kCases = {
      {"--patience", "0"},
      {"--patience", "nan"},
      {"--patience", "17"},
      {"--patience", "0.4", "--beam-size", "1"},
      {"--length-penalty", "-1"},
      {"--length-penalty", "nan"},
      {"--length-penalty", "1.5"},
      {"--temperature", "5"},
      {"--temperature", ""},
      {"--temperature", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"},
      {"--clip", "0-10", "--clip", "5-15"},
      {"--clip", "20-30", "--clip", "5-15"},
      {"--alignment-heads", "1"},
      {"--alignment-heads", "1:2,"},
      {"--alignment-heads", "1:-2"},
      {"--alignment-heads", "x"},
      {"--seed", "99999999999999999999999"},
      {"--seed", "-1"},
      {"--output-dir", ""},
      {"--model", "a", "--model", "b"},
      {"--language", "xx"},
  };
  for (std::vector<std::string> arguments : kCases) {
    const std::string flag = arguments[0];
    arguments.insert(arguments.begin(), "a.wav");
    const auto parsed = Parse(arguments);
    ASSERT_FALSE(parsed.ok()) << flag << ' ' << arguments[2];
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(parsed.status().message().find(flag), std::string::npos) << parsed.status().message();
  }
}

TEST(TranscribeFlags, TakesTheEndsOfTheRanges) {
  const TranscribeOptions options = ParseOk(
      {"a.wav", "--patience", "16", "--length-penalty", "1", "--temperature", "2", "--clip", "0-10",
       "--clip", "10-15", "--alignment-heads", "0:0,3:12", "--seed", "18446744073709551615"});
  EXPECT_EQ(options.decoding.seed, 18446744073709551615u);
  EXPECT_EQ(options.decoding.clips.size(), 2u);
}

TEST(TranscribeFlags, LanguageAutoDetects) {
  EXPECT_EQ(ParseOk({"a.wav", "--language", "auto"}).decoding.language, "");
}

TEST(TranscribeFlags, RefusesWrongConfigurations) {
  const TestFolder folder;
  const struct {
    const char *yaml, *message;
  } kCases[] = {
      {"transcribe:\n  beem-size: 2\n", "unknown flag 'beem-size'; did you mean --beam-size?"},
      {"transcribe:\n  beam-size: x\n", "--beam-size"},
      {"transcribe:\n  beam-size: 99\n", "--beam-size"},
      {"transcribe:\n  help: true\n", "unknown flag 'help'"},
      {"transcribe:\n  model: [a, b]\n", "--model"},
      {"transcribe:\n  clip: 9-1\n", "--clip"},
  };
  for (const auto& test : kCases) {
    const auto config = folder.Write("c.yaml", test.yaml);
    const auto parsed = Parse({"a.wav", "--config", config.string()});
    ASSERT_FALSE(parsed.ok()) << test.yaml;
    EXPECT_NE(parsed.status().message().find(test.message), std::string::npos)
        << parsed.status().message();
  }
}

TEST(TranscribeFlags, ReadsTheUsersOwnConfigurationWhenThereIsOne) {
  const TestFolder folder;
  Folders folders = kFolders;
  folders.config_file = folder.Write("config.yaml", "transcribe:\n  model: mine\n");
  const auto parsed = ParseTranscribeFlags({"a.wav"}, folders);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->options.model, "mine");
}

}  // namespace
}  // namespace ironscribe::cli
