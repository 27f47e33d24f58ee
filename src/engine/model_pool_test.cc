// The pool with real (tiny, random) models, opened through a door that the tests can hold shut.
#include "engine/model_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>

#include "engine/stub_source.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::engine {
namespace {

using models::whisper::ModelFolder;
using std::chrono::seconds;

constexpr auto kWait = std::chrono::milliseconds(1);

class ModelPoolTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (uint64_t i = 0; i < kModels; ++i) {
      folders_[i] = new ModelFolder();
      folders_[i]->Write(
          "model.safetensors",
          formats::testing::MakeSafetensors(
              models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(i + 3)),
              formats::Encoding::kFloat32));
    }
    const auto recognizer = Recognizer::Open(folders_[0]->path(), {});
    size_bytes_ = (*recognizer)->size_bytes();
    digest_ = (*recognizer)->model_info().digest;
  }
  static void TearDownTestSuite() {
    for (ModelFolder* folder : folders_) delete folder;
  }

  ModelPoolOptions Options() {
    ModelPoolOptions options;
    options.recognizer.num_threads = 2;
    options.now = [this] { return ModelPoolOptions::Clock::time_point(now_.load()); };
    options.open = [this](const auto& path, const RecognizerOptions& recognizer) {
      ++opened_;
      while (shut_ == path && !recognizer.stop.stop_requested()) std::this_thread::sleep_for(kWait);
      if (recognizer.stop.stop_requested()) {
        ++cancelled_;
        return Result<std::unique_ptr<Recognizer>>(CancelledError("loading was cancelled"));
      }
      if (fail_) return Result<std::unique_ptr<Recognizer>>(DataLossError("the file is damaged"));
      return Recognizer::Open(path, recognizer);
    };
    return options;
  }
  // "a", "b", "c" with models of equal size.
  std::unique_ptr<ModelPool> MakePool(ModelPoolOptions options) {
    auto pool = std::make_unique<ModelPool>(std::move(options));
    for (size_t i = 0; i < kModels; ++i) {
      EXPECT_TRUE(pool->Add({.name = std::string(1, static_cast<char>('a' + i)),
                             .path = folders_[i]->path()})
                      .ok());
    }
    return pool;
  }
  // Enough for so many models and not one more.
  ModelPoolOptions WithRoomFor(double models) {
    ModelPoolOptions options = Options();
    options.recognizer.cache_folder = cache_.path();  // Packed sizes are told exactly.
    options.memory_bytes =
        static_cast<int64_t>((models + 0.5) * static_cast<double>(size_bytes_) / 0.8);
    return options;
  }
  static ModelReport ReportOf(const ModelPool& pool, std::string_view name) {
    for (ModelReport& report : pool.Report()) {
      if (report.name == name) return report;
    }
    return {};
  }
  static std::string Transcribe(Recognizer& recognizer, uint64_t seed) {
    std::vector<float> samples = formats::testing::RandomValues(16000, seed);
    StubSource source(samples);
    models::DecodingOptions decoding;
    decoding.temperatures = {0.0f};
    decoding.no_speech_threshold = std::numeric_limits<float>::quiet_NaN();
    decoding.guard = false;
    const auto transcript = recognizer.Transcribe(source, decoding, {}, {});
    EXPECT_TRUE(transcript.ok()) << transcript.status().ToString();
    return transcript.ok() ? transcript->text : "";
  }

  static constexpr size_t kModels = 3;
  static ModelFolder* folders_[kModels];
  static int64_t size_bytes_;
  static std::string digest_;
  const ModelFolder cache_;
  std::atomic<ModelPoolOptions::Clock::duration> now_{seconds(1000)};
  std::atomic<int> opened_{0}, cancelled_{0};
  std::atomic<bool> fail_{false};
  std::filesystem::path shut_;  // What is opened does not open until the stop; set before loading.
};

