#include "apps/cli/run_reporter.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace ironscribe::cli {
namespace {

class RunReporterTest : public testing::Test {
 protected:
  // Everything a run can tell, with a clock that stands at 1 s per event.
  std::string Report(ReporterOptions options) {
    std::ostringstream out;
    double seconds = 0;
    options.now_seconds = [&] { return ++seconds; };
    const auto reporter = MakeRunReporter(options, out);
    reporter->Start(3, 2);
    reporter->FileStarted(0, "a.wav", 10, "WAV, 44100 Hz");
    reporter->FileProgress(0, 5);
    reporter->FileDone(0, {"a.wav", 10, 2.5, {"out/a.txt"}});
    reporter->Note("b.wav", "no speech found");
    reporter->FileFailed(1, "b\x1B[31m.wav", DataLossError("cut off; copy it again"));
    reporter->Interrupted();
    reporter->FileDropped(2);
    reporter->Finish({.done = 1,
                      .failed = 1,
                      .skipped = 2,
                      .unfinished = 1,
                      .audio_seconds = 90,
                      .wall_seconds = 9});
    return out.str();
  }
};

TEST_F(RunReporterTest, TellsTheEssentialsWhereThereIsNoTerminal) {
  EXPECT_EQ(Report({}),
            "2 finished and unchanged, skipped (--force redoes them)\n"
            "note: b.wav: no speech found\n"
            "error: b[31m.wav: cut off; copy it again\n"
            "interrupted: stopping; once more ends at once\n"
            "1 done, 1 failed, 2 skipped, 1 not finished; 1:30 of audio in 0:09 "
            "(10.0x real time)\n");
}

TEST_F(RunReporterTest, TellsWhereAnInterruptedRunGoesOn) {
  for (const ProgressMode mode : {ProgressMode::kNone, ProgressMode::kJson}) {
    std::ostringstream out;
    double seconds = 0;
    const auto reporter =
        MakeRunReporter({.progress = mode, .now_seconds = [&] { return ++seconds; }}, out);
    reporter->Start(1, 0);
    reporter->FileStarted(0, "a.wav", 36000, "WAV");
    reporter->FileResumed(0, "a.wav", 11525);
    reporter->FileProgress(0, 11000);
    const std::string expected =
        mode == ProgressMode::kNone
            ? "a.wav: resuming after 3:12:05 of 10:00:00\n"
            : "{\"event\":\"resumed\",\"file\":\"a.wav\",\"position\":11525.0}\n";
    EXPECT_NE(out.str().find(expected), std::string::npos) << out.str();
    // The position does not go back.
    EXPECT_EQ(out.str().find("11000"), std::string::npos) << out.str();
    // What passes quickly is no speed.
    EXPECT_EQ(out.str().find("\"speed\":") == std::string::npos,
              out.str().find("\"speed\":null") == std::string::npos);
  }
}

TEST_F(RunReporterTest, QuietLeavesOnlyErrors) {
  EXPECT_EQ(Report({.quiet = true}), "error: b[31m.wav: cut off; copy it again\n");
}

TEST_F(RunReporterTest, VerboseTellsWhatWasFound) {
  const std::string text = Report({.verbose = true});
  EXPECT_NE(text.find("a.wav: WAV, 44100 Hz, 0:10\n"), std::string::npos);
  EXPECT_NE(text.find("a.wav: done, 0:10 of audio in 2.5 s -> out/a.txt\n"), std::string::npos);
}

TEST_F(RunReporterTest, DrawsABarAndColoursOnlyOnATerminal) {
  const std::string plain = Report({});
  EXPECT_EQ(plain.find('\r'), std::string::npos);
  EXPECT_EQ(plain.find('\x1B'), std::string::npos);
  const std::string terminal =
      Report({.console = {.is_terminal = true, .use_color = true, .width = 80}});
  EXPECT_NE(terminal.find("\r 16% ["), std::string::npos);
  EXPECT_NE(terminal.find("\x1B[1;31merror:\x1B[0m b[31m.wav"), std::string::npos);
  const std::string no_color =
      Report({.console = {.is_terminal = true, .use_color = false, .width = 80}});
  EXPECT_EQ(no_color.find('\x1B'), std::string::npos);
}

TEST_F(RunReporterTest, NoneDrawsNoBarOnATerminal) {
  EXPECT_EQ(Report({.progress = ProgressMode::kNone, .console = {.is_terminal = true}}),
            Report({}));
}

TEST_F(RunReporterTest, DoesNotRepeatAFileNameThatTheErrorHolds) {
  std::ostringstream out;
  const auto reporter = MakeRunReporter({.now_seconds = [] { return 0.0; }}, out);
  reporter->FileFailed(0, "a.wav", DataLossError("a.wav: cut off"));
  reporter->FileFailed(0, "b.wav", DataLossError("cannot read 'b.wav' as a recording"));
  EXPECT_EQ(out.str(), "error: a.wav: cut off\nerror: cannot read 'b.wav' as a recording\n");
}

TEST_F(RunReporterTest, JsonIsOneObjectPerLine) {
  std::istringstream lines(Report({.progress = ProgressMode::kJson}));
  std::vector<std::string> events;
  nlohmann::json last;
  for (std::string line; std::getline(lines, line);) {
    last = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(last.is_object()) << line;
    events.push_back(last.value("event", ""));
    if (events.back() == "progress") {
      EXPECT_EQ(last["file"], "a.wav");
      EXPECT_EQ(last["position"], 5.0);
      EXPECT_NEAR(last["fraction"].get<double>(), 0.5 / 3, 1e-3);
    }
    if (events.back() == "failed") {
      EXPECT_EQ(last["code"], "DATA_LOSS");
    }
  }
  EXPECT_EQ(events, (std::vector<std::string>{"start", "file", "progress", "done", "note", "failed",
                                              "interrupted", "summary"}));
  EXPECT_EQ(last["unfinished"], 1);
}

TEST_F(RunReporterTest, JsonStaysValidForNamesThatAreNotUtf8) {
  std::ostringstream out;
  const auto reporter =
      MakeRunReporter({.progress = ProgressMode::kJson, .now_seconds = [] { return 0.0; }}, out);
  reporter->Note("a\xFF.wav", "x");
  EXPECT_TRUE(nlohmann::json::parse(out.str(), nullptr, false).is_object());
}

}  // namespace
}  // namespace ironscribe::cli
