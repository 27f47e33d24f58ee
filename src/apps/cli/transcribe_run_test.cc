#include "apps/cli/transcribe_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <sstream>

#include "apps/cli/batch_runner.h"
#include "apps/cli/run_manifest.h"
#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

// Lets a test own the recogniser that RunTranscribe believes to own.
class Borrowed : public Transcriber {
 public:
  explicit Borrowed(Transcriber& other) : other_(other) {}
  transcript::ModelInfo model_info() const override { return other_.model_info(); }
  std::string note() const override { return other_.note(); }
  Status CheckOptions(const models::DecodingOptions& options) const override {
    return other_.CheckOptions(options);
  }
  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    return other_.Transcribe(source, options, callbacks, stop);
  }

 private:
  Transcriber& other_;
};

class TranscribeRunTest : public testing::Test {
 protected:
  TranscribeRunTest() {
    options_.formats = {transcript::FindOutputFormat("txt")};
    options_.output_folder = out_folder();
    options_.recognizer.batch_size = 2;
  }

  fs::path out_folder() const { return folder_.path() / "out"; }
  fs::path in_folder() const { return folder_.path() / "in"; }

  void AddFiles(const std::vector<std::pair<std::string, std::string>>& files) {
    for (const auto& [name, said] : files) folder_.Write("in/" + name, said);
    options_.inputs = {in_folder().string()};
  }

  ExitCode Run(std::stop_token stop = {}) {
    std::ostringstream out, error;
    const ExitCode code = RunInto(out, error, std::move(stop));
    stdout_ = out.str();
    stderr_ = error.str();
    return code;
  }

  ExitCode RunInto(std::ostream& out, std::ostream& error, std::stop_token stop = {}) {
    const TranscribeServices services{
        .open_model = [this](const TranscribeOptions&) -> Result<std::unique_ptr<Transcriber>> {
          if (!model_status_.ok()) return model_status_;
          return std::unique_ptr<Transcriber>(std::make_unique<Borrowed>(fake_));
        },
        .open_input = OpenFake,
        .open_channels = OpenFakeChannels,
        .standard_output = out,
        .standard_error = error,
        .console = {},
        .now_seconds = [this] { return 0.01 * ++ticks_; }};
    return RunTranscribe(options_, services, std::move(stop));
  }

  // Names below the output folder, the manifest left out.
  std::set<std::string> OutputNames() const {
    std::set<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(out_folder(), error)) {
      if (entry.is_directory() || entry.path().filename() == kManifestName) continue;
      names.insert(entry.path().lexically_relative(out_folder()).string());
    }
    return names;
  }

  using Names = std::set<std::string>;

  TestFolder folder_;
  TranscribeOptions options_;
  FakeTranscriber fake_;
  Status model_status_;
  std::atomic<int> ticks_{0};
  std::string stdout_;
  std::string stderr_;
};

TEST_F(TranscribeRunTest, WritesEveryFormatOfEveryFile) {
  AddFiles({{"a.wav", "hello"}, {"sub/b.mp3", "world"}});
  options_.formats.push_back(transcript::FindOutputFormat("srt"));
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(OutputNames(), (Names{"a.txt", "a.srt", "sub/b.txt", "sub/b.srt"}));
  EXPECT_EQ(ReadAll(out_folder() / "a.txt"), "hello\n");
  EXPECT_EQ(ReadAll(out_folder() / "sub/b.srt"), "1\n00:00:00,000 --> 00:00:02,000\nworld\n\n");
  EXPECT_EQ(stdout_, "");
  EXPECT_NE(stderr_.find("2 done; 0:04 of audio"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, SubtitlesFollowTheRulesOfTheRun) {
  AddFiles({{"a.wav", "nobody knew where he had gone"}});
  options_.formats = {transcript::FindOutputFormat("srt")};
  options_.write.cue_rules.max_line_columns = 20;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(ReadAll(out_folder() / "a.srt"),
            "1\n00:00:00,000 --> 00:00:02,000\nnobody knew\nwhere he had gone\n\n");
  // Another rule makes another file; the same rules, none.
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 1);
  options_.write.cues = transcript::CueStyle::kSegments;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 2);
  EXPECT_EQ(ReadAll(out_folder() / "a.srt"),
            "1\n00:00:00,000 --> 00:00:02,000\nnobody knew where he had gone\n\n");
}

