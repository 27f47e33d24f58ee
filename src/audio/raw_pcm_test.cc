#include "audio/raw_pcm.h"

#include <gtest/gtest.h>

#include <vector>

#include "io/test_folder.h"
#include "io/unnamed_file.h"

namespace ironscribe::audio {
namespace {

Result<std::vector<float>> ReadAll(PcmSource& source) {
  std::vector<float> samples;
  std::vector<float> block(1000);
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, source.Read(block));
    if (count == 0) return samples;
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<ptrdiff_t>(count));
  }
}

Result<std::unique_ptr<PcmSource>> Open(const std::string& bytes, int64_t max_seconds = 10) {
  ASSIGN_OR_RETURN(const io::Descriptor file, io::OpenMemoryFile());
  RETURN_IF_ERROR(io::WriteAll(file.get(), std::as_bytes(std::span(bytes))));
  OpenOptions options;
  options.max_seconds = max_seconds;
  return OpenRawPcm(file.get(), "file", options);
}

TEST(RawPcm, ReadsLittleEndianSamples) {
  auto source = Open(std::string("\x00\x40\x00\x80\xff\x7f\x00\x00", 8));
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->ExpectedSamples(), 4);
  for (int i = 0; i < 2; ++i) {
    const auto samples = ReadAll(**source);
    ASSERT_TRUE(samples.ok());
    EXPECT_EQ(*samples, (std::vector<float>{0.5f, -1.0f, 32767 / 32768.0f, 0}));
    ASSERT_TRUE((*source)->Rewind().ok());
  }
}

TEST(RawPcm, NothingIsNothing) {
  auto source = Open("");
  ASSERT_TRUE(source.ok());
  const auto samples = ReadAll(**source);
  ASSERT_TRUE(samples.ok());
  EXPECT_TRUE(samples->empty());
}

TEST(RawPcm, HalfASampleIsDamage) {
  auto source = Open(std::string(20'001, 'x'));
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(ReadAll(**source).status().code(), StatusCode::kDataLoss);
}

TEST(RawPcm, TheLimitHolds) {
  EXPECT_TRUE(ReadAll(**Open(std::string(32'000, 'x'), 1)).ok());
  EXPECT_EQ(ReadAll(**Open(std::string(32'002, 'x'), 1)).status().code(),
            StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace ironscribe::audio
