#include "dsp/log_mel_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace ironscribe::dsp {
namespace {

std::vector<float> Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  std::vector<float> samples(size);
  for (float& sample : samples) sample = uniform(random);
  return samples;
}

std::vector<float> Whole(const LogMel& log_mel, std::span<const float> samples, int frames) {
  std::vector<float> out(static_cast<size_t>(frames) * log_mel.num_mels());
  log_mel.LogEnergies(samples, 0, frames, out);
  return out;
}

// Compares a read with the same frames of the whole.
void ExpectFrames(LogMelStream& stream, const std::vector<float>& whole, int64_t first, int count) {
  std::vector<float> actual(static_cast<size_t>(count) * 80);
  stream.Read(first, count, actual);
  const auto from = whole.begin() + first * 80;
  ASSERT_TRUE(std::equal(actual.begin(), actual.end(), from)) << "frames from " << first;
}

TEST(LogMelStreamTest, AnyCuttingGivesTheBitsOfTheWhole) {
  const LogMel log_mel(80);
  std::mt19937 random(1);
  for (int round = 0; round < 60; ++round) {
    const std::vector<float> samples = Noise(random() % 60000, round);
    const int frames = static_cast<int>(samples.size() / 160) + 50;
    const std::vector<float> whole = Whole(log_mel, samples, frames);
    const size_t largest_block = size_t{1} << (1 + random() % 16);
    LogMelStream stream(log_mel);
    int64_t dropped = 0;
    for (size_t at = 0; at < samples.size();) {
      const size_t size = std::min(samples.size() - at, random() % largest_block + 1);
      stream.Append(std::span(samples).subspan(at, size));
      at += size;
      const int64_t ready = stream.frames_ready();
      if (random() % 8 == 0 && ready > dropped) {
        const int64_t first = dropped + static_cast<int64_t>(random() % (ready - dropped));
        ExpectFrames(stream, whole, first, static_cast<int>(ready - first));
        if (random() % 2 == 0) {
          dropped = first + static_cast<int64_t>(random() % 60);
          stream.DropBefore(dropped);
        }
      }
    }
    stream.Finish();
    EXPECT_EQ(stream.frames_ready(), LogMelStream::kEndless);
    if (dropped < frames) {
      ExpectFrames(stream, whole, dropped, static_cast<int>(frames - dropped));
    }
  }
}

// A frame is ready exactly when its last sample has come, the first one when its reflection has.
TEST(LogMelStreamTest, FramesAreReadyAsSoonAsTheirSamplesAre) {
  const LogMel log_mel(80);
  const std::vector<float> samples = Noise(1000, 2);
  LogMelStream stream(log_mel);
  for (size_t i = 0; i < samples.size(); ++i) {
    stream.Append(std::span(samples).subspan(i, 1));
    const int64_t size = static_cast<int64_t>(i) + 1;
    int64_t expected = 0;
    while (expected * 160 + 200 <= size) ++expected;
    if (size == 200) expected = 0;
    ASSERT_EQ(stream.frames_ready(), expected) << size;
  }
}

TEST(LogMelStreamTest, SilenceBehindTheEnd) {
  const LogMel log_mel(80);
  const std::vector<float> samples = Noise(5000, 3);
  LogMelStream stream(log_mel);
  stream.Append(samples);
  stream.Finish();
  ExpectFrames(stream, Whole(log_mel, samples, 3000), 0, 3000);
  std::vector<float> far(80 * 10);
  stream.Read(int64_t{1} << 40, 10, far);
  EXPECT_EQ(far, std::vector<float>(80 * 10, -10.0F));
}

TEST(LogMelStreamTest, NothingAtAllIsSilence) {
  const LogMel log_mel(80);
  LogMelStream stream(log_mel);
  EXPECT_EQ(stream.frames_ready(), 0);
  stream.Finish();
  std::vector<float> out(80 * 30);
  stream.Read(0, 30, out);
  EXPECT_EQ(out, std::vector<float>(80 * 30, -10.0F));
}

TEST(LogMelStreamTest, DroppingAheadOfTheSignal) {
  const LogMel log_mel(80);
  const std::vector<float> samples = Noise(160 * 400, 4);
  const std::vector<float> whole = Whole(log_mel, samples, 420);
  LogMelStream stream(log_mel);
  stream.DropBefore(250);
  stream.DropBefore(10);  // no way back
  for (size_t at = 0; at < samples.size(); at += 100) {
    stream.Append(std::span(samples).subspan(at, 100));
  }
  stream.Finish();
  ExpectFrames(stream, whole, 250, 170);
}

}  // namespace
}  // namespace ironscribe::dsp
