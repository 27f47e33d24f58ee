#include "dsp/log_mel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <random>
#include <sstream>
#include <string>

#include "base/cpu.h"
#include "dsp/log_mel_reference.h"

namespace ironscribe::dsp {
namespace {

std::vector<float> Energies(const LogMel& log_mel, std::span<const float> samples,
                            int64_t first_frame, int num_frames) {
  std::vector<float> out(static_cast<size_t>(num_frames) * log_mel.num_mels());
  log_mel.LogEnergies(samples, first_frame, num_frames, out);
  return out;
}

// The signal of testdata/make_log_mel_golden.py.
std::vector<float> ChirpWithNoise() {
  std::vector<float> samples;
  std::minstd_rand0 random(1);
  for (int i = 0; i < 32000; ++i) {
    const double t = i / 16000.0;
    const double chirp = 9000.0 * std::sin(2 * std::numbers::pi * (50.0 * t + 1737.5 * t * t));
    const double noise = static_cast<double>(random() % 401) - 200.0;
    samples.push_back(static_cast<float>((std::floor(chirp + 0.5) + noise) / 32768.0));
  }
  return samples;
}

std::vector<float> Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  std::vector<float> samples(size);
  for (float& sample : samples) sample = uniform(random);
  return samples;
}

std::ifstream OpenTestData(const std::string& name) {
  return std::ifstream(std::string(IRONSCRIBE_SOURCE_DIR) + "/src/dsp/testdata/" + name);
}

// The largest difference of the normalised features from the double reference, over one window.
double LargestError(const LogMel& log_mel, std::span<const float> samples, int64_t first_frame,
                    int num_frames) {
  std::vector<float> actual = Energies(log_mel, samples, first_frame, num_frames);
  LogMel::Normalize(actual, LogMel::Maximum(actual));
  std::vector<double> expected =
      ReferenceLogEnergies(samples, first_frame, num_frames, log_mel.DenseFilters());
  const double maximum = *std::max_element(expected.begin(), expected.end());
  double error = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const double feature = (std::max(expected[i], maximum - 8.0) + 4.0) / 4.0;
    error = std::max(error, std::abs(actual[i] - feature));
  }
  return error;
}

TEST(LogMelTest, FiltersEqualThePublishedOnes) {
  std::ifstream file = OpenTestData("mel_filters.txt");
  std::string comment;
  ASSERT_TRUE(std::getline(file, comment));
  std::vector<float> expected[2] = {std::vector<float>(80 * 201), std::vector<float>(128 * 201)};
  int num_mels = 0, mel = 0, bin = 0, count = 0;
  float weight = 0;
  while (file >> num_mels >> mel >> bin >> weight) {
    expected[num_mels == 80 ? 0 : 1].at(mel * 201 + bin) = weight;
    ++count;
  }
  ASSERT_GT(count, 700);
  for (const std::vector<float>& filters : expected) {
    const std::vector<float> actual = LogMel(static_cast<int>(filters.size() / 201)).DenseFilters();
    ASSERT_EQ(actual.size(), filters.size());
    for (size_t i = 0; i < filters.size(); ++i) ASSERT_NEAR(actual[i], filters[i], 1e-7) << i;
  }
}

class LogMelLevelTest : public testing::TestWithParam<CpuLevel> {};

