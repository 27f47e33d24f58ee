// A recognition that is broken off after any piece of its work ends, with what the journal holds,
// as it would have ended: digit for digit, on a tiny random model.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <string>

#include "base/random.h"
#include "engine/recognizer.h"
#include "engine/resume_journal.h"
#include "engine/stub_source.h"
#include "io/file.h"
#include "models/stub_voice_activity.h"
#include "models/whisper/random_checkpoint.h"
#include "transcript/json_writer.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using models::Segmentation;

constexpr int kWindowFrames = 320;  // 3.2 s.
constexpr double kSeconds = 26;

std::vector<float> SwellingNoise() {
  std::vector<float> samples(static_cast<size_t>(kSeconds * audio::kSampleRateHz));
  Random random(4);
  for (size_t i = 0; i < samples.size(); ++i) {
    const double swell = std::sin(static_cast<double>(i) * 1e-4);
    samples[i] = static_cast<float>(swell * swell * (random.NextUnit() - 0.5));
  }
  return samples;
}

// Passes on to a journal, and asks for a stop after so many results.
class StoppingStore final : public models::ResultStore {
 public:
  StoppingStore(ResumeJournal& journal, int stop_after)
      : journal_(journal), stop_after_(stop_after) {}

  std::optional<std::string> Find(const std::string& key) override {
    auto found = journal_.Find(key);
    if (found) ++num_found;
    return found;
  }
  void Keep(const std::string& key, std::string_view result) override {
    // A process that is dead keeps nothing.
    if (stop.stop_requested()) return;
    journal_.Keep(key, result);
    if (++num_kept == stop_after_) stop.request_stop();
  }

  std::stop_source stop;
  std::atomic<int> num_found{0};
  std::atomic<int> num_kept{0};

 private:
  ResumeJournal& journal_;
  const int stop_after_;
};

struct Case {
  std::string name;
  Segmentation segmentation = Segmentation::kSequential;
  bool guard = false;
  bool language_per_segment = false;
  bool fit_windows = false;
  int beam_size = 1;
  // Times in random text: windows that move on by next to nothing, and many of them.
  bool timestamps = false;
};

class ResumeTest : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    models::whisper::Dimensions dims = models::whisper::RandomDimensions();
    dims.audio_context = kWindowFrames / 2;
    const auto checkpoint = models::whisper::RandomOpenAiCheckpoint(11, dims);
    folder_ = new models::whisper::ModelFolder();
    folder_->Write("model.safetensors",
                   formats::testing::MakeSafetensors(models::whisper::ToHuggingFace(checkpoint),
                                                     formats::Encoding::kFloat32));
  }
  static void TearDownTestSuite() { delete folder_; }

  ResumeTest() : samples_(SwellingNoise()) {
    std::string name = (fs::temp_directory_path() / "resume_test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    scratch_ = name;
    const Case& test = GetParam();
    options_.segmentation = test.segmentation;
    options_.guard = test.guard;
    options_.language_per_segment = test.language_per_segment;
    options_.fit_windows = test.fit_windows;
    options_.beam_size = test.beam_size;
    options_.word_times = true;
    options_.best_of = 2;
    options_.temperatures = {0.0f, 0.5f, 1.0f};
    if (!test.timestamps) SuppressTimestamps();
    options_.log_probability_threshold = -6;  // Some texts fall back, some do not.
    RecognizerOptions recognizer;
    recognizer.num_threads = 2;
    recognizer.batch_size = 4;
    recognizer.profile = &profile_;
    recognizer.alignment_heads = "1:0,0:1";
    recognizer.voice_activity = std::make_shared<models::LoudnessModel>();
    recognizer_ = Recognizer::Open(folder_->path(), recognizer).value();
  }
  ~ResumeTest() override { fs::remove_all(scratch_); }

  void SuppressTimestamps() {
    options_.without_timestamps = true;
    constexpr int kTimes = 1501;
    const int vocab_size = models::whisper::RandomDimensions().vocab_size;
    for (int id = vocab_size - kTimes; id < vocab_size; ++id) {
      options_.suppress_tokens.push_back(id);
    }
  }

  fs::path journal_path() const { return scratch_ / "journal"; }

  std::unique_ptr<ResumeJournal> OpenJournal() {
    return ResumeJournal::Open(journal_path(), {"1", "model", "options", "recording"}).value();
  }

  Result<std::string> Transcribe(models::ResultStore* results, std::stop_token stop = {}) {
    StubSource source(samples_);
    models::RecognitionCallbacks callbacks;
    callbacks.results = results;
    ASSIGN_OR_RETURN(auto transcript, recognizer_->Transcribe(source, options_, callbacks, stop));
    return transcript::WriteJson(transcript);
  }

  static models::whisper::ModelFolder* folder_;
  std::vector<float> samples_;
  fs::path scratch_;
  models::DecodingOptions options_;
  models::Profile profile_;
  std::unique_ptr<Recognizer> recognizer_;
};

models::whisper::ModelFolder* ResumeTest::folder_ = nullptr;

