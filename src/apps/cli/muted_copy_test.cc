#include "apps/cli/muted_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

// Ten seconds of the same value, in blocks of odd sizes.
class LevelSource : public audio::PcmSource {
 public:
  Result<size_t> Read(std::span<float> out) override {
    const size_t left = 10 * audio::kSampleRateHz - position_;
    const size_t count = std::min({out.size(), left, size_t{7777}});
    std::fill_n(out.begin(), count, 0.5f);
    position_ += count;
    return count;
  }
  int64_t ExpectedSamples() const override { return -1; }
  Status Rewind() override { return OkStatus(); }
  std::string Description() const override { return "level"; }

 private:
  size_t position_ = 0;
};

int16_t SampleAt(const std::string& wav, double seconds) {
  const size_t at = 44 + 2 * static_cast<size_t>(seconds * audio::kSampleRateHz);
  return static_cast<int16_t>(static_cast<uint8_t>(wav[at]) |
                              static_cast<uint16_t>(static_cast<uint8_t>(wav[at + 1]) << 8));
}

TEST(MutedCopy, IsSilentInTheSpansOnly) {
  const TestFolder folder;
  const auto path = folder.path() / "out.redacted.wav";
  LevelSource source;
  const std::vector<finishing::RedactedSpan> spans = {
      {2, 3, "A"}, {9.5, 1e300, "B"}, {-1, 0.1, "C"}};
  const Status status = WriteMutedCopy(source, spans, path, {});
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string wav = ReadAll(path);
  EXPECT_EQ(wav.size(), 44u + 2 * 10 * audio::kSampleRateHz);
  for (const double silent : {0.0, 0.2, 1.85, 2.5, 3.15, 9.4, 9.99}) {
    EXPECT_EQ(SampleAt(wav, silent), 0) << silent;
  }
  for (const double loud : {0.4, 1.7, 3.3, 6.0, 9.2}) {
    EXPECT_NE(SampleAt(wav, loud), 0) << loud;
  }
}

TEST(MutedCopy, LeavesNothingWhenStopped) {
  const TestFolder folder;
  const auto path = folder.path() / "out.redacted.wav";
  LevelSource source;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(WriteMutedCopy(source, {}, path, stop.get_token()).code(), StatusCode::kCancelled);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(MutedCopy, IsNamedAfterTheOutput) {
  EXPECT_EQ(MutedCopyPath("out/talk.txt"), "out/talk.redacted.wav");
  EXPECT_EQ(MutedCopyPath("out/talk.wav.json"), "out/talk.wav.redacted.wav");
}

}  // namespace
}  // namespace ironscribe::cli
