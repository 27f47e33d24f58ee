#include "apps/cli/stream_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <vector>

#include "apps/cli/test_fakes.h"
#include "apps/cli/transcribe_flags.h"

namespace ironscribe::cli {
namespace {

// Sound of which every sample is heard as a letter; sample 0 ends a segment.
class LetterSource : public audio::PcmSource {
 public:
  explicit LetterSource(std::string letters) : letters_(std::move(letters)) {}
  Result<size_t> Read(std::span<float> out) override {
    if (position_ == letters_.size()) return size_t{0};
    const char letter = letters_[position_++];
    out[0] = letter == '.' ? 0.0f : static_cast<float>(letter);
    return size_t{1};
  }
  int64_t ExpectedSamples() const override { return -1; }
  Status Rewind() override { return FailedPreconditionError("live"); }
  std::string Description() const override { return "live letters"; }

 private:
  std::string letters_;
  size_t position_ = 0;
};

class LiveTranscriber : public FakeTranscriber {
 public:
  explicit LiveTranscriber(std::optional<double> latency) : latency_(latency) {}
  std::optional<double> live_latency_seconds() const override { return latency_; }

  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    transcript::Transcript transcript;
    transcript::Segment segment;
    const auto end_segment = [&] {
      if (segment.text.empty()) return;
      segment.end_seconds = transcript.duration_seconds;
      if (options.word_times) {
        segment.words = {{.text = segment.text, .end_seconds = segment.end_seconds}};
      }
      callbacks.segment(segment);
      segment = {};
      segment.start_seconds = transcript.duration_seconds;
    };
    std::vector<float> samples(100);
    while (true) {
      if (stop.stop_requested()) return CancelledError("stopped");
      ASSIGN_OR_RETURN(const size_t count, source.Read(samples));
      if (count == 0) break;
      transcript.duration_seconds += 1;
      if (samples[0] == 0) {
        end_segment();
        continue;
      }
      segment.text += samples[0];
      callbacks.partial(segment.text);
    }
    end_segment();
    return transcript;
  }

 private:
  std::optional<double> latency_;
};

class StreamRunTest : public testing::Test {
 protected:
  ExitCode Run(std::vector<std::string> arguments, const std::string& letters,
               std::ostream* output = nullptr) {
    arguments.insert(arguments.begin(), {"-", "--stream"});
    const auto parsed = ParseTranscribeFlags(arguments, {.models = "/m",
                                                         .cache = "/c",
                                                         .config_file = "/nowhere/config.yaml",
                                                         .temporary = "/tmp"});
    EXPECT_TRUE(parsed.ok()) << parsed.status().message();
    std::ostringstream out, error;
    const TranscribeServices services{
        .open_model = [this](const TranscribeOptions&) -> Result<std::unique_ptr<Transcriber>> {
          return std::unique_ptr<Transcriber>(std::make_unique<LiveTranscriber>(latency_));
        },
        .open_input = OpenFake,
        .open_channels = OpenFakeChannels,
        .standard_output = output == nullptr ? out : *output,
        .standard_error = error,
        .console = {},
        .now_seconds = [] { return 0.0; },
        .open_live = [&](const audio::LiveOptions& options) -> Result<audio::LiveInput> {
          return audio::LiveInput{.source = std::make_unique<LetterSource>(letters),
                                  .rate_hz = options.rate_hz};
        },
        .output_console = console_};
    const ExitCode code = RunTranscribe(parsed->options, services, stop_.get_token());
    stdout_ = out.str();
    stderr_ = error.str();
    return code;
  }

