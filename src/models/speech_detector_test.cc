#include "models/speech_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "models/stub_voice_activity.h"

namespace ironscribe::models {
namespace {

constexpr int kFrame = MeanModel::kFrameSamples;

// Gives `samples` in blocks of changing size, then `end`.
class BlockSource final : public audio::PcmSource {
 public:
  BlockSource(std::vector<float> samples, Status end)
      : samples_(std::move(samples)), end_(std::move(end)) {}

  Result<size_t> Read(std::span<float> out) override {
    const size_t count = std::min(
        {out.size(), samples_.size() - at_, static_cast<size_t>(random_.Next() % 3000 + 1)});
    if (count == 0 && !end_.ok()) return end_;
    std::copy_n(samples_.begin() + static_cast<int64_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  int64_t ExpectedSamples() const override { return -1; }
  Status Rewind() override { return FailedPreconditionError("a test's source"); }
  std::string Description() const override { return "test"; }

 private:
  std::vector<float> samples_;
  Status end_;
  Random random_{1};
  size_t at_ = 0;
};

// Silence with two stretches of speech.
std::vector<float> TwoStretches() {
  std::vector<float> samples(2'000'001, 0.0f);
  std::fill(samples.begin() + 100 * kFrame, samples.begin() + 200 * kFrame, 1.0f);
  std::fill(samples.begin() + 1000 * kFrame, samples.begin() + 1100 * kFrame, 1.0f);
  return samples;
}

const std::vector<SpeechSpan> kTwoSpans = {{100 * kFrame - 6400, 200 * kFrame + 6400},
                                           {1000 * kFrame - 6400, 1100 * kFrame + 6400}};

std::unique_ptr<SpeechDetector> NewDetector() {
  return SpeechDetector::Create(std::make_shared<MeanModel>(), {}).value();
}

TEST(SpeechDetectorTest, SpansDoNotDependOnTheBlocks) {
  const auto samples = TwoStretches();
  for (size_t block : {size_t{1} << 24, size_t{100'000}, size_t{512}, size_t{37}}) {
    const auto detector = NewDetector();
    std::vector<SpeechSpan> spans;
    for (size_t at = 0; at < samples.size(); at += block) {
      detector->Push(std::span(samples).subspan(at, std::min(block, samples.size() - at)), spans);
      EXPECT_LE(detector->settled_samples(), detector->num_samples());
    }
    EXPECT_EQ(spans, kTwoSpans) << "before the end";
    detector->Finish(spans);
    EXPECT_EQ(spans, kTwoSpans) << block;
    EXPECT_EQ(detector->settled_samples(), static_cast<int64_t>(samples.size()));
  }
}

TEST(SpeechDetectorTest, QuietSpeechIsRaisedUnlessItShallNot) {
  auto samples = TwoStretches();
  for (float& sample : samples) sample *= 0.01f;
  SpeechOptions options;
  options.threshold = 0.049f;  // The model sees the level itself.
  for (bool raise : {true, false}) {
    options.raise_quiet = raise;
    BlockSource source(samples, OkStatus());
    const auto found = FindSpeech(source, std::make_shared<MeanModel>(), options, {}).value();
    EXPECT_EQ(found.spans, raise ? kTwoSpans : std::vector<SpeechSpan>());
  }
}

TEST(SpeechDetectorTest, AnUnfinishedFrameCountsAsFarAsItGoes) {
  const auto detector = NewDetector();
  std::vector<SpeechSpan> spans;
  detector->Push(std::vector<float>(kFrame + 300, 1.0f), spans);
  detector->Finish(spans);
  EXPECT_EQ(spans, (std::vector<SpeechSpan>{{0, kFrame + 300}}));
}

TEST(SpeechDetectorTest, ReadsASourceToItsEnd) {
  BlockSource source(TwoStretches(), OkStatus());
  const auto found = FindSpeech(source, std::make_shared<MeanModel>(), {}, {}).value();
  EXPECT_EQ(found.spans, kTwoSpans);
  EXPECT_EQ(found.num_samples, 2'000'001);
  EXPECT_TRUE(found.source_status.ok());
}

TEST(SpeechDetectorTest, WhatCameBeforeADamageCounts) {
  BlockSource source(TwoStretches(), DataLossError("broken off"));
  const auto found = FindSpeech(source, std::make_shared<MeanModel>(), {}, {}).value();
  EXPECT_EQ(found.spans, kTwoSpans);
  EXPECT_EQ(found.source_status.code(), StatusCode::kDataLoss);
}

TEST(SpeechDetectorTest, BadOptionsAndCancelling) {
  SpeechOptions options;
  options.threshold = 2;
  EXPECT_EQ(SpeechDetector::Create(std::make_shared<MeanModel>(), options).status().code(),
            StatusCode::kInvalidArgument);
  BlockSource source(TwoStretches(), OkStatus());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(FindSpeech(source, std::make_shared<MeanModel>(), {}, stop.get_token()).status().code(),
            StatusCode::kCancelled);
}

}  // namespace
}  // namespace ironscribe::models
