#include "models/whisper/window_policy_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

constexpr int kWindow = 200;  // 2 s, to keep the tests fast.
constexpr size_t kMels = 80;

// Noise that grows louder, so that the maximum lies at the end.
std::vector<float> Noise(size_t num_samples) {
  Random random(3);
  std::vector<float> samples(num_samples);
  for (size_t i = 0; i < num_samples; ++i) {
    const double gain = 0.01 + 0.5 * static_cast<double>(i) / static_cast<double>(num_samples);
    samples[i] = static_cast<float>((random.NextUnit() - 0.5) * gain);
  }
  return samples;
}

// Features of the frames by the definition, given the maximum.
std::vector<float> Direct(const dsp::LogMel& log_mel, const std::vector<float>& samples,
                          int64_t first, int frames, float maximum) {
  std::vector<float> energies(static_cast<size_t>(frames) * kMels);
  log_mel.LogEnergies(samples, first, frames, energies);
  for (float& value : energies) value = (std::max(value, maximum - 8.0f) + 4.0f) / 4.0f;
  return energies;
}

float Maximum(const dsp::LogMel& log_mel, const std::vector<float>& samples, int64_t first,
              int frames) {
  std::vector<float> energies(static_cast<size_t>(frames) * kMels);
  log_mel.LogEnergies(samples, first, frames, energies);
  return *std::max_element(energies.begin(), energies.end());
}

void ExpectNear(std::span<const float> actual, const std::vector<float>& expected) {
  ASSERT_GE(actual.size(), expected.size());
  float worst = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(actual[i] - expected[i]));
  }
  EXPECT_LE(worst, 1e-5f);
}

TEST(FeatureWindows, UsesTheMaximumOfTheWindowAndPadsWithZeros) {
  const dsp::LogMel log_mel(kMels);
  const std::vector<float> samples = Noise(3 * 16000 + 77);
  FakeSource source(samples);
  FeatureWindows windows(log_mel, source, kWindow);
  ASSERT_TRUE(windows.ReadUntil(150, {}).ok());
  EXPECT_FALSE(windows.ended());
  const float maximum = Maximum(log_mel, samples, 50, 100);
  const std::vector<float> features = windows.Window(50, 100).values;
  ASSERT_EQ(features.size(), kWindow * kMels);
  ExpectNear(features, Direct(log_mel, samples, 50, 100, maximum));
  EXPECT_TRUE(std::all_of(features.begin() + 100 * kMels, features.end(),
                          [](float value) { return value == 0; }));
}

TEST(FeatureWindows, TheLastWindowHearsTheTail) {
  const dsp::LogMel log_mel(kMels);
  // A click behind the last whole hop.
  std::vector<float> samples(16000 + 150, 0.0f);
  samples.back() = 0.9f;
  FakeSource source(samples);
  FeatureWindows windows(log_mel, source, kWindow);
  ASSERT_TRUE(windows.ReadUntil(1000, {}).ok());
  EXPECT_TRUE(windows.ended());
  EXPECT_EQ(windows.content_frames(), 100);
  const float maximum = Maximum(log_mel, samples, 0, 110);
  ASSERT_GT(maximum, Maximum(log_mel, samples, 0, 100));
  ExpectNear(windows.Window(0, 100).values, Direct(log_mel, samples, 0, 100, maximum));
}

TEST(FeatureWindows, TheReferenceUsesTheMaximumOfTheRecording) {
  const dsp::LogMel log_mel(kMels);
  const std::vector<float> samples = Noise(7 * 16000 + 5);
  FakeSource source(samples);
  FeatureWindows windows(log_mel, source, kWindow);
  ASSERT_TRUE(windows.MeasureRecording({}).ok());
  EXPECT_EQ(source.rewinds, 1);
  EXPECT_FALSE(windows.ended());
  ASSERT_TRUE(windows.ReadUntil(kWindow, {}).ok());
  const float maximum = Maximum(log_mel, samples, 0, 710);
  ASSERT_GT(maximum, Maximum(log_mel, samples, 0, kWindow));
  ExpectNear(windows.Window(0, kWindow).values, Direct(log_mel, samples, 0, kWindow, maximum));
}

TEST(FeatureWindows, SilencePaddingForLanguageDetection) {
  const dsp::LogMel log_mel(kMels);
  const std::vector<float> samples = Noise(16000);
  FakeSource source(samples);
  FeatureWindows windows(log_mel, source, kWindow);
  ASSERT_TRUE(windows.ReadUntil(kWindow, {}).ok());
  std::vector<float> padded = samples;
  padded.resize(4 * 16000, 0.0f);
  const float maximum = Maximum(log_mel, padded, 0, kWindow);
  ExpectNear(windows.WindowWithSilence(0), Direct(log_mel, padded, 0, kWindow, maximum));
}

TEST(FeatureWindows, DrainCountsTheRest) {
  const dsp::LogMel log_mel(kMels);
  FakeSource source(Noise(5 * 16000 + 3));
  source.end_status = DataLossError("breaks off");
  FeatureWindows windows(log_mel, source, kWindow);
  ASSERT_TRUE(windows.ReadUntil(10, {}).ok());
  ASSERT_TRUE(windows.Drain({}).ok());
  EXPECT_EQ(windows.num_samples(), 5 * 16000 + 3);
  EXPECT_EQ(windows.source_status().code(), StatusCode::kDataLoss);
}

TEST(FeatureWindows, Cancellation) {
  const dsp::LogMel log_mel(kMels);
  FakeSource source(Noise(16000));
  FeatureWindows windows(log_mel, source, kWindow);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(windows.ReadUntil(10, stop.get_token()).code(), StatusCode::kCancelled);
  EXPECT_EQ(windows.Drain(stop.get_token()).code(), StatusCode::kCancelled);
  EXPECT_EQ(windows.MeasureRecording(stop.get_token()).code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace ironscribe::models::whisper