TEST_F(TranscribeRunTest, SplitChannelsAreMergedAndNamedInEveryFormat) {
  AddFiles({{"a.wav", "hello|hi"}, {"b.wav", "alone"}});
  options_.split_channels = true;
  options_.channel_names = {"agent"};
  options_.formats = {transcript::FindOutputFormat("txt"), transcript::FindOutputFormat("srt"),
                      transcript::FindOutputFormat("vtt"), transcript::FindOutputFormat("tsv"),
                      transcript::FindOutputFormat("json")};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(ReadAll(out_folder() / "a.txt"), "agent: hello\nchannel 2: hi\n");
  EXPECT_EQ(ReadAll(out_folder() / "b.txt"), "agent: alone\n");
  EXPECT_EQ(ReadAll(out_folder() / "a.srt"),
            "1\n00:00:00,000 --> 00:00:02,000\nagent: hello\nchannel 2: hi\n\n");
  EXPECT_NE(ReadAll(out_folder() / "a.vtt").find("<v agent>hello</v>\n<v channel 2>hi</v>\n"),
            std::string::npos);
  EXPECT_NE(ReadAll(out_folder() / "a.tsv").find("0\t2000\thi\tchannel 2\n"), std::string::npos);
  EXPECT_NE(ReadAll(out_folder() / "a.json").find("\"channel\":1"), std::string::npos);
  EXPECT_NE(stderr_.find("2 done; 0:04 of audio"), std::string::npos) << stderr_;

  // Which channels and which names belong to the settings.
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 3);
  options_.channel_names = {};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 6);
  EXPECT_EQ(ReadAll(out_folder() / "a.txt"), "channel 1: hello\nchannel 2: hi\n");
  options_.split_channels = false;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(ReadAll(out_folder() / "a.txt"), "hello|hi\n");
}

TEST_F(TranscribeRunTest, SplitChannelsPrintTheMergedText) {
  AddFiles({{"a.wav", "hello||hi"}});
  options_.split_channels = true;
  options_.output_folder.clear();
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(stdout_, "channel 1: hello\nchannel 3: hi\n");
  options_.write.channel_labels = false;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(stdout_, "hello\nhi\n");
}

TEST_F(TranscribeRunTest, AFailedChannelFailsItsRecordingOnly) {
  AddFiles({{"a.wav", "hello|broken"},
            {"b.wav", "one|two"},
            {"c.wav", "broken"},
            {"d.wav", std::string(16, '|')}});
  options_.split_channels = true;
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(OutputNames(), (Names{"b.txt"}));
  EXPECT_NE(stderr_.find("a.wav: channel 2: it breaks off after 1.0 s"), std::string::npos)
      << stderr_;
  EXPECT_NE(stderr_.find("c.wav: the WAV header is cut off"), std::string::npos);
  EXPECT_NE(stderr_.find("d.wav: the recording has 17 channels, and at most 16 are"),
            std::string::npos)
      << stderr_;
}

TEST_F(TranscribeRunTest, StopEndsSplitChannels) {
  AddFiles({{"a.wav", "one|waits|three"}});
  options_.split_channels = true;
  std::stop_source stop;
  std::jthread stopper([&] {
    while (!fake_.started) std::this_thread::yield();
    stop.request_stop();
  });
  EXPECT_EQ(Run(stop.get_token()), ExitCode::kInterrupted);
  EXPECT_EQ(OutputNames(), Names{});
  EXPECT_EQ(stderr_.find("error:"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, NeverTellsWhatWasSaid) {
  AddFiles({{"a.wav", "secret"}, {"b.wav", "broken"}});
  options_.decoding.initial_prompt = "confidential";
  Run();
  EXPECT_EQ(stderr_.find("secret"), std::string::npos);
  EXPECT_EQ(stderr_.find("confidential"), std::string::npos);
}

TEST_F(TranscribeRunTest, ABadFileDoesNotStopTheOthers) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "broken"}, {"c.wav", "three"}});
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(OutputNames(), (Names{"a.txt", "c.txt"}));
  EXPECT_NE(stderr_.find("error: " + (in_folder() / "b.wav").string() +
                         ": the WAV header is cut off; copy the file again\n"),
            std::string::npos)
      << stderr_;
  EXPECT_NE(stderr_.find("2 done, 1 failed"), std::string::npos);
}