INSTANTIATE_TEST_SUITE_P(Levels, LogMelLevelTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

TEST_P(LogMelLevelTest, GoldenRows) {
  const std::vector<float> samples = ChirpWithNoise();
  std::ifstream file = OpenTestData("log_mel_golden.txt");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  int rows = 0;
  for (const int num_mels : {80, 128}) {
    std::vector<float> window = Energies(LogMel(num_mels, GetParam()), samples, 0, 3000);
    LogMel::Normalize(window, LogMel::Maximum(window));
    for (int row = 0; row < 12; ++row, ++rows) {
      ASSERT_TRUE(std::getline(file, line));
      std::istringstream fields(line);
      int of_mels = 0, frame = 0;
      fields >> of_mels >> frame;
      ASSERT_EQ(of_mels, num_mels);
      for (int m = 0; m < num_mels; ++m) {
        float expected = 0;
        ASSERT_TRUE(fields >> expected);
        ASSERT_NEAR(window[frame * num_mels + m], expected, 2e-6) << "frame " << frame << " " << m;
      }
    }
  }
  EXPECT_EQ(rows, 24);
}

TEST_P(LogMelLevelTest, ShortSignalsEqualTheReference) {
  for (const int num_mels : {80, 128}) {
    const LogMel log_mel(num_mels, GetParam());
    for (const size_t size :
         {1, 2, 39, 40, 41, 159, 160, 199, 200, 201, 360, 399, 400, 401, 3000}) {
      EXPECT_LT(LargestError(log_mel, Noise(size, 7), 0, 24), 2e-6) << size << " " << num_mels;
    }
  }
}

TEST_P(LogMelLevelTest, EmptySignalIsSilence) {
  for (const float value : Energies(LogMel(80, GetParam()), {}, 0, 20)) ASSERT_EQ(value, -10.0F);
}

TEST_P(LogMelLevelTest, AnyNumberOfFilters) {
  const std::vector<float> samples = Noise(4000, 3);
  for (const int num_mels : {1, 2, 23, 81, 127, 255, 256}) {
    EXPECT_LT(LargestError(LogMel(num_mels, GetParam()), samples, 0, 30), 2e-6) << num_mels;
  }
}

// A loud tone beside noise that is just above the features' floor of 80 dB: a transform in single
// precision would be wrong by 4e-4 here.
TEST_P(LogMelLevelTest, LoudToneBesideQuietNoise) {
  for (const double hz : {60.0, 440.0, 1013.0, 3777.0, 7900.0}) {
    std::vector<float> samples = Noise(16000, 5);
    for (size_t i = 0; i < samples.size(); ++i) {
      const double tone = 0.9 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16e3);
      samples[i] = static_cast<float>(tone + samples[i] * 1e-3);
    }
    EXPECT_LT(LargestError(LogMel(80, GetParam()), samples, 0, 100), 1e-4) << hz;
  }
}

TEST_P(LogMelLevelTest, AnyCutIntoCallsGivesTheSameBits) {
  const LogMel log_mel(80, GetParam());
  const std::vector<float> samples = Noise(16000, 11);
  const int num_frames = 130;  // 27 of them silence behind the end
  const std::vector<float> whole = Energies(log_mel, samples, 0, num_frames);
  std::mt19937 random(12);
  for (int round = 0; round < 50; ++round) {
    std::vector<float> pieces;
    for (int frame = 0; frame < num_frames;) {
      const int count = std::min<int>(num_frames - frame, 1 + random() % (round < 25 ? 3 : 40));
      const std::vector<float> piece = Energies(log_mel, samples, frame, count);
      pieces.insert(pieces.end(), piece.begin(), piece.end());
      frame += count;
    }
    ASSERT_EQ(pieces, whole);
  }
}

TEST_P(LogMelLevelTest, LevelsAgree) {
  const std::vector<float> samples = ChirpWithNoise();
  const std::vector<float> portable = Energies(LogMel(128, CpuLevel::kPortable), samples, 0, 210);
  const std::vector<float> actual = Energies(LogMel(128, GetParam()), samples, 0, 210);
  const float floor = LogMel::Maximum(portable) - 8.0F;
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(std::max(actual[i], floor), std::max(portable[i], floor), 4e-6) << i;
  }
}

