#include "apps/cli/eval_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

struct Outcome {
  ExitCode code = ExitCode::kDone;
  std::string out;
  std::string err;
};

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Recordings of which the content is what the fake hears.
class EvalRun : public ::testing::Test {
 protected:
  Result<ParsedEvalFlags> Parse(std::vector<std::string> arguments) {
    Folders folders;
    folders.config_file = folder_.path() / "config.yaml";
    return ParseEvalFlags(arguments, folders);
  }

  TranscribeServices Services(std::ostream& out, std::ostream& err) {
    return {.open_model =
                [this](const TranscribeOptions& options) -> Result<std::unique_ptr<Transcriber>> {
              ++opened_models_;
              word_times_ = options.decoding.word_times;
              auto transcriber = std::make_unique<FakeTranscriber>();
              return std::unique_ptr<Transcriber>(std::move(transcriber));
            },
            .open_input = OpenFake,
            .open_channels = OpenFakeChannels,
            .standard_output = out,
            .standard_error = err,
            .console = {},
            .now_seconds = [] { return 0.0; }};
  }

  Outcome Run(std::vector<std::string> arguments) {
    const auto parsed = Parse(std::move(arguments));
    if (!parsed.ok()) return {ExitCode::kWrongUsage, "", parsed.status().message()};
    std::ostringstream out;
    std::ostringstream err;
    const ExitCode code = RunEval(parsed->options, Services(out, err), {}, {});
    return {code, out.str(), err.str()};
  }

  Outcome Compare(std::vector<std::string> arguments) {
    const auto parsed = ParseCompareFlags(arguments);
    if (!parsed.ok()) return {ExitCode::kWrongUsage, "", parsed.status().message()};
    std::ostringstream out;
    std::ostringstream err;
    const ExitCode code = RunCompare(parsed->options, Services(out, err));
    return {code, out.str(), err.str()};
  }

  // Three files; the fake hears one word wrong.
  std::string WriteManifest() {
    folder_.Write("a.wav", "hello there");
    folder_.Write("b.wav", "good night");
    folder_.Write("c.wav", "see you");
    return folder_
        .Write(
            "m.tsv",
            "audio\ttext\tspeaker\tlanguage\n"
            "a.wav\tHello there.\tann\ten\nb.wav\tGood day!\tbob\ten\nc.wav\tSee you.\tbob\tde\n")
        .string();
  }

  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }

  TestFolder folder_;
  bool word_times_ = false;
  int opened_models_ = 0;
};

TEST_F(EvalRun, CountsWhatItRecognises) {
  const Outcome outcome = Run({WriteManifest(), "--model", "x", "--json", Path("r.json"), "--html",
                               Path("r.html"), "--alignments", "1"});
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "fake float32: 3 files")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, " 16.67")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "bootstrap over 2 speakers"));
  EXPECT_TRUE(Holds(outcome.out, "REF: good DAY")) << outcome.out;
  EXPECT_FALSE(Holds(outcome.err, "night"));  // No text of recordings on standard error.
  EXPECT_FALSE(word_times_);
  const auto json = nlohmann::json::parse(ReadAll(Path("r.json")));
  EXPECT_EQ(json.at("words").at("substitutions"), 1);
  EXPECT_EQ(json.at("run").at("audio_seconds"), 6);
  EXPECT_TRUE(ReadAll(Path("r.html")).starts_with("<!doctype html>"));
}

TEST_F(EvalRun, NoticesWhatCannotBeWrittenBeforeItWorks) {
  const std::string manifest = WriteManifest();
  folder_.Write("file", "");
  for (const char* flag : {"--json", "--html"}) {
    opened_models_ = 0;
    const Outcome outcome = Run({manifest, flag, Path("file") + "/below/r"});
    EXPECT_EQ(outcome.code, ExitCode::kSomeFailed);
    EXPECT_TRUE(Holds(outcome.err, flag)) << outcome.err;
    EXPECT_EQ(opened_models_, 0);
  }
}

TEST_F(EvalRun, TellsPartsBehindTheEndOfARecording) {
  folder_.Write("a.wav", "hello there");  // Two seconds.
  folder_.Write("wav.scp", "rec " + Path("a.wav") + "\n");
  folder_.Write("segments", "u1 rec 0 1\nu2 rec 1 9\nu3 rec 7 9\n");
  folder_.Write("text", "u1 hello there\nu2 hello there\nu3 hello there\n");
  const Outcome outcome = Run({folder_.path().string()});
  EXPECT_EQ(outcome.code, ExitCode::kSomeFailed);
  EXPECT_TRUE(Holds(outcome.err, "segments:2: 'u2' is 1 to 9 s")) << outcome.err;
  EXPECT_TRUE(Holds(outcome.err, "left out: ")) << outcome.err;
  EXPECT_TRUE(Holds(outcome.err, "segments:3: 'u3' is 7 to 9 s")) << outcome.err;
  EXPECT_FALSE(Holds(outcome.err, "segments:1"));
}