TEST_F(TranscribeRunTest, MissingFilesFailAloneAndNeedNoModel) {
  AddFiles({{"a.wav", "one"}});
  options_.inputs.insert(options_.inputs.begin(), "/nowhere/x.wav");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(OutputNames(), (Names{"a.txt"}));
  EXPECT_NE(stderr_.find("error: /nowhere/x.wav: no such file or folder; check the path\n"),
            std::string::npos);
  options_.inputs = {"/nowhere/x.wav"};
  model_status_ = NotFoundError("unknown model");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(stderr_.find("unknown model"), std::string::npos);
}

TEST_F(TranscribeRunTest, PrintsPlainTextOfOneFile) {
  AddFiles({{"a.wav", "hello"}});
  options_.output_folder.clear();
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(stdout_, "hello\n");
  EXPECT_EQ(stderr_, "");
}

// The plain text of one recording is otherwise printed as it comes.
TEST_F(TranscribeRunTest, RedactsWhatItPrintsAndWhatItWrites) {
  const std::string secret = "4111 1111 1111 1111";
  AddFiles({{"a.wav", "pay " + secret + " now"}});
  options_.finishing.redact = {text::PiiType::kCardNumber};
  options_.output_folder.clear();
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    options_.formats = {&format};
    EXPECT_EQ(Run(), ExitCode::kDone);
    EXPECT_NE(stdout_.find("[CARD_NUMBER]"), std::string::npos) << format.name;
    EXPECT_EQ(stdout_.find("1111"), std::string::npos) << format.name;
    EXPECT_NE(stderr_.find("redacted: CARD_NUMBER 1"), std::string::npos) << stderr_;
    EXPECT_EQ(stderr_.find("1111"), std::string::npos);
  }
  options_.formats.clear();
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    options_.formats.push_back(&format);
  }
  options_.output_folder = out_folder();
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(stderr_.find("1111"), std::string::npos);
  int num_files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(out_folder())) {
    EXPECT_EQ(ReadAll(entry.path()).find("1111"), std::string::npos) << entry.path();
    ++num_files;
  }
  EXPECT_GE(num_files, 5);
}

TEST_F(TranscribeRunTest, WritesACopyWithoutWhatIsRedacted) {
  AddFiles({{"a.wav", "mail a@example.com"}});
  options_.finishing.redact = {text::PiiType::kEmail};
  options_.redact_audio = true;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(OutputNames(), (std::set<std::string>{"a.redacted.wav", "a.txt"}));
  // Beside the recordings it would take the place of one.
  AddFiles({{"a.redacted.wav", "hello"}});
  options_.output_folder = in_folder();
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_NE(stderr_.find("would replace the recording"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, SaysWhenEnglishRulesDoNotApply) {
  AddFiles({{"a.wav", "twenty five"}});
  options_.finishing.numbers = finishing::Numbers::kDigits;
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_NE(stderr_.find("know English only"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, PrintsOneOtherFormatOfOneFile) {
  AddFiles({{"a.wav", "hello"}});
  options_.output_folder.clear();
  options_.formats = {transcript::FindOutputFormat("tsv")};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(stdout_, "start\tend\ttext\n0\t2000\thello\n");
}

TEST_F(TranscribeRunTest, PrintsSeveralTextsInTheOrderOfTheInputs) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "broken"}, {"c.wav", "three"}});
  options_.output_folder.clear();
  options_.recognizer.batch_size = 3;
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  const std::string folder = in_folder().string();
  EXPECT_EQ(stdout_, "==> " + folder + "/a.wav <==\none\n\n==> " + folder + "/c.wav <==\nthree\n");
}

TEST_F(TranscribeRunTest, SeveralSubtitlesNeedAFolder) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "two"}});
  options_.output_folder.clear();
  options_.formats = {transcript::FindOutputFormat("srt")};
  EXPECT_EQ(Run(), ExitCode::kWrongUsage);
  EXPECT_EQ(stdout_, "");
}

TEST_F(TranscribeRunTest, NotesAnEmptyTranscript) {
  AddFiles({{"a.wav", ""}});
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(OutputNames(), (Names{"a.txt"}));
  EXPECT_NE(stderr_.find("note: " + (in_folder() / "a.wav").string() + ": no speech found"),
            std::string::npos);
}

