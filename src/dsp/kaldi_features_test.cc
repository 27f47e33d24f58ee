#include "dsp/kaldi_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "base/random.h"
#include "dsp/kaldi_features_golden.h"

namespace ironscribe::dsp {
namespace {

std::vector<float> Sound(size_t count) {
  std::vector<float> samples;
  uint32_t state = 1;  // As tools/kaldi_features_golden.py does.
  for (size_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    const double noise = static_cast<double>(state >> 16) / 65536 - 0.5;
    const double t = static_cast<double>(i);
    samples.push_back(static_cast<float>(
        std::floor(3000 * std::sin(0.05 * t) + 1000 * std::sin(0.31 * t) + 400 * noise)));
  }
  return samples;
}

TEST(FourierTest, AsTheSum) {
  for (const size_t size : {2, 8, 64, 512}) {
    const Fourier fourier(size);
    Random random(7);
    std::vector<float> values(size);
    for (float& value : values) value = static_cast<float>(random.Next() % 1000) / 500 - 1;
    std::vector<float> power(size / 2 + 1);
    std::vector<float> work = values;
    fourier.PowerSpectrum(work, power);
    for (size_t k = 0; k <= size / 2; ++k) {
      std::complex<double> sum = 0;
      for (size_t i = 0; i < size; ++i) {
        const double angle =
            -2 * std::numbers::pi * static_cast<double>(i * k) / static_cast<double>(size);
        sum += static_cast<double>(values[i]) * std::polar(1.0, angle);
      }
      EXPECT_NEAR(power[k], std::norm(sum), 1e-5 * static_cast<double>(size)) << size << " " << k;
    }
  }
}

// The golden values are kaldi-native-fbank's.
TEST(KaldiFeaturesTest, EqualToTheReference) {
  const std::vector<float> samples = Sound(1200);
  KaldiFeatureOptions cepstra{
      .num_mel_bins = 40, .high_hz = 7600, .num_cepstra = 40, .use_energy = false};
  KaldiFeatureOptions energy{.low_hz = 40, .high_hz = -400};
  KaldiFeatureOptions bank{
      .cepstra = false, .window = "hamming", .num_mel_bins = 24, .use_energy = false};
  const std::pair<KaldiFeatureOptions, std::span<const float>> cases[] = {
      {cepstra, kGoldenCepstra}, {energy, kGoldenCepstraWithEnergy}, {bank, kGoldenBank}};
  for (const auto& [options, golden] : cases) {
    const auto features = KaldiFeatures::Create(options);
    ASSERT_TRUE(features.ok()) << features.status().ToString();
    KaldiFeatureStream stream(*features);
    std::vector<float> frames;
    EXPECT_EQ(stream.Accept(samples, frames), 6u);
    // Golden are the first and the last frame.
    const auto dim = static_cast<size_t>((*features)->dim());
    ASSERT_EQ(golden.size(), 2 * dim);
    for (size_t i = 0; i < dim; ++i) {
      EXPECT_NEAR(frames[i], golden[i], 1e-3) << i;
      EXPECT_NEAR(frames[frames.size() - dim + i], golden[dim + i], 1e-3) << i;
    }
  }
}

TEST(KaldiFeaturesTest, PiecesChangeNothing) {
  const auto features = KaldiFeatures::Create({});
  const std::vector<float> samples = Sound(5000);
  std::vector<float> whole;
  KaldiFeatureStream(*features).Accept(samples, whole);
  for (const size_t piece : {1, 7, 160, 401, 3200}) {
    KaldiFeatureStream stream(*features);
    std::vector<float> frames;
    for (size_t begin = 0; begin < samples.size(); begin += piece) {
      stream.Accept(std::span(samples).subspan(begin, std::min(piece, samples.size() - begin)),
                    frames);
    }
    EXPECT_EQ(frames, whole) << piece;
  }
}

TEST(KaldiFeaturesTest, SilenceIsFinite) {
  const auto features = KaldiFeatures::Create({});
  std::vector<float> frames;
  KaldiFeatureStream(*features).Accept(std::vector<float>(400), frames);
  ASSERT_EQ(frames.size(), 13u);
  for (const float value : frames) EXPECT_TRUE(std::isfinite(value));
}

TEST(KaldiFeaturesTest, OptionsOutOfRange) {
  for (const KaldiFeatureOptions& options :
       {KaldiFeatureOptions{.sample_rate_hz = 0}, KaldiFeatureOptions{.frame_length_ms = 0},
        KaldiFeatureOptions{.frame_shift_ms = 1e9}, KaldiFeatureOptions{.window = "round"},
        KaldiFeatureOptions{.num_mel_bins = 1 << 30}, KaldiFeatureOptions{.low_hz = 9000},
        KaldiFeatureOptions{.high_hz = 8001}, KaldiFeatureOptions{.num_cepstra = 24},
        KaldiFeatureOptions{.sample_rate_hz = std::nan("")}}) {
    EXPECT_EQ(KaldiFeatures::Create(options).status().code(), StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace ironscribe::dsp