TEST_F(EvalRun, SaysWhenMarksAreDropped) {
  folder_.Write("a.wav", "\u0915\u0940");  // Ka with a long i, where a short one is right.
  folder_.Write("h.tsv", "a.wav\t\u0915\u093f\n");
  const Outcome kept = Run({Path("h.tsv")});
  EXPECT_TRUE(Holds(kept.out, "normalizer marks")) << kept.out;
  EXPECT_TRUE(Holds(kept.out, "100.00")) << kept.out;
  EXPECT_FALSE(Holds(kept.err, "marks")) << kept.err;
  const Outcome dropped = Run({Path("h.tsv"), "--normalizer", "basic"});
  EXPECT_TRUE(Holds(dropped.err, "h.tsv:1: 1 reference has vowel signs")) << dropped.err;
}

TEST_F(EvalRun, GatesDecideTheExitCode) {
  const std::string manifest = WriteManifest();
  EXPECT_EQ(Run({manifest, "--fail-if", "wer > 20", "--fail-if", "cer>50"}).code, ExitCode::kDone);
  const Outcome outcome = Run({manifest, "--fail-if", "wer > 10, ins > 1"});
  EXPECT_EQ(outcome.code, ExitCode::kSomeFailed);
  EXPECT_TRUE(Holds(outcome.err, "failed: --fail-if wer > 10: it is 16.67")) << outcome.err;
  EXPECT_FALSE(Holds(outcome.err, "ins > 1"));
}

TEST_F(EvalRun, BadRecordingsAreLeftOut) {
  const std::string manifest = WriteManifest();
  folder_.Write("c.wav", "broken");
  folder_.Write("n.tsv", "a.wav\thello there\nc.wav\tsee you\ngone.wav\tx\nbad line\n");
  const Outcome outcome = Run({Path("n.tsv")});
  EXPECT_EQ(outcome.code, ExitCode::kSomeFailed);
  EXPECT_TRUE(Holds(outcome.out, "1 files")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.err, "n.tsv:4: 1 columns")) << outcome.err;
  EXPECT_TRUE(Holds(outcome.err, "gone.wav' does not exist")) << outcome.err;
  EXPECT_TRUE(Holds(outcome.err, "n.tsv:2: could not be recognised")) << outcome.err;
  const Outcome strict = Run({Path("n.tsv"), "--strict"});
  EXPECT_EQ(strict.code, ExitCode::kSomeFailed);
  EXPECT_EQ(strict.out, "");
}

TEST_F(EvalRun, WordTimesWhereTheManifestHasThem) {
  folder_.Write("a.wav", "hi");
  const auto manifest = folder_.Write("m.jsonl",
                                      "{\"audio\": \"a.wav\", \"text\": \"hi\", \"words\": "
                                      "[{\"word\": \"hi\", \"start\": 1, \"end\": 9}]}");
  const Outcome outcome = Run({manifest.string()});
  EXPECT_TRUE(word_times_);
  EXPECT_TRUE(Holds(outcome.err, "words[0] ends at 9 s, but the recording ends at 2.00 s"))
      << outcome.err;
}

TEST_F(EvalRun, HypothesesOfOthers) {
  const std::string manifest = WriteManifest();
  folder_.Write("hyp/a.txt", "hello");
  folder_.Write("hyp/b.json", "{\"text\": \"Good day\"}");
  const Outcome outcome = Run({manifest, "--hypotheses", Path("hyp")});
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.err, "1 of 3 recordings have no hypothesis")) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, " 50.00")) << outcome.out;
  EXPECT_FALSE(Holds(outcome.out, "real time"));
  EXPECT_EQ(Run({manifest, "--hypotheses", Path("hyp"), "--quiet"}).err, "");
}

TEST_F(EvalRun, ManyProblemsDoNotBuryTheResult) {
  std::string lines;
  for (int i = 0; i < 50; ++i) lines += "broken\n";
  folder_.Write("a.wav", "hi");
  folder_.Write("h.txt", "a hi\n");
  folder_.Write("m.jsonl", lines + "{\"audio\": \"a.wav\", \"text\": \"hi\"}\n");
  const Outcome outcome = Run({Path("m.jsonl"), "--hypotheses", Path("h.txt")});
  EXPECT_EQ(outcome.code, ExitCode::kSomeFailed);
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 21);
  EXPECT_TRUE(Holds(outcome.err, "and 30 more")) << outcome.err;
}