TEST_F(TranscribeRunTest, WhatWasLeftOutAndWhatTheModelLacksIsSaid) {
  AddFiles({{"a.wav", "one"}});
  fake_.dropped = {{0, 1.25, "no_voice"}, {1.5, 1.75, "repetition"}, {1.8, 1.9, "no_voice"}};
  fake_.what_to_know = "the batch is smaller";
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_NE(stderr_.find("a.wav: 1.6 s left out in 3 places (no_voice 2, repetition 1)"),
            std::string::npos)
      << stderr_;
  EXPECT_NE(stderr_.find("note: the batch is smaller\n"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, NotesClipsPastTheEnd) {
  AddFiles({{"a.wav", ""}});
  options_.decoding.clips = {{0, 1}, {5, 6}};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_NE(stderr_.find("a.wav: --clip from 5 s begins past the end of the recording at 2 s"),
            std::string::npos)
      << stderr_;
  EXPECT_NE(stderr_.find("no speech found"), std::string::npos);
  options_.decoding.clips = {{2, 3}};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_NE(stderr_.find("past the end"), std::string::npos);
  EXPECT_EQ(stderr_.find("no speech found"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, ARecordingWithoutASampleIsAFailure) {
  AddFiles({{"a.wav", "no samples"}});
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(OutputNames(), Names{});
  EXPECT_NE(stderr_.find("not a single sample"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, ReportsModelAndOptionErrors) {
  AddFiles({{"a.wav", "one"}});
  options_.decoding.language = "xx";
  EXPECT_EQ(Run(), ExitCode::kWrongUsage);
  EXPECT_EQ(stderr_, "error: unknown language 'xx'; nearest: xh\n");
  model_status_ = NotFoundError("unknown model 'bse'; nearest names: base");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(stderr_, "error: unknown model 'bse'; nearest names: base\n");
  model_status_ = OutOfRangeError("alignment head 9:9 is outside the model");
  EXPECT_EQ(Run(), ExitCode::kWrongUsage);
  EXPECT_EQ(stderr_, "error: alignment head 9:9 is outside the model\n");
}

TEST_F(TranscribeRunTest, SkipsWhatIsFinishedUntilSomethingChanges) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "two"}});
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 2);

  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 2);
  EXPECT_NE(stderr_.find("2 finished and unchanged, skipped"), std::string::npos);

  folder_.Write("in/b.wav", "two, changed");
  folder_.Write("in/c.wav", "three");
  Run();
  EXPECT_EQ(fake_.num_calls, 4);
  EXPECT_EQ(ReadAll(out_folder() / "b.txt"), "two, changed\n");

  options_.decoding.beam_size = 5;
  Run();
  EXPECT_EQ(fake_.num_calls, 7);

  fake_.model.digest = "d2";
  Run();
  EXPECT_EQ(fake_.num_calls, 10);

  fs::remove(out_folder() / "a.txt");
  Run();
  EXPECT_EQ(fake_.num_calls, 11);

  options_.force = true;
  Run();
  EXPECT_EQ(fake_.num_calls, 14);
}

TEST_F(TranscribeRunTest, AnOverwrittenTranscriptIsMadeAgain) {
  const std::string x = folder_.Write("x/b.wav", "first").string();
  const std::string y = folder_.Write("y/b.wav", "other").string();
  options_.inputs = {x};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(stderr_.find("overwrites"), std::string::npos);
  options_.inputs = {y};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_NE(stderr_.find("note: " + y + ": overwrites '" + (out_folder() / "b.txt").string() +
                         "', the transcript of '" + x + "'\n"),
            std::string::npos)
      << stderr_;
  options_.inputs = {x};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(ReadAll(out_folder() / "b.txt"), "first\n");
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 3);
}

TEST_F(TranscribeRunTest, EqualNamesAreAllTranscribed) {
  folder_.Write("x/b.wav", "first");
  folder_.Write("y/b.wav", "other");
  options_.inputs = {(folder_.path() / "x").string(), (folder_.path() / "y").string()};
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(OutputNames(), (Names{"b.wav.txt", "b.wav-2.txt"}));
}

