// The scheduler with a real (tiny, random) model: what callers get does not depend on who else is
// served.
#include "engine/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "decoding/forced_search.h"
#include "decoding/greedy_search.h"
#include "engine/model_loader.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::engine {
namespace {

using decoding::TokenId;

class SchedulerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const models::whisper::ModelFolder folder;
    folder.Write("model.safetensors",
                 formats::testing::MakeSafetensors(
                     models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(3)),
                     formats::Encoding::kFloat32));
    loaded_ = new LoadedModel(LoadModel(folder.path(), RecognizerOptions()).value());
  }
  static void TearDownTestSuite() { delete loaded_; }

  static const models::WindowModel& model() { return loaded_->model->window_model(); }

  static std::vector<float> Features(uint64_t seed) {
    return formats::testing::RandomValues(
        static_cast<size_t>(model().max_frames() * model().num_mels()), seed);
  }

  // Encodes a window and scores a fixed sequence on it.
  static std::vector<float> Score(Scheduler& scheduler, uint64_t seed) {
    const auto encoding = scheduler.Encode({Features(seed)}, {}).value();
    std::vector<TokenId> tokens;
    for (uint64_t i = 0; i < 5 + seed % 20; ++i)
      tokens.push_back(static_cast<TokenId>((seed * 31 + i * 7) % 2000));
    decoding::ForcedSearch search(tokens);
    EXPECT_TRUE(scheduler.Run(encoding, search, {}).ok());
    const auto scores = search.log_probabilities();
    return {scores.begin(), scores.end()};
  }

  static LoadedModel* loaded_;
};

LoadedModel* SchedulerTest::loaded_ = nullptr;

