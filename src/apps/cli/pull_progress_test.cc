#include "apps/cli/pull_progress.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace ironscribe::cli {
namespace {

class PullProgressTest : public testing::Test {
 protected:
  ReporterOptions Options(ProgressMode mode, bool is_terminal) {
    ReporterOptions options;
    options.progress = mode;
    options.console = {.is_terminal = is_terminal, .use_color = false, .width = 100};
    options.now_seconds = [this] { return now_; };
    return options;
  }

  double now_ = 100;
  std::ostringstream out_;
};

TEST_F(PullProgressTest, NothingButNotesWithoutATerminal) {
  {
    PullReporter reporter(Options(ProgressMode::kAuto, false), out_);
    const auto callbacks = reporter.callbacks();
    callbacks.Progress({"model.bin", 5, 10});
    callbacks.Note("fetching");
  }
  EXPECT_EQ(out_.str(), "fetching\n");
}

TEST_F(PullProgressTest, LineShowsShareSpeedAndTimeLeft) {
  PullReporter reporter(Options(ProgressMode::kAuto, true), out_);
  const auto callbacks = reporter.callbacks();
  callbacks.Progress({"model.bin", 0, 100'000'000});
  now_ += 10;
  out_.str("");
  callbacks.Progress({"model.bin", 25'000'000, 100'000'000});
  EXPECT_NE(out_.str().find("25%"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("[######......"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("2.5 MB/s"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("left 0:30"), std::string::npos) << out_.str();
  out_.str("");
  reporter.Clear();
  EXPECT_EQ(out_.str(), "\r\x1b[K");
}

TEST_F(PullProgressTest, LineFitsTheTerminal) {
  ReporterOptions options = Options(ProgressMode::kBar, true);
  options.console.width = 30;
  PullReporter reporter(options, out_);
  reporter.callbacks().Progress({std::string(200, 'x'), 5, 10});
  EXPECT_LT(out_.str().size(), 30u + 5);  // Carriage return and erase sequence.
}

TEST_F(PullProgressTest, JsonLinesOnceASecond) {
  PullReporter reporter(Options(ProgressMode::kJson, false), out_);
  const auto callbacks = reporter.callbacks();
  for (int i = 0; i < 30; ++i) {
    callbacks.Progress({"model.bin", static_cast<uint64_t>(i), 30});
    now_ += 0.1;
  }
  std::istringstream lines(out_.str());
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    EXPECT_EQ(json["event"], "progress");
    EXPECT_EQ(json["total_bytes"], 30);
    ++count;
  }
  EXPECT_EQ(count, 3);
}

TEST_F(PullProgressTest, QuietSaysNothing) {
  ReporterOptions options = Options(ProgressMode::kBar, true);
  options.quiet = true;
  PullReporter reporter(options, out_);
  reporter.callbacks().Progress({"a", 1, 2});
  reporter.callbacks().Note("hello");
  EXPECT_TRUE(out_.str().empty());
}

TEST(FormatBytesTest, KnownAnswers) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(1000), "1.0 kB");
  EXPECT_EQ(FormatBytes(75'537'502), "75.5 MB");
  EXPECT_EQ(FormatBytes(999'999), "1.0 MB");
  EXPECT_EQ(FormatBytes(3'086'000'000), "3.1 GB");
}

}  // namespace
}  // namespace ironscribe::cli