TEST_F(TranscribeRunTest, FailedFilesAreTriedAgain) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "broken"}});
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  folder_.Write("in/b.wav", "mended");
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(ReadAll(out_folder() / "b.txt"), "mended\n");
  EXPECT_EQ(fake_.num_calls, 2);
}

TEST_F(TranscribeRunTest, ABrokenManifestOnlyCostsTime) {
  AddFiles({{"a.wav", "one"}});
  Run();
  std::ofstream(out_folder() / kManifestName, std::ios::trunc) << "garbage\n{\"version\":1,";
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 2);
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(fake_.num_calls, 2);
}

TEST_F(TranscribeRunTest, StopKeepsWhatIsFinishedAndNothingHalf) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "waits"}, {"c.wav", "three"}});
  options_.recognizer.batch_size = 1;
  std::stop_source stop;
  std::jthread stopper([&] {
    while (!fake_.started) std::this_thread::yield();
    stop.request_stop();
  });
  EXPECT_EQ(Run(stop.get_token()), ExitCode::kInterrupted);
  EXPECT_EQ(OutputNames(), (Names{"a.txt"}));
  EXPECT_NE(stderr_.find("interrupted"), std::string::npos);
  EXPECT_NE(stderr_.find("1 done, 2 not finished"), std::string::npos);
  EXPECT_EQ(stderr_.find("error:"), std::string::npos);

  folder_.Write("in/b.wav", "two");
  EXPECT_EQ(Run(), ExitCode::kDone);
  EXPECT_EQ(OutputNames(), (Names{"a.txt", "b.txt", "c.txt"}));
  EXPECT_NE(stderr_.find("1 finished and unchanged"), std::string::npos);
}

TEST_F(TranscribeRunTest, AnOutputPathThatIsAFolderFailsThatFileOnly) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "two"}});
  fs::create_directories(out_folder() / "a.txt");
  EXPECT_EQ(Run(), ExitCode::kSomeFailed);
  EXPECT_EQ(OutputNames(), (Names{"b.txt"}));
  EXPECT_NE(stderr_.find("it is a directory"), std::string::npos) << stderr_;
}

TEST_F(TranscribeRunTest, AnOutputFolderThatIsAFileIsWrongUsage) {
  AddFiles({{"a.wav", "one"}});
  options_.output_folder = folder_.Write("file", "x");
  EXPECT_EQ(Run(), ExitCode::kWrongUsage);
  EXPECT_NE(stderr_.find("is a file; name a folder"), std::string::npos);
  EXPECT_EQ(fake_.num_calls, 0);
}

TEST_F(TranscribeRunTest, SaysWhenStandardOutputIsFull) {
  AddFiles({{"a.wav", "one"}, {"b.wav", "two"}});
  options_.output_folder.clear();
  std::ostringstream error;
  for (const bool several : {false, true}) {
    if (!several) options_.inputs = {(in_folder() / "a.wav").string()};
    std::ofstream full("/dev/full");
    ASSERT_TRUE(full.is_open());
    error.str("");
    EXPECT_EQ(RunInto(full, error), ExitCode::kSomeFailed);
    EXPECT_NE(error.str().find("cannot write to standard output: No space left on device"),
              std::string::npos)
        << error.str();
    options_.inputs = {in_folder().string()};
  }
}

TEST_F(TranscribeRunTest, NotesMoreThreadsThanCpus) {
  AddFiles({{"a.wav", "one"}});
  options_.recognizer.num_threads = 1000;
  Run();
  EXPECT_NE(stderr_.find("note: --threads 1000 is more than the"), std::string::npos);
}

TEST(SecondsInClips, CountsOnlyWhatLiesInside) {
  const std::vector<models::Clip> clips = {{10, 20}, {30, 40}};
  EXPECT_DOUBLE_EQ(SecondsInClips(clips, 5), 0);
  EXPECT_DOUBLE_EQ(SecondsInClips(clips, 15), 5);
  EXPECT_DOUBLE_EQ(SecondsInClips(clips, 35), 15);
  EXPECT_DOUBLE_EQ(SecondsInClips(clips, 100), 20);
  EXPECT_DOUBLE_EQ(SecondsInClips({}, 7), 7);
}

}  // namespace
}  // namespace ironscribe::cli