// The logarithm over its whole range, through frames of one constant energy.
TEST_P(LogMelLevelTest, LogarithmFollowsScale) {
  const LogMel log_mel(80, GetParam());
  std::vector<float> samples = Noise(400, 17);
  const std::vector<float> base = Energies(log_mel, samples, 1, 1);
  for (int power = -8; power <= 40; ++power) {
    std::vector<float> scaled = samples;
    for (float& sample : scaled) sample = std::ldexp(sample, power);
    const std::vector<float> actual = Energies(log_mel, scaled, 1, 1);
    for (int m = 0; m < 80; ++m) {
      const double expected = base[m] + 2 * power * std::log10(2.0);
      ASSERT_NEAR(actual[m], std::max(expected, -10.0), 3e-6) << power << " " << m;
    }
  }
}

TEST_P(LogMelLevelTest, SamplesThatAreNoNumbersStayContained) {
  const LogMel log_mel(80, GetParam());
  std::vector<float> samples = Noise(16000, 19);
  const std::vector<float> clean = Energies(log_mel, samples, 0, 100);
  samples[8000] = std::numeric_limits<float>::quiet_NaN();
  samples[8001] = std::numeric_limits<float>::infinity();
  const std::vector<float> actual = Energies(log_mel, samples, 0, 100);
  for (int frame = 0; frame < 100; ++frame) {
    const bool touched = frame * 160 - 200 <= 8001 && frame * 160 + 200 > 8000;
    for (int m = 0; m < 80; ++m) {
      const size_t i = frame * 80 + m;
      ASSERT_TRUE(std::isfinite(actual[i])) << frame;
      ASSERT_TRUE(touched || actual[i] == clean[i]) << frame;
    }
  }
}

TEST_P(LogMelLevelTest, RecordingsEqualTheReference) {
  double largest = 0;
  for (const char* path : {"formats/jfk.wav", "languages/ru.flac", "languages/test_de.flac",
                           "languages/zh_aishell.flac", "languages/test.flac"}) {
    const std::optional<std::vector<float>> samples = SharedRecording(path, 16000);
    if (!samples) continue;
    // A window starts anywhere; it ends where the recording does, zeros behind it included.
    const int first = static_cast<int>(samples->size() / 160) > 1500 ? 700 : 0;
    const int64_t frames = static_cast<int64_t>(samples->size()) / 160 + 5 - first;
    const double error = LargestError(LogMel(80, GetParam()), *samples, first,
                                      static_cast<int>(std::min<int64_t>(frames, 1200)));
    EXPECT_LT(error, 2e-6) << path;
    largest = std::max(largest, error);
  }
  if (largest == 0) GTEST_SKIP() << "no recordings in ../shared/data";
  std::ostringstream text;
  text << largest;
  RecordProperty("largest_error", text.str());
}

// Frames of zeros, finished as others are: also in a window that is so quiet that they lie above
// its floor.
TEST(LogMelTest, SilenceLevelIsThatOfZeros) {
  for (const float maximum : {1.5f, -1.0f, -2.5f, -10.0f}) {
    std::vector<float> zeros = Energies(LogMel(80), std::vector<float>(1600), 0, 2);
    LogMel::Normalize(zeros, maximum);
    EXPECT_EQ(LogMel::SilenceLevel(maximum), zeros.front()) << maximum;
  }
}

TEST(LogMelTest, MaximumAndNormalize) {
  std::vector<float> values(301, -9.5F);
  values[300] = -3.0F;
  values[7] = -12.0F;
  EXPECT_EQ(LogMel::Maximum(values), -3.0F);
  for (const size_t place : {0, 15, 16, 130, 287, 288, 299}) {
    std::vector<float> one = values;
    one[place] = 2.5F;
    EXPECT_EQ(LogMel::Maximum(one), 2.5F) << place;
  }
  EXPECT_EQ(LogMel::Maximum({}), -10.0F);
  std::vector<float> features = {2.0F, -6.0F, -6.5F, 0.0F, -10.0F};
  LogMel::Normalize(features, 2.0F);
  EXPECT_EQ(features, (std::vector<float>{1.5F, -0.5F, -0.5F, 1.0F, -0.5F}));
}

}  // namespace
}  // namespace ironscribe::dsp
