#include "models/listening_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/stub_voice_activity.h"

namespace ironscribe::models {
namespace {

constexpr int kFrame = MeanModel::kFrameSamples;

class MemorySource final : public audio::PcmSource {
 public:
  explicit MemorySource(std::vector<float> samples) : samples_(std::move(samples)) {}
  Result<size_t> Read(std::span<float> out) override {
    const size_t count = std::min(out.size(), samples_.size() - at_);
    if (count == 0 && !end_status.ok()) return end_status;
    std::copy_n(samples_.begin() + static_cast<ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  int64_t ExpectedSamples() const override { return 7; }
  Status Rewind() override {
    at_ = 0;
    return OkStatus();
  }
  std::string Description() const override { return "memory"; }

  Status end_status;

 private:
  std::vector<float> samples_;
  size_t at_ = 0;
};

std::vector<float> SpeechBetween(int first_frame, int end_frame, int num_frames) {
  std::vector<float> samples(static_cast<size_t>(num_frames * kFrame), 0.0f);
  std::fill(samples.begin() + first_frame * kFrame, samples.begin() + end_frame * kFrame, 1.0f);
  return samples;
}

std::vector<float> ReadAll(ListeningSource& source, Status* end = nullptr) {
  std::vector<float> all, block(3000);
  for (;;) {
    const Result<size_t> count = source.Read(block);
    if (end != nullptr) *end = count.status();
    if (!count.ok() || *count == 0) return all;
    all.insert(all.end(), block.begin(), block.begin() + static_cast<ptrdiff_t>(*count));
  }
}

TEST(ListeningSourceTest, HandsOnTheSamplesAndHearsThem) {
  const std::vector<float> samples = SpeechBetween(100, 200, 400);
  MemorySource source(samples);
  const auto listening = ListeningSource::Create(source, std::make_shared<MeanModel>(), {}).value();
  EXPECT_EQ(listening->ExpectedSamples(), 7);
  EXPECT_EQ(listening->Description(), "memory");
  EXPECT_EQ(ReadAll(*listening), samples);
  const std::vector<SpeechSpan> expected = {{100 * kFrame - 6400, 200 * kFrame + 6400}};
  EXPECT_EQ(listening->TakeSpans(), expected);
  EXPECT_TRUE(listening->TakeSpans().empty());
  EXPECT_EQ(listening->settled_samples(), 400 * kFrame);
  EXPECT_FLOAT_EQ(listening->track().Over(0, 100).share, 0.25f);
}

TEST(ListeningSourceTest, ASpanThatTheEndOfABrokenRecordingCutsIsHeard) {
  MemorySource source(SpeechBetween(100, 200, 200));
  source.end_status = DataLossError("breaks off");
  const auto listening = ListeningSource::Create(source, std::make_shared<MeanModel>(), {}).value();
  Status end;
  ReadAll(*listening, &end);
  EXPECT_EQ(end.code(), StatusCode::kDataLoss);
  const std::vector<SpeechSpan> expected = {{100 * kFrame - 6400, 200 * kFrame}};
  EXPECT_EQ(listening->TakeSpans(), expected);
}

TEST(ListeningSourceTest, ForgetsWhenItStartsAgain) {
  MemorySource source(SpeechBetween(10, 50, 100));
  const auto listening = ListeningSource::Create(source, std::make_shared<MeanModel>(), {}).value();
  ReadAll(*listening);
  ASSERT_TRUE(listening->Rewind().ok());
  EXPECT_TRUE(listening->TakeSpans().empty());
  EXPECT_TRUE(std::isnan(listening->track().Over(0, 100).peak));
  ReadAll(*listening);
  EXPECT_EQ(listening->TakeSpans().size(), 1u);
}

TEST(ListeningSourceTest, RefusesOptionsThatMakeNoSense) {
  MemorySource source({});
  SpeechOptions options;
  options.threshold = 2;
  const auto listening = ListeningSource::Create(source, std::make_shared<MeanModel>(), options);
  EXPECT_EQ(listening.status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace ironscribe::models