TEST_P(ResumeTest, BrokenOffAnywhereItEndsTheSame) {
  const auto uninterrupted = Transcribe(nullptr);
  ASSERT_TRUE(uninterrupted.ok()) << uninterrupted.status().ToString();
  int num_results = 0;
  {
    const auto journal = OpenJournal();
    StoppingStore store(*journal, -1);
    EXPECT_EQ(*Transcribe(&store), *uninterrupted);
    num_results = store.num_kept;
    EXPECT_GE(num_results, 8);
  }
  for (int stop_after = 1; stop_after < num_results; stop_after += 1 + num_results / 6) {
    fs::remove(journal_path());
    {
      const auto journal = OpenJournal();
      StoppingStore store(*journal, stop_after);
      // One that was on its last window may come through.
      const auto broken_off = Transcribe(&store, store.stop.get_token());
      EXPECT_TRUE(!broken_off.ok() || *broken_off == *uninterrupted);
    }
    const auto journal = OpenJournal();
    StoppingStore store(*journal, -1);
    const auto resumed = Transcribe(&store);
    ASSERT_TRUE(resumed.ok());
    EXPECT_EQ(*resumed, *uninterrupted) << "stopped after " << stop_after;
    EXPECT_GE(store.num_found, stop_after);
    EXPECT_EQ(store.num_found + store.num_kept, num_results);
  }
}

TEST_P(ResumeTest, BrokenOffAgainAndAgainItEndsTheSame) {
  const std::string uninterrupted = *Transcribe(nullptr);
  for (int round = 0; round < 100; ++round) {
    const auto journal = OpenJournal();
    StoppingStore store(*journal, 3);
    const auto transcript = Transcribe(&store, store.stop.get_token());
    if (!transcript.ok()) continue;
    EXPECT_EQ(*transcript, uninterrupted);
    EXPECT_GE(round, 2);
    return;
  }
  FAIL() << "never came to an end";
}

TEST_P(ResumeTest, WhatIsDoneIsNotDoneAgain) {
  const std::string first = *Transcribe(OpenJournal().get());
  const auto journal = OpenJournal();
  const double frames = profile_.counts().frames;
  const double rows = profile_.counts().rows;
  EXPECT_GT(frames, 0);
  EXPECT_EQ(*Transcribe(journal.get()), first);
  EXPECT_EQ(profile_.counts().frames, frames);
  EXPECT_EQ(profile_.counts().rows, rows);
}

// Valid records that say what no model says: never a crash, and no worse than an answer that the
// checks cannot tell from a model's.
TEST_P(ResumeTest, MutatedResultsDoNoHarm) {
  const std::string uninterrupted = *Transcribe(OpenJournal().get());
  std::vector<std::string> records;
  ASSERT_TRUE(io::Journal::Open(journal_path(), [&](std::string_view record) {
                records.emplace_back(record);
                return true;
              }).ok());
  Random random(9);
  for (int round = 0; round < 5; ++round) {
    fs::remove(journal_path());
    {
      const auto forged = io::Journal::Open(journal_path(), [](std::string_view) { return true; });
      ASSERT_TRUE(forged.ok());
      for (std::string record : records) {
        constexpr size_t kHeadBytes = 65;
        if (record[0] == 'R' && record.size() > kHeadBytes) {
          switch (random.Next() % 3) {
            case 0:
              record[kHeadBytes + random.Next() % (record.size() - kHeadBytes)] =
                  static_cast<char>(random.Next());
              break;
            case 1:
              record.resize(kHeadBytes + random.Next() % (record.size() - kHeadBytes));
              break;
            default:
              break;
          }
        }
        ASSERT_TRUE((*forged)->Append(record).ok());
      }
    }
    const auto journal = OpenJournal();
    EXPECT_TRUE(Transcribe(journal.get()).ok());
  }
}

TEST_P(ResumeTest, ResultsOfOtherAudioAreNotFound) {
  const auto before = Transcribe(OpenJournal().get());
  ASSERT_TRUE(before.ok());
  for (float& sample : samples_) sample *= 0.5f;
  const std::string other = *Transcribe(nullptr);
  EXPECT_EQ(*Transcribe(OpenJournal().get()), other);
}

INSTANTIATE_TEST_SUITE_P(
    Segmentations, ResumeTest,
    testing::Values(Case{.name = "Sequential"}, Case{.name = "SequentialGuarded", .guard = true},
                    Case{.name = "SequentialBeams", .beam_size = 3},
                    Case{.name = "SequentialLanguages", .language_per_segment = true},
                    Case{.name = "Fixed", .segmentation = Segmentation::kFixed},
                    Case{.name = "FixedLanguages",
                         .segmentation = Segmentation::kFixed,
                         .language_per_segment = true},
                    Case{.name = "Speech",
                         .segmentation = Segmentation::kVoiceActivity,
                         .guard = true,
                         .fit_windows = true},
                    Case{.name = "SequentialTimes", .timestamps = true},
                    Case{.name = "FixedTimes",
                         .segmentation = Segmentation::kFixed,
                         .guard = true,
                         .fit_windows = true,
                         .timestamps = true},
                    Case{.name = "SpeechTimes",
                         .segmentation = Segmentation::kVoiceActivity,
                         .guard = true,
                         .timestamps = true}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ironscribe::engine
