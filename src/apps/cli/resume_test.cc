// A run that was interrupted inside a recording goes on there.
#include "apps/cli/resume.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <sstream>

#include "apps/cli/test_fakes.h"
#include "apps/cli/transcribe_run.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kHours = 4;

class LongSource : public FakeSource {
 public:
  LongSource(std::string said, int seconds) : FakeSource(std::move(said)), seconds_(seconds) {}
  int64_t ExpectedSamples() const override { return int64_t{seconds_} * audio::kSampleRateHz; }

 private:
  int seconds_;
};

// Needs one result an hour of a recording, and is interrupted or fails when it likes.
class ResumingTranscriber : public FakeTranscriber {
 public:
  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    used_journal = callbacks.results != nullptr;
    for (int hour = 0; hour < kHours; ++hour) {
      if (hour == stop_at_hour && on_stop) on_stop();
      if (stop.stop_requested()) return CancelledError("stopped");
      if (hour == stop_at_hour && !failure.ok()) return failure;
      const std::string key(64, static_cast<char>('a' + hour));
      if (callbacks.results != nullptr && callbacks.results->Find(key)) {
        ++num_found;
      } else {
        ++num_done;
        if (callbacks.results != nullptr) callbacks.results->Keep(key, "result");
      }
      if (callbacks.progress) callbacks.progress(3600 * (hour + 1));
    }
    models::RecognitionCallbacks rest;
    rest.segment = callbacks.segment;
    return FakeTranscriber::Transcribe(source, options, rest, stop);
  }

  int stop_at_hour = -1;
  std::function<void()> on_stop;
  Status failure;
  bool used_journal = false;
  int num_found = 0;
  int num_done = 0;
};

class ResumeTest : public testing::Test {
 protected:
  ResumeTest() {
    options_.formats = {transcript::FindOutputFormat("txt")};
    options_.output_folder = folder_.path() / "out";
    options_.inputs = {folder_.Write("in/talk.wav", "hello").string()};
  }

  ExitCode Run() {
    class Borrowed : public Transcriber {
     public:
      explicit Borrowed(Transcriber& real) : real_(real) {}
      transcript::ModelInfo model_info() const override { return real_.model_info(); }
      Status CheckOptions(const models::DecodingOptions&) const override { return OkStatus(); }
      Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                                const models::DecodingOptions& options,
                                                const models::RecognitionCallbacks& callbacks,
                                                std::stop_token stop) override {
        return real_.Transcribe(source, options, callbacks, std::move(stop));
      }

     private:
      Transcriber& real_;
    };
    fake_.num_found = fake_.num_done = 0;
    std::ostringstream out, error;
    std::stop_source stop;
    fake_.on_stop = interrupt_ ? std::function<void()>([&] { stop.request_stop(); }) : nullptr;
    const TranscribeServices services{
        .open_model = [this](const TranscribeOptions&) -> Result<std::unique_ptr<Transcriber>> {
          return std::unique_ptr<Transcriber>(std::make_unique<Borrowed>(fake_));
        },
        .open_input = [this](const InputFile& input,
                             std::stop_token) -> Result<std::unique_ptr<audio::PcmSource>> {
          return std::unique_ptr<audio::PcmSource>(
              std::make_unique<LongSource>(ReadAll(input.path), seconds_));
        },
        .open_channels = OpenFakeChannels,
        .standard_output = out,
        .standard_error = error,
        .console = {},
        .now_seconds = [this] { return 0.01 * ++ticks_; },
        .program = program_};
    const ExitCode code = RunTranscribe(options_, services, stop.get_token());
    stdout_ = out.str();
    stderr_ = error.str();
    return code;
  }

  // A run that is interrupted after so many hours of the recording.
  void RunAndInterrupt(int hours) {
    fake_.stop_at_hour = hours;
    interrupt_ = true;
    EXPECT_EQ(Run(), ExitCode::kInterrupted);
    fake_.stop_at_hour = -1;
    interrupt_ = false;
  }

  fs::path journal() const { return options_.output_folder / ".talk.ironscribe-resume"; }
  fs::path output() const { return options_.output_folder / "talk.txt"; }
  bool Says(std::string_view text) const { return stderr_.find(text) != std::string::npos; }

  TestFolder folder_;
  TranscribeOptions options_;
  ResumingTranscriber fake_;
  std::string program_ = "1.0";
  int seconds_ = kHours * 3600;
  bool interrupt_ = false;
  std::atomic<int> ticks_{0};
  std::string stdout_;
  std::string stderr_;
};

TEST_F(ResumeTest, GoesOnWhereItWasInterrupted) {
  RunAndInterrupt(3);
  EXPECT_TRUE(fs::exists(journal()));
  EXPECT_FALSE(fs::exists(output()));
  EXPECT_TRUE(Says("talk.wav: stopped after 3:00:00; the same command goes on from there"))
      << stderr_;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_TRUE(Says("talk.wav: resuming after 3:00:00 of 4:00:00\n")) << stderr_;
  EXPECT_EQ(fake_.num_found, 3);
  EXPECT_EQ(fake_.num_done, 1);
  EXPECT_EQ(ReadAll(output()), "hello\n");
  EXPECT_FALSE(fs::exists(journal()));
}

TEST_F(ResumeTest, NothingStaysBehindARunThatCameThrough) {
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_TRUE(fake_.used_journal);
  EXPECT_FALSE(fs::exists(journal()));
  EXPECT_EQ(stderr_, "");
}