TEST_F(SchedulerTest, ManyCallersGetWhatEachGetsAlone) {
  constexpr size_t kCallers = 24;
  std::vector<std::vector<float>> alone(kCallers), together(kCallers);
  Scheduler single(model(), {.num_threads = 1, .batch_size = 1});
  for (size_t i = 0; i < kCallers; ++i) alone[i] = Score(single, i);
  for (int threads : {1, 2, 3}) {
    Scheduler scheduler(model(), {.num_threads = threads, .batch_size = 8});
    std::vector<std::thread> callers;
    for (size_t i = 0; i < kCallers; ++i) {
      callers.emplace_back([&, i] { together[i] = Score(scheduler, i); });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(alone, together) << threads << " threads";
  }
}

TEST_F(SchedulerTest, TheProfileSeesEveryWindowAndStep) {
  models::Profile profile;
  Scheduler scheduler(model(), {.num_threads = 2, .batch_size = 4, .profile = &profile});
  EXPECT_EQ(scheduler.profile(), &profile);
  std::vector<std::thread> callers;  // Two at a time run side by side, on scratches of their own.
  for (uint64_t i = 0; i < 5; ++i) callers.emplace_back([&, i] { Score(scheduler, i); });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(profile.counts().windows, 5);
  EXPECT_EQ(profile.counts().rows, 5 + 6 + 7 + 8 + 9);
  EXPECT_GT(profile.thread_seconds(models::Stage::kSearch), 0);
  EXPECT_GT(profile.thread_seconds(models::Stage::kConvolution), 0);
}

TEST_F(SchedulerTest, AlignGivesScoresAndProbabilities) {
  Scheduler scheduler(model(), {.num_threads = 2, .batch_size = 4});
  const auto encoding = scheduler.Encode({Features(1)}, {}).value();
  const std::vector<TokenId> tokens = {5, 9, 100, 7};
  const auto aligned = scheduler.Align(encoding, tokens, model().vocab_size(), {});
  ASSERT_TRUE(aligned.ok());
  const auto frames = static_cast<size_t>(model().encoding_frames(model().max_frames()));
  EXPECT_EQ(aligned->scores.size(),
            tokens.size() * static_cast<size_t>(model().num_alignment_heads()) * frames);
  decoding::ForcedSearch search(tokens);
  ASSERT_TRUE(scheduler.Run(encoding, search, {}).ok());
  const auto expected = search.log_probabilities();
  EXPECT_EQ(aligned->log_probabilities, std::vector<float>(expected.begin(), expected.end()));
}

TEST_F(SchedulerTest, CancelledCallersLeaveAndOthersGoOn) {
  Scheduler scheduler(model(), {.num_threads = 2, .batch_size = 4});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(scheduler.Encode({Features(1)}, stop.get_token()).status().code(),
            StatusCode::kCancelled);
  const auto encoding = scheduler.Encode({Features(1)}, {}).value();
  decoding::ForcedSearch search({1, 2, 3});
  EXPECT_EQ(scheduler.Run(encoding, search, stop.get_token()).code(), StatusCode::kCancelled);
  EXPECT_EQ(Score(scheduler, 4).size(), 9u);
}

TEST_F(SchedulerTest, ProgressTellsOfWorkAndOfEachTask) {
  std::atomic<bool> hold{true}, held{false};
  std::vector<int> searches;  // On the one thread of the pool.
  Scheduler scheduler(model(), {.num_threads = 1, .batch_size = 4, .on_step = [&](int count) {
                                  searches.push_back(count);
                                  held = true;
                                  while (hold) std::this_thread::yield();
                                }});
  EXPECT_FALSE(scheduler.progress().has_work);
  const auto before = std::chrono::steady_clock::now();
  std::thread caller([&] { Score(scheduler, 1); });
  while (!held) std::this_thread::yield();
  const SchedulerProgress during = scheduler.progress();
  EXPECT_TRUE(during.has_work);
  EXPECT_EQ(during.finished_tasks, 1u);
  EXPECT_GE(during.since, before);
  EXPECT_EQ(scheduler.progress().since, during.since);
  // Whoever stops while others are at work leaves at once.
  std::stop_source stop;
  std::thread leaving([&] {
    EXPECT_EQ(scheduler.Encode({Features(2)}, stop.get_token()).status().code(),
              StatusCode::kCancelled);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stop.request_stop();
  leaving.join();
  hold = false;
  caller.join();
  EXPECT_EQ(searches, std::vector<int>{1});
  // The last task ends a moment after its caller has been told.
  while (scheduler.progress().finished_tasks < 2) std::this_thread::yield();
  EXPECT_FALSE(scheduler.progress().has_work);
  EXPECT_GT(scheduler.progress().since, during.since);
}

// A client that had little is served at once and alone, although the batch is full of others' work.
TEST_F(SchedulerTest, WhoHadLittleGoesFirst) {
  std::atomic<int> steps{0}, steps_allowed{0};
  std::vector<int> searches;  // On the one thread of the pool.
  Scheduler scheduler(model(), {.num_threads = 1, .batch_size = 2, .on_step = [&](int count) {
                                  searches.push_back(count);
                                  ++steps;
                                  while (steps > steps_allowed) std::this_thread::yield();
                                }});
  ComputeShares shares;
  const auto greedy = shares.Of("greedy");
  const auto modest = shares.Of("modest");
  greedy->Charge(1000);
  SchedulerClient greedy_client(scheduler, greedy.get());
  SchedulerClient modest_client(scheduler, modest.get());
  const auto encoding = scheduler.Encode({Features(1)}, {}).value();
  const auto run = [&](SchedulerClient& client, int tokens) {
    decoding::GreedySearch search({.prompt = {7}, .max_new_tokens = tokens, .max_positions = 40},
                                  {});
    EXPECT_TRUE(client.Run(encoding, search, {}).ok());
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) callers.emplace_back(run, std::ref(greedy_client), 36);
  // Step by step, so that all come while the others are still busy. The number of the first step
  // that advances `count` searches.
  const auto step_until = [&](int count) {
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      steps_allowed = steps.load();
      while (steps <= steps_allowed) std::this_thread::yield();
    } while (searches.back() != count && steps < 30);
    return steps - 1;
  };
  step_until(2);
  callers.emplace_back(run, std::ref(modest_client), 4);
  const int alone = step_until(1);
  steps_allowed = 1'000'000;
  for (std::thread& caller : callers) caller.join();
  const auto first = searches.begin() + alone;
  ASSERT_GT(searches.end() - first, 5) << "not served";
  EXPECT_EQ(std::vector<int>(first, first + 5), (std::vector<int>{1, 1, 1, 1, 2}));
  EXPECT_EQ(*std::max_element(searches.begin(), searches.end()), 2) << "the batch is as before";
}

TEST_F(SchedulerTest, WrongFeaturesAreAnErrorNotACrash) {
  Scheduler scheduler(model(), {.num_threads = 1, .batch_size = 1});
  EXPECT_FALSE(scheduler.Encode({std::vector<float>(81)}, {}).ok());
  EXPECT_FALSE(scheduler.Encode({}, {}).ok());
  EXPECT_FALSE(scheduler.Encode({std::vector<float>(80 * 102)}, {}).ok());  // Two frames too many.
}

}  // namespace
}  // namespace ironscribe::engine