  std::optional<double> latency_ = 0.5;
  Console console_;
  std::stop_source stop_;
  std::string stdout_;
  std::string stderr_;
};

// What a terminal shows in the end, line by line, and the longest line it ever had.
std::vector<std::string> Shown(const std::string& printed, size_t* longest) {
  std::vector<std::string> lines(1);
  size_t cursor = 0;
  for (const char c : printed) {
    std::string& line = lines.back();
    if (c == '\r') {
      cursor = 0;
    } else if (c == '\b') {
      --cursor;
    } else if (c == '\n') {
      lines.emplace_back();
      cursor = 0;
    } else {
      line.resize(std::max(line.size(), cursor + 1));
      line[cursor++] = c;
    }
    *longest = std::max(*longest, cursor);
  }
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  return lines;
}

TEST_F(StreamRunTest, TextElsewhereIsFinalLinesOnly) {
  EXPECT_EQ(Run({}, "ab.cd"), ExitCode::kDone);
  EXPECT_EQ(stdout_, "ab\ncd\n");
  EXPECT_EQ(stderr_, "");
}

TEST_F(StreamRunTest, ATerminalsLineIsRewrittenAndNeverWraps) {
  console_ = {.is_terminal = true, .width = 8};
  EXPECT_EQ(Run({}, "abcdefghijkl.m.n"), ExitCode::kDone);
  size_t longest = 0;
  EXPECT_EQ(Shown(stdout_, &longest), (std::vector<std::string>{"abcdefghijkl", "m", "n", ""}));
  EXPECT_NE(stdout_.find("\rbcdefgh"), std::string::npos) << stdout_;
  EXPECT_EQ(stdout_.find("\rabcdefgh"), stdout_.find("\rabcdefghijkl"));  // Only when final.
}

TEST_F(StreamRunTest, JsonLinesTellWhatIsPartial) {
  EXPECT_EQ(Run({"--format", "json", "--word-times"}, "ab."), ExitCode::kDone);
  EXPECT_EQ(stdout_,
            "{\"event\":\"partial\",\"text\":\"a\"}\n"
            "{\"event\":\"partial\",\"text\":\"ab\"}\n"
            "{\"event\":\"final\",\"start\":0.0,\"end\":3.0,\"text\":\"ab\",\"words\":"
            "[{\"word\":\"ab\",\"start\":0.0,\"end\":3.0,\"probability\":0.0}]}\n"
            "{\"event\":\"end\",\"duration\":3.0}\n");
}

TEST_F(StreamRunTest, AStopIsTheEndOfTheSoundAndNotOfTheText) {
  stop_.request_stop();
  EXPECT_EQ(Run({}, "said"), ExitCode::kDone);
  EXPECT_EQ(stdout_, "said\n");
  EXPECT_EQ(Run({}, ""), ExitCode::kDone);
}

TEST_F(StreamRunTest, RateAndLatencyAreTold) {
  EXPECT_EQ(Run({"--rate", "8000", "--verbose"}, "a"), ExitCode::kDone);
  EXPECT_NE(stderr_.find("8000 Hz, converted to the 16000 Hz"), std::string::npos) << stderr_;
  EXPECT_NE(stderr_.find("within 0.50 s"), std::string::npos) << stderr_;
  EXPECT_NE(stderr_.find("live letters"), std::string::npos) << stderr_;
}

TEST_F(StreamRunTest, ModelsOfWindowsAreRefusedWithARemedy) {
  latency_ = std::nullopt;
  EXPECT_EQ(Run({}, "a"), ExitCode::kWrongUsage);
  EXPECT_NE(stderr_.find("waits for whole windows"), std::string::npos) << stderr_;
  EXPECT_NE(stderr_.find("leave out --stream"), std::string::npos) << stderr_;
  EXPECT_EQ(stdout_, "");
}

TEST_F(StreamRunTest, NoSoundIsAnError) {
  EXPECT_EQ(Run({}, ""), ExitCode::kSomeFailed);
  EXPECT_NE(stderr_.find("no sound arrived"), std::string::npos) << stderr_;
}

TEST_F(StreamRunTest, ABrokenOutputEndsIt) {
  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  EXPECT_EQ(Run({}, "ab.cd", &broken), ExitCode::kSomeFailed);
  EXPECT_NE(stderr_.find("cannot write to standard output"), std::string::npos) << stderr_;
}

TEST(StreamFlagsTest, WhatCannotBeHadLiveIsRefused) {
  const auto parse = [](const std::vector<std::string>& arguments) {
    return ParseTranscribeFlags(arguments, {.models = "/m",
                                            .cache = "/c",
                                            .config_file = "/nowhere/config.yaml",
                                            .temporary = "/tmp"})
        .status();
  };
  EXPECT_TRUE(parse({"-", "--stream", "--format", "json"}).ok());
  const std::vector<std::vector<std::string>> wrong = {{"a.wav", "--stream"},
                                                       {"-", "a.wav", "--stream"},
                                                       {"-", "--rate", "8000"},
                                                       {"-", "--stream", "--rate", "10"},
                                                       {"-", "--stream", "--format", "srt"},
                                                       {"-", "--stream", "--output-dir", "out"},
                                                       {"-", "--stream", "--channels", "split"},
                                                       {"-", "--stream", "--clip", "1-2"},
                                                       {"-", "--stream", "--redact", "all"}};
  for (const auto& arguments : wrong) {
    EXPECT_EQ(parse(arguments).code(), StatusCode::kInvalidArgument) << arguments.back();
  }
}

}  // namespace
}  // namespace ironscribe::cli