TEST_F(ResumeTest, AnotherFormatGoesOnToo) {
  RunAndInterrupt(2);
  options_.formats = {transcript::FindOutputFormat("json")};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_found, 2);
}

TEST_F(ResumeTest, BeginsAnewWhenAnythingDiffers) {
  const struct {
    std::function<void()> change;
    const char* why;
  } kCases[] = {
      {[&] { options_.decoding.beam_size = 2; }, "it had other options"},
      {[&] { options_.decoding.language = "en"; }, "it had other options"},
      {[&] { fake_.model.digest = "d2"; }, "it used another model"},
      {[&] { fake_.model.rules_digest = "r2"; }, "it used another model"},
      {[&] { options_.recognizer.alignment_heads = "1:1"; }, "it used another model"},
      {[&] { program_ = "1.1"; }, "it was another version of the program"},
      {[&] { folder_.Write("in/talk.wav", "hello again"); }, "the recording has changed since"},
  };
  for (const auto& test : kCases) {
    RunAndInterrupt(2);
    test.change();
    EXPECT_EQ(Run(), ExitCode::kDone);
    EXPECT_EQ(fake_.num_found, 0) << test.why;
    EXPECT_TRUE(Says(std::string("begins anew; a run was interrupted, but ") + test.why))
        << stderr_;
    EXPECT_FALSE(Says("resuming"));
    fs::remove_all(options_.output_folder);
  }
}

TEST_F(ResumeTest, NothingIsKeptOfWhatShallLeaveNoTrace) {
  options_.finishing.redact = {text::PiiType::kCardNumber};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_FALSE(fake_.used_journal);
  fs::remove_all(options_.output_folder);
  options_.resume_folder = folder_.path() / "kept";
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_FALSE(fake_.used_journal) << "a place is no wish";
  options_.resume_folder.clear();
  fs::remove_all(options_.output_folder);
  options_.resume = true;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_TRUE(fake_.used_journal);
}

TEST_F(ResumeTest, NothingIsKeptWhenItIsNotWanted) {
  options_.resume = false;
  RunAndInterrupt(2);
  EXPECT_FALSE(fs::exists(journal()));
  EXPECT_FALSE(Says("goes on"));
}

TEST_F(ResumeTest, ShortRecordingsAreNotWorthAFile) {
  seconds_ = kLeastResumedSeconds - 1;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_FALSE(fake_.used_journal);
}

TEST_F(ResumeTest, StandardOutputNeedsAFolder) {
  options_.output_folder.clear();
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_FALSE(fake_.used_journal);
  options_.resume_folder = folder_.path() / "kept";
  RunAndInterrupt(2);
  EXPECT_FALSE(fs::is_empty(options_.resume_folder));
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_found, 2);
  EXPECT_EQ(stdout_, "hello\n");
  EXPECT_TRUE(fs::is_empty(options_.resume_folder));
}

TEST_F(ResumeTest, AFolderForAllKeepsThemApart) {
  options_.resume_folder = folder_.path() / "kept";
  RecordingJob job;
  std::set<fs::path> paths;
  for (const char* name : {"a/talk.wav", "b/talk.wav", "a/talk.mp3"}) {
    job.input.path = folder_.path() / name;
    paths.insert(ResumePath(job, options_));
  }
  EXPECT_EQ(paths.size(), 3u);
  EXPECT_EQ(paths.begin()->parent_path(), options_.resume_folder);
}

TEST_F(ResumeTest, StandardInputIsNeverKept) {
  RecordingJob job;
  job.input.path = "-";
  ASSERT_TRUE(job.input.is_standard_input());
  job.outputs = {options_.output_folder / "stdin.txt"};
  EXPECT_EQ(ResumePath(job, options_), "");
  options_.resume_folder = folder_.path();
  EXPECT_EQ(ResumePath(job, options_), "");
}

// A hidden file for each broken recording of a large folder would only be litter.
TEST_F(ResumeTest, NothingIsKeptOfABrokenRecording) {
  fake_.stop_at_hour = 2;
  fake_.failure = DataLossError("it breaks off");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_FALSE(fs::exists(journal()));
  fake_.failure = UnavailableError("the disk is away");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_TRUE(fs::exists(journal()));
}

// Hours of work are not lost with the outputs, and the user knows.
TEST_F(ResumeTest, OutputsThatCannotBeWrittenAreMadeOfWhatIsKept) {
  fs::create_directories(output());
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_TRUE(fs::exists(journal()));
  EXPECT_TRUE(Says("talk.wav: stopped after 4:00:00; the same command goes on from there"))
      << stderr_;
  fs::remove(output());
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_found, kHours);
  EXPECT_EQ(fake_.num_done, 0);
  EXPECT_EQ(ReadAll(output()), "hello\n");
  EXPECT_FALSE(fs::exists(journal()));
}

TEST_F(ResumeTest, NothingIsKeptOfARecordingWithoutASample) {
  folder_.Write("in/talk.wav", "no samples");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_FALSE(fs::exists(journal()));
  EXPECT_FALSE(Says("goes on"));
}

TEST_F(ResumeTest, AJournalThatCannotBeWrittenIsToldAndDoesNotStopTheWork) {
  fs::create_directories(journal());
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_FALSE(fake_.used_journal);
  EXPECT_TRUE(Says("what is done is not kept for the case of an interruption")) << stderr_;
  EXPECT_EQ(ReadAll(output()), "hello\n");
}

}  // namespace
}  // namespace ironscribe::cli
