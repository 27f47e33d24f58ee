#include "audio/test_recordings.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>

// Read by LeakSanitizer: libsndfile 1.2.0 does not free this when a Vorbis header is damaged.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:vorbis_info_init\n"; }

namespace ironscribe::audio {

std::vector<float> TestSweep(int rate_hz, double seconds) {
  std::vector<float> samples(static_cast<size_t>(rate_hz * seconds));
  constexpr double kLowHz = 250.0;
  constexpr double kHighHz = 3000.0;
  for (size_t index = 0; index < samples.size(); ++index) {
    const double time = static_cast<double>(index) / rate_hz;
    const double cycles = kLowHz * time + (kHighHz - kLowHz) * time * time / (2 * seconds);
    const double loudness = 0.6 + 0.4 * std::sin(2 * std::numbers::pi * 3.1 * time);
    samples[index] = static_cast<float>(0.5 * loudness * std::sin(2 * std::numbers::pi * cycles));
  }
  return samples;
}

void WriteSound(const std::filesystem::path& path, int format, int rate_hz, int channels,
                std::span<const float> interleaved) {
  SF_INFO info = {};
  info.format = format;
  info.samplerate = rate_hz;
  info.channels = channels;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr) << path << ": " << sf_strerror(nullptr);
  sf_command(file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
  const auto frames = static_cast<sf_count_t>(interleaved.size()) / channels;
  EXPECT_EQ(sf_writef_float(file, interleaved.data(), frames), frames);
  sf_close(file);
}

std::filesystem::path TemporaryPath(const std::string& name) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string unique = std::string(test->test_suite_name()) + "_" + test->name() + "_" + name;
  std::replace(unique.begin(), unique.end(), '/', '_');
  return std::filesystem::path(testing::TempDir()) / unique;
}

void WriteBytes(const std::filesystem::path& path, std::string_view bytes) {
  // Not truncated in place: file systems flush such files when they are closed, which takes long.
  std::filesystem::remove(path);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good()) << path;
}

std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Le(uint64_t value, int length) {
  std::string bytes;
  for (int index = 0; index < length; ++index) {
    bytes += index < 8 ? static_cast<char>(value >> (8 * index)) : '\0';
  }
  return bytes;
}

std::string Be(uint64_t value, int length) {
  std::string bytes = Le(value, length);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string MakeWav(const WavFields& fields, std::string_view data) {
  const uint32_t block = fields.channels * fields.bits / 8;
  return "RIFF" + Le(36 + uint64_t{fields.data_size}, 4) + "WAVEfmt " + Le(16, 4) +
         Le(fields.format_tag, 2) + Le(fields.channels, 2) + Le(fields.rate_hz, 4) +
         Le(uint64_t{fields.rate_hz} * block, 4) + Le(block, 2) + Le(fields.bits, 2) + "data" +
         Le(fields.data_size, 4) + std::string(data);
}

ReadOutcome ReadAll(PcmSource& source) {
  ReadOutcome outcome;
  std::vector<float> block(1237);
  for (;;) {
    const auto count = source.Read(block);
    if (!count.ok()) {
      outcome.end = count.status();
      return outcome;
    }
    if (*count == 0) return outcome;
    outcome.samples.insert(outcome.samples.end(), block.begin(),
                           block.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

ReadOutcome OpenAndReadAll(const std::filesystem::path& path, const OpenOptions& options) {
  auto source = OpenAudio(path, options);
  if (!source.ok()) return {{}, source.status()};
  return ReadAll(**source);
}

namespace {

// The correlation coefficient of every `stride`-th sample of the overlap.
double Correlation(std::span<const float> a, std::span<const float> b, int shift, size_t stride) {
  const size_t skip_a = shift > 0 ? static_cast<size_t>(shift) : 0;
  const size_t skip_b = shift < 0 ? static_cast<size_t>(-shift) : 0;
  if (skip_a >= a.size() || skip_b >= b.size()) return -1.0;
  const size_t count = std::min(a.size() - skip_a, b.size() - skip_b);
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (size_t index = 0; index < count; index += stride) {
    const double x = a[skip_a + index];
    const double y = b[skip_b + index];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : -1.0;
}

}  // namespace

double BestCorrelation(std::span<const float> a, std::span<const float> b, int max_shift) {
  // The best shift by a part of the samples, then its value by all.
  constexpr size_t kCoarseStride = 13;
  double best = -2.0;
  int best_shift = 0;
  for (int shift = -max_shift; shift <= max_shift; ++shift) {
    const double value = Correlation(a, b, shift, kCoarseStride);
    if (value > best) {
      best = value;
      best_shift = shift;
    }
  }
  return Correlation(a, b, best_shift, 1);
}

std::filesystem::path SharedData() {
  const std::filesystem::path folder =
      std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / ".." / "shared" / "data";
  std::error_code error;
  return std::filesystem::is_directory(folder / "formats", error) ? folder
                                                                  : std::filesystem::path();
}

}  // namespace ironscribe::audio
