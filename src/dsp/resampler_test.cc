#include "dsp/resampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace ironscribe::dsp {
namespace {

std::vector<float> Tone(double hz, int rate_hz, size_t size) {
  std::vector<float> samples(size);
  for (size_t i = 0; i < size; ++i) {
    const double turns = std::fmod(hz * static_cast<double>(i) / rate_hz, 1.0);
    samples[i] = static_cast<float>(std::sin(2 * std::numbers::pi * turns));
  }
  return samples;
}

std::vector<float> Convert(std::span<const float> in, int from_hz, int to_hz,
                           CpuLevel level = DetectCpuLevel()) {
  auto resampler = Resampler::Create(from_hz, to_hz, level);
  EXPECT_TRUE(resampler.ok()) << resampler.status().ToString();
  std::vector<float> out;
  (*resampler)->Process(in, out);
  (*resampler)->Flush(out);
  return out;
}

// Samples such that about `outputs` outputs lie clear of both edges, and where those begin.
struct Extent {
  size_t num_in;
  size_t first_out;
  size_t last_out;
};

Extent ClearOfEdges(int from_hz, int to_hz, size_t outputs) {
  const double lower = std::min(from_hz, to_hz);
  const size_t edge = static_cast<size_t>(80.0 * to_hz / lower) + 1;
  const size_t total = outputs + 2 * edge;
  return {total * static_cast<size_t>(from_hz) / static_cast<size_t>(to_hz), edge, edge + outputs};
}

// The largest difference from `gain` times the tone itself at the times of the outputs.
double LargestDifference(double hz, double gain, int from_hz, int to_hz, CpuLevel level) {
  const Extent extent = ClearOfEdges(from_hz, to_hz, 600);
  const std::vector<float> out = Convert(Tone(hz, from_hz, extent.num_in), from_hz, to_hz, level);
  const std::vector<float> expected = Tone(hz, to_hz, out.size());
  double difference = 0;
  for (size_t i = extent.first_out; i < std::min(extent.last_out, out.size()); ++i) {
    difference = std::max(difference, std::abs(out[i] - gain * expected[i]));
  }
  return difference;
}

// 48,001 and 44,056 Hz take the interpolated filter bank, as does 767,999.
constexpr int kRates[] = {1000,  6000,  8000,  11025, 12000, 22050,  24000,  32000,  37800, 44056,
                          44100, 48000, 48001, 88200, 96000, 176400, 192000, 767999, 768000};

class ResamplerLevelTest : public testing::TestWithParam<CpuLevel> {};

INSTANTIATE_TEST_SUITE_P(Levels, ResamplerLevelTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

// Amplitude, phase and images at once: the output is the tone itself at the output's times.
// 2e-5 is -94 dB; a ripple of 0.01 dB would be 1.2e-3.
TEST_P(ResamplerLevelTest, TonesOfThePassBandPassUnchanged) {
  double largest = 0;
  for (const int rate_hz : kRates) {
    const double nyquist = std::min(rate_hz, 16000) / 2.0;
    for (const double part : {0.01, 0.2, 0.47, 0.7, 0.83, 0.9, 0.91}) {
      const double difference = LargestDifference(part * nyquist, 1.0, rate_hz, 16000, GetParam());
      EXPECT_LT(difference, 2e-5) << part * nyquist << " Hz from " << rate_hz;
      largest = std::max(largest, difference);
    }
  }
  RecordProperty("largest_pass_band_error_db", std::to_string(20 * std::log10(largest)));
}

// Tones from the output's Nyquist frequency up to the input's would fold back: -100 dB is 1e-5.
TEST_P(ResamplerLevelTest, TonesAboveNyquistDoNotFoldBack) {
  double largest = 0;
  for (const int rate_hz : kRates) {
    if (rate_hz <= 16000) continue;
    for (const double part : {0.0, 0.003, 0.01, 0.02, 0.05, 0.11, 0.3, 0.57, 0.9, 0.99}) {
      const double hz = 8000.0 + part * (rate_hz / 2.0 - 8000.0);
      const double difference = LargestDifference(hz, 0.0, rate_hz, 16000, GetParam());
      EXPECT_LT(difference, 1e-5) << hz << " Hz from " << rate_hz;
      largest = std::max(largest, difference);
    }
  }
  RecordProperty("largest_alias_db", std::to_string(20 * std::log10(largest)));
}

TEST_P(ResamplerLevelTest, AnyCuttingGivesTheSameBits) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  for (const int rate_hz : {1000, 8000, 16000, 44100, 48000, 48001, 768000}) {
    std::vector<float> in(size_t{20000} + random() % 9000);
    for (float& sample : in) sample = uniform(random);
    const std::vector<float> whole = Convert(in, rate_hz, 16000, GetParam());
    for (const size_t largest_block : {3, 700, 30000}) {
      auto resampler = Resampler::Create(rate_hz, 16000, GetParam());
      ASSERT_TRUE(resampler.ok());
      std::vector<float> out;
      for (size_t at = 0; at < in.size();) {
        const size_t size = std::min<size_t>(in.size() - at, random() % (largest_block + 1));
        (*resampler)->Process(std::span(in).subspan(at, size), out);
        at += size;
      }
      (*resampler)->Flush(out);
      ASSERT_EQ(out, whole) << rate_hz << " Hz in blocks to " << largest_block;
      // Flush leaves the object as new.
      out.clear();
      (*resampler)->Process(in, out);
      (*resampler)->Flush(out);
      ASSERT_EQ(out, whole) << rate_hz;
    }
  }
}

TEST_P(ResamplerLevelTest, LevelsAgree) {
  const std::vector<float> tone = Tone(997.0, 44100, 44100);
  const std::vector<float> portable = Convert(tone, 44100, 16000, CpuLevel::kPortable);
  const std::vector<float> actual = Convert(tone, 44100, 16000, GetParam());
  ASSERT_EQ(actual.size(), portable.size());
  for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], portable[i], 1e-6) << i;
}

