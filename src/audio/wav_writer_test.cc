#include "audio/wav_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "audio/open_audio.h"
#include "audio/test_recordings.h"

namespace ironscribe::audio {
namespace {

TEST(WavWriter, WritesWhatOthersRead) {
  const auto path = TemporaryPath("written.wav");
  std::filesystem::remove(path);  // Of an earlier run.
  const std::vector<float> samples = TestSweep(kSampleRateHz, 0.5);
  {
    const auto writer = WavWriter::Create(path, kSampleRateHz);
    ASSERT_TRUE(writer.ok()) << writer.status().message();
    const size_t half = samples.size() / 2;
    EXPECT_TRUE((*writer)->Write(std::span(samples).first(half)).ok());
    EXPECT_TRUE((*writer)->Write(std::span(samples).subspan(half)).ok());
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_TRUE((*writer)->Commit().ok());
  }
  const auto source = OpenAudio(path, {});
  ASSERT_TRUE(source.ok()) << source.status().message();
  EXPECT_EQ((*source)->ExpectedSamples(), static_cast<int64_t>(samples.size()));
  std::vector<float> read(samples.size() + 10);
  size_t count = 0;
  for (size_t more = 1; more > 0; count += more) {
    const auto result = (*source)->Read(std::span(read).subspan(count));
    ASSERT_TRUE(result.ok()) << result.status().message();
    more = *result;
  }
  ASSERT_EQ(count, samples.size());
  for (size_t i = 0; i < count; ++i) EXPECT_NEAR(read[i], samples[i], 1e-4) << i;
}

TEST(WavWriter, ClipsAndDropsWhatIsNotCommitted) {
  const auto path = TemporaryPath("clipped.wav");
  std::filesystem::remove(path);  // Of an earlier run.
  {
    const auto writer = WavWriter::Create(path, kSampleRateHz);
    ASSERT_TRUE(writer.ok());
    EXPECT_TRUE((*writer)->Write(std::vector<float>{2.0f, -3.0f, 0.0f}).ok());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  const auto writer = WavWriter::Create(path, kSampleRateHz);
  ASSERT_TRUE(writer.ok());
  EXPECT_TRUE((*writer)->Write(std::vector<float>{2.0f, -3.0f, 0.0f}).ok());
  EXPECT_TRUE((*writer)->Commit().ok());
  const std::string bytes = ReadBytes(path);
  EXPECT_EQ(bytes, MakeWav({.data_size = 6}, Le(32767, 2) + Le(0x8001, 2) + Le(0, 2)));
}

}  // namespace
}  // namespace ironscribe::audio