ModelFolder* ModelPoolTest::folders_[kModels] = {};
int64_t ModelPoolTest::size_bytes_ = 0;
std::string ModelPoolTest::digest_;

TEST_F(ModelPoolTest, AModelIsLoadedOnceForAllAndStays) {
  const auto pool = MakePool(Options());
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kUnloaded);
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto handle = pool->Acquire("a", "", {});
      ASSERT_TRUE(handle.ok()) << handle.status().ToString();
      EXPECT_EQ(handle->name(), "a");
      EXPECT_EQ(handle->recognizer().model_info().name, "a");
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(opened_, 1);
  const ModelReport report = ReportOf(*pool, "a");
  EXPECT_EQ(report.state, ModelState::kReady);
  EXPECT_EQ(report.users, 0);
  EXPECT_EQ(report.size_bytes, size_bytes_);
  EXPECT_EQ(report.digest, digest_);
  EXPECT_EQ(report.family, "whisper");
  EXPECT_EQ(report.loads, 1u);
  EXPECT_NE(report.note.find("packed in memory"), std::string::npos);
  EXPECT_EQ(pool->used_bytes(), size_bytes_);
  EXPECT_EQ(pool->Progress().size(), 1u);
}

TEST_F(ModelPoolTest, UnknownNamesAreNotFoundWithTheNearest) {
  const auto pool = MakePool(Options());
  ASSERT_TRUE(pool->Add({.name = "large-v3", .path = "/none"}).ok());
  const auto missing = pool->Acquire("large-v2", "", {});
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
  EXPECT_NE(missing.status().message().find("large-v3"), std::string::npos);
  EXPECT_EQ(pool->Add({.name = "a"}).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(pool->Add({.name = ""}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(pool->Add({.name = "x", .sha256 = "12"}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(pool->PointAlias("z", "nobody").code(), StatusCode::kNotFound);
  EXPECT_EQ(pool->PointAlias("b", "a").code(), StatusCode::kAlreadyExists);
}

TEST_F(ModelPoolTest, AliasesLeadToModelsAndBack) {
  const auto pool = MakePool(Options());
  ASSERT_TRUE(pool->PointAlias("whisper-1", "a").ok());
  EXPECT_EQ(pool->Add({.name = "whisper-1"}).code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(pool->TryAlias("whisper-1", "b", 1).ok());
  EXPECT_EQ(pool->Acquire("whisper-1", "id", {})->name(), "b");
  ASSERT_TRUE(pool->RollBackAlias("whisper-1").ok());
  EXPECT_EQ(pool->Resolve("whisper-1", "id").value(), "a");
  EXPECT_EQ(pool->Remove("a").code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(pool->RemoveAlias("whisper-1").ok());
  EXPECT_TRUE(pool->Remove("a").ok());
  EXPECT_EQ(pool->Resolve("a", "").status().code(), StatusCode::kNotFound);
}

TEST_F(ModelPoolTest, LoadingOneDelaysNoOtherAndIsCancelledWhenAllHaveGone) {
  shut_ = folders_[0]->path();
  const auto pool = MakePool(Options());
  std::stop_source first, second;
  std::atomic<int> ended{0};
  const auto wait_for_a = [&](std::stop_source& stop) {
    return std::thread([&] {
      EXPECT_EQ(pool->Acquire("a", "", stop.get_token()).status().code(), StatusCode::kCancelled);
      ++ended;
    });
  };
  std::thread one = wait_for_a(first), two = wait_for_a(second);
  while (opened_ == 0) std::this_thread::sleep_for(kWait);
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kLoading);
  EXPECT_TRUE(pool->Acquire("b", "", {}).ok());
  first.request_stop();
  one.join();
  EXPECT_EQ(cancelled_, 0);
  second.request_stop();
  two.join();
  // Whoever comes now waits for the cancelled one to end and loads anew.
  std::stop_source third;
  std::thread three = wait_for_a(third);
  while (opened_ < 3) std::this_thread::sleep_for(kWait);
  EXPECT_EQ(cancelled_, 1);
  third.request_stop();
  three.join();
}

TEST_F(ModelPoolTest, AFailedLoadIsToldToAllAndTriedAgainLater) {
  const auto pool = MakePool(Options());
  fail_ = true;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back(
        [&] { EXPECT_EQ(pool->Acquire("a", "", {}).status().code(), StatusCode::kDataLoss); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kFailed);
  EXPECT_EQ(pool->used_bytes(), 0);
  fail_ = false;
  now_ = now_.load() + seconds(29);
  const Status again = pool->Load("a", {});
  EXPECT_EQ(again.code(), StatusCode::kDataLoss);
  EXPECT_NE(again.message().find("tried again in 1 s"), std::string::npos) << again.message();
  now_ = now_.load() + seconds(1);
  EXPECT_TRUE(pool->Load("a", {}).ok());
  EXPECT_TRUE(ReportOf(*pool, "a").error.ok());
}

TEST_F(ModelPoolTest, APinnedModelIsServedOnlyWithItsDigest) {
  ModelPool pool(Options());
  std::string upper = digest_;
  std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
  ASSERT_TRUE(pool.Add({.name = "right",
                        .path = folders_[0]->path(),
                        .sha256 = upper,
                        .load_at_start = true})
                  .ok());
  ASSERT_TRUE(pool.Add({.name = "wrong", .path = folders_[1]->path(), .sha256 = digest_}).ok());
  EXPECT_TRUE(pool.LoadAtStart({}).ok());
  EXPECT_EQ(opened_, 1);
  const Status status = pool.Load("wrong", {});
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find(digest_), std::string::npos);
}

TEST_F(ModelPoolTest, TheModelUnusedForLongestMakesRoomAndNoneInUseDoes) {
  const auto pool = MakePool(WithRoomFor(2));
  ASSERT_TRUE(pool->Load("a", {}).ok());
  now_ = now_.load() + seconds(1);
  ASSERT_TRUE(pool->Load("b", {}).ok());
  now_ = now_.load() + seconds(1);
  auto a = pool->Acquire("a", "", {});
  ASSERT_TRUE(a.ok());
  ASSERT_TRUE(pool->Load("c", {}).ok());
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kReady);
  EXPECT_EQ(ReportOf(*pool, "b").state, ModelState::kUnloaded);
  auto c = pool->Acquire("c", "", {});
  const Status full = pool->Load("b", {});
  EXPECT_EQ(full.code(), StatusCode::kResourceExhausted);
  EXPECT_NE(full.message().find("'c'"), std::string::npos) << full.message();
  EXPECT_NE(full.message().find("try again"), std::string::npos) << full.message();
  EXPECT_EQ(ReportOf(*pool, "b").state, ModelState::kUnloaded);
  *c = {};
  EXPECT_TRUE(pool->Load("b", {}).ok());  // At once: it was no fault of the model.
  EXPECT_EQ(ReportOf(*pool, "c").state, ModelState::kUnloaded);
}

TEST_F(ModelPoolTest, WhatCanNeverFitSaysSo) {
  const auto pool = MakePool(WithRoomFor(0.1));
  const Status status = pool->Load("a", {});
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("smaller model"), std::string::npos) << status.message();
}

TEST_F(ModelPoolTest, WhatIsIdleForLongIsUnloaded) {
  ModelPoolOptions options = Options();
  options.idle_unload = seconds(60);
  const auto pool = MakePool(std::move(options));
  ASSERT_TRUE(pool->Add({.name = "kept", .path = folders_[1]->path(), .keep_loaded = true}).ok());
  ASSERT_TRUE(pool->Load("kept", {}).ok());
  ASSERT_TRUE(pool->Load("a", {}).ok());
  auto used = pool->Acquire("b", "", {});
  now_ = now_.load() + seconds(59);
  pool->UnloadIdle();
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kReady);
  EXPECT_EQ(ReportOf(*pool, "a").idle_seconds, 59);
  now_ = now_.load() + seconds(1);
  pool->UnloadIdle();
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kUnloaded);
  EXPECT_EQ(ReportOf(*pool, "b").state, ModelState::kReady);
  EXPECT_EQ(ReportOf(*pool, "kept").state, ModelState::kReady);
}

TEST_F(ModelPoolTest, UnloadWaitsForThoseWhoUseIt) {
  const auto pool = MakePool(Options());
  auto handle = pool->Acquire("a", "", {});
  const std::string before = Transcribe(handle->recognizer(), 1);
  ASSERT_TRUE(pool->Unload("a").ok());
  EXPECT_EQ(Transcribe(handle->recognizer(), 1), before);
  *handle = {};
  EXPECT_EQ(ReportOf(*pool, "a").state, ModelState::kUnloaded);
  EXPECT_EQ(Transcribe(pool->Acquire("a", "", {})->recognizer(), 1), before);
  EXPECT_EQ(opened_, 2);
}

TEST_F(ModelPoolTest, ModelsThatShareThreadsAndMemorySayWhatTheySayAlone) {
  constexpr uint64_t kCallers = 12;
  std::vector<std::string> alone(kCallers), together(kCallers);
  for (uint64_t i = 0; i < kCallers; ++i) {
    RecognizerOptions options;
    options.num_threads = 1;
    options.batch_size = 1;
    alone[i] = Transcribe(**Recognizer::Open(folders_[i % kModels]->path(), options), i);
  }
  std::atomic<int> steps{0};
  ModelPoolOptions options = Options();
  options.recognizer.batch_size = 3;
  options.on_step = [&](std::string_view model, int searches) {
    EXPECT_EQ(model.size(), 1u);
    EXPECT_GE(searches, 1);
    EXPECT_LE(searches, 3);
    ++steps;
  };
  const auto pool = MakePool(std::move(options));
  std::vector<std::thread> callers;
  for (uint64_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      const std::string name(1, static_cast<char>('a' + i % kModels));
      const auto handle = pool->Acquire(name, "", {});
      together[i] = Transcribe(handle->recognizer(), i);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(alone, together);
  EXPECT_GT(steps, 0);
  const auto works = [](const SchedulerProgress& progress) { return progress.has_work; };
  // The last task ends a moment after its caller has been told.
  std::vector<SchedulerProgress> all = pool->Progress();
  for (; std::any_of(all.begin(), all.end(), works); all = pool->Progress()) {
    std::this_thread::sleep_for(kWait);
  }
  EXPECT_EQ(all.size(), kModels);
  for (const SchedulerProgress& progress : all) EXPECT_GT(progress.finished_tasks, 1u);
}

// Bytes that are the process's own: no files, no pages shared with others.
int64_t AnonymousBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kibibytes = 0;
    if (word == "RssAnon:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

TEST_F(ModelPoolTest, LoadingAndUnloadingTwentyTimesKeepsNoMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep freed memory";
#endif
  const auto pool = MakePool(Options());
  const auto cycle = [&] {
    Transcribe(pool->Acquire("a", "", {})->recognizer(), 1);
    ASSERT_TRUE(pool->Unload("a").ok());
  };
  cycle();
  const int64_t before = AnonymousBytes();
  ASSERT_GT(before, 0);
  for (int i = 0; i < 20; ++i) cycle();
  const int64_t grown = AnonymousBytes() - before;
  RecordProperty("grown_bytes", static_cast<int>(grown));
  RecordProperty("model_bytes", static_cast<int>(size_bytes_));
  EXPECT_LT(grown, std::min<int64_t>(10'000'000, 10 * size_bytes_));
  EXPECT_EQ(ReportOf(*pool, "a").loads, 21u);
}

}  // namespace
}  // namespace ironscribe::engine