TEST_F(EvalRun, WrongUsage) {
  const std::string manifest = WriteManifest();
  const auto message = [&](std::vector<std::string> arguments) {
    const Outcome outcome = Run(std::move(arguments));
    EXPECT_EQ(outcome.code, ExitCode::kWrongUsage);
    return outcome.err;
  };
  EXPECT_TRUE(Holds(message({}), "no manifest"));
  EXPECT_TRUE(Holds(message({""}), "empty"));
  EXPECT_TRUE(Holds(message({manifest, "--json", ""}), "--json: the value is empty"));
  EXPECT_TRUE(Holds(message({manifest, "--fail-if", "wer = 3"}), "--fail-if"));
  EXPECT_TRUE(Holds(message({manifest, "--normalizer", "x"}), "--normalizer"));
  EXPECT_TRUE(Holds(message({manifest, "--align", "x"}), "unit, sclite"));
  EXPECT_TRUE(Holds(message({manifest, "--clip", "1-2"}), "--clip"));
  EXPECT_TRUE(Holds(message({manifest, "--format", "txt"}), "unknown flag '--format'"));
  EXPECT_TRUE(Holds(message({manifest, "--normaliser", "none"}), "did you mean --normalizer?"));
  EXPECT_TRUE(Holds(message({manifest, "--compute", "x"}), "--compute"));
  EXPECT_TRUE(Holds(message({manifest, "--hypotheses", "h", "--fail-if", "rtfx < 1"}), "rtfx"));
  EXPECT_EQ(Run({Path("none.jsonl")}).code, ExitCode::kSomeFailed);
}

TEST_F(EvalRun, SharesTheConfigurationOfTranscribe) {
  folder_.Write("config.yaml", "transcribe:\n  model: tiny.en\n  format: [txt, srt]\n");
  const auto parsed = Parse({"m.tsv", "--threads", "3"});
  ASSERT_TRUE(parsed.ok()) << parsed.status().message();
  EXPECT_EQ(parsed->options.transcribe.model, "tiny.en");
  EXPECT_EQ(parsed->options.transcribe.recognizer.num_threads, 3);
  folder_.Write("config.yaml", "transcribe:\n  html: x\n");
  EXPECT_FALSE(Parse({"m.tsv"}).ok());
}

TEST_F(EvalRun, CompareResultsAndFolders) {
  const std::string manifest = WriteManifest();
  folder_.Write("one/a.txt", "hello there");
  folder_.Write("one/b.txt", "good night");
  folder_.Write("one/c.txt", "see you");
  folder_.Write("two/a.txt", "hello there");
  folder_.Write("two/b.txt", "good day");
  folder_.Write("two/c.txt", "see you");
  for (const std::string name : {"one", "two"}) {
    ASSERT_EQ(Run({manifest, "--hypotheses", Path(name), "--json", Path(name + ".json")}).code,
              ExitCode::kDone);
  }
  const Outcome results = Compare(
      {Path("one.json"), Path("two.json"), "--json", Path("c.json"), "--html", Path("c.html")});
  EXPECT_EQ(results.code, ExitCode::kDone) << results.err;
  EXPECT_TRUE(Holds(results.out, "B has a word error rate 16.67 percentage points lower"))
      << results.out;
  EXPECT_TRUE(Holds(results.out, "night"));
  EXPECT_TRUE(Holds(results.out, "1 better in B, 0 worse"));
  EXPECT_EQ(nlohmann::json::parse(ReadAll(Path("c.json"))).at("files"), 3);
  EXPECT_TRUE(Holds(ReadAll(Path("c.html")), "Matched pairs"));
  const Outcome folders = Compare({Path("one"), Path("two"), "--manifest", manifest});
  EXPECT_EQ(folders.code, ExitCode::kDone) << folders.err;
  EXPECT_TRUE(Holds(folders.out, "16.67 percentage points lower"));
  EXPECT_TRUE(Holds(Compare({Path("one"), Path("two")}).err, "--manifest"));
  EXPECT_TRUE(Holds(Compare({Path("one.json")}).err, "A and B"));
  const std::string nowhere = Path("one.json/out.json");
  const Outcome unwritable = Compare({Path("missing.json"), Path("two.json"), "--json", nowhere});
  EXPECT_TRUE(Holds(unwritable.err, "--json: cannot create")) << unwritable.err;
  EXPECT_TRUE(Holds(Compare({Path("m.tsv"), Path("two.json")}).err, "not a JSON object"));
}

}  // namespace
}  // namespace ironscribe::cli