TEST(ResamplerTest, LengthIsRoundedUp) {
  for (const int rate_hz : kRates) {
    for (const size_t size : {0, 1, 2, 3, 47, 48, 49, 441, 1000, 12345}) {
      const size_t expected = (size * 16000 + rate_hz - 1) / static_cast<size_t>(rate_hz);
      EXPECT_EQ(Convert(std::vector<float>(size, 0.1F), rate_hz, 16000).size(), expected)
          << size << " samples of " << rate_hz;
    }
  }
}

// An impulse at a time that both rates have comes out symmetric around that very time.
TEST(ResamplerTest, ImpulseStaysInPlace) {
  for (const int rate_hz : {8000, 11025, 44100, 48000, 48001, 96000}) {
    std::vector<float> in(static_cast<size_t>(rate_hz) * 2);
    in[static_cast<size_t>(rate_hz)] = 1.0F;
    const std::vector<float> out = Convert(in, rate_hz, 16000);
    ASSERT_EQ(out.size(), 32000U);
    EXPECT_EQ(std::max_element(out.begin(), out.end()) - out.begin(), 16000) << rate_hz;
    for (size_t i = 1; i < 200; ++i) ASSERT_NEAR(out[16000 - i], out[16000 + i], 2e-6) << rate_hz;
  }
}

TEST(ResamplerTest, ConstantKeepsItsLevel) {
  for (const int rate_hz : kRates) {
    const Extent extent = ClearOfEdges(rate_hz, 16000, 500);
    const std::vector<float> out =
        Convert(std::vector<float>(extent.num_in, 0.25F), rate_hz, 16000);
    for (size_t i = extent.first_out; i < extent.last_out && i < out.size(); ++i) {
      ASSERT_NEAR(out[i], 0.25F, 1e-6) << rate_hz;
    }
  }
}

TEST(ResamplerTest, ThereAndBack) {
  std::vector<float> speech(16000);
  std::mt19937 random(3);
  for (int tone = 0; tone < 40; ++tone) {  // band-limited to 7,200 Hz
    const double hz = 20.0 + random() % 7180, turn = (random() % 1000) / 1000.0;
    for (size_t i = 0; i < speech.size(); ++i) {
      const double turns = hz * static_cast<double>(i) / 16000.0 + turn;
      speech[i] += static_cast<float>(std::sin(2 * std::numbers::pi * turns) / 40);
    }
  }
  for (const int rate_hz : {22050, 44100, 48000, 48001, 96000}) {
    const std::vector<float> back = Convert(Convert(speech, 16000, rate_hz), rate_hz, 16000);
    ASSERT_GE(back.size(), speech.size());
    for (size_t i = 200; i + 200 < speech.size(); ++i) {
      ASSERT_NEAR(back[i], speech[i], 2e-5) << rate_hz << " at " << i;
    }
  }
}

TEST(ResamplerTest, EqualRatesCopy) {
  const std::vector<float> tone = Tone(7999.0, 16000, 500);
  EXPECT_EQ(Convert(tone, 16000, 16000), tone);
}

TEST(ResamplerTest, ExtremeRatios) {
  EXPECT_EQ(Convert(std::vector<float>(768000, 0.5F), 768000, 1000).size(), 1000U);
  EXPECT_EQ(Convert(std::vector<float>(1000, 0.5F), 1000, 768000).size(), 768000U);
  EXPECT_EQ(Convert(std::vector<float>(767999, 0.5F), 767999, 1000).size(), 1000U);
  EXPECT_EQ(Convert(std::vector<float>(1001, 0.5F), 1001, 767999).size(), 767999U);
}

TEST(ResamplerTest, RatesOutOfRangeAreRefused) {
  for (const int rate_hz :
       {0, -1, 999, 768001, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    EXPECT_EQ(Resampler::Create(rate_hz, 16000).status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(Resampler::Create(16000, rate_hz).status().code(), StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace ironscribe::dsp
