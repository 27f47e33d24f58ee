#include "audio/live_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "dsp/resampler.h"
#include "io/descriptor.h"
#include "io/unnamed_file.h"

namespace ironscribe::audio {
namespace {

std::string Bytes(const std::vector<int16_t>& samples) {
  return {reinterpret_cast<const char*>(samples.data()), samples.size() * sizeof(int16_t)};
}

std::vector<int16_t> Tone(size_t count) {
  std::vector<int16_t> samples;
  for (size_t i = 0; i < count; ++i) {
    samples.push_back(static_cast<int16_t>(9000 * std::sin(0.05 * static_cast<double>(i))));
  }
  return samples;
}

// As arecord writes it to a pipe: sizes that mean nothing.
std::string Header(uint16_t channels, uint32_t rate_hz, uint16_t tag = 1, uint16_t bits = 16,
                   const std::string& before_data = "") {
  std::string header = "RIFF\xff\xff\xff\x7fWAVEfmt ";
  const auto put = [&](auto value) {
    header.append(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  put(uint32_t{16});
  put(tag);
  put(channels);
  put(rate_hz);
  put(rate_hz * channels * 2);
  put(static_cast<uint16_t>(channels * 2));
  put(bits);
  return header + before_data + "data\xff\xff\xff\x7f";
}

// All of it through a file; the pieces of pipes are for other tests.
Result<std::vector<float>> Read(const std::string& bytes, int rate_hz = kSampleRateHz,
                                int* arriving_rate_hz = nullptr) {
  ASSIGN_OR_RETURN(const io::Descriptor file, io::OpenMemoryFile());
  RETURN_IF_ERROR(io::WriteAll(file.get(), std::as_bytes(std::span(bytes))));
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  ASSIGN_OR_RETURN(const LiveInput input, OpenLive(file.get(), {.rate_hz = rate_hz}));
  if (arriving_rate_hz != nullptr) *arriving_rate_hz = input.rate_hz;
  std::vector<float> samples;
  std::vector<float> block(700);
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, input.source->Read(block));
    if (count == 0) return samples;
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<ptrdiff_t>(count));
  }
}

std::vector<float> Scaled(const std::vector<int16_t>& samples) {
  std::vector<float> scaled;
  for (const int16_t sample : samples) scaled.push_back(static_cast<float>(sample) / 32768.0f);
  return scaled;
}

TEST(LiveSourceTest, SamplesWithoutAHeader) {
  for (const size_t count : {size_t{0}, size_t{1}, size_t{5}, size_t{6}, size_t{20'000}}) {
    const auto samples = Read(Bytes(Tone(count)));
    ASSERT_TRUE(samples.ok()) << samples.status().ToString();
    EXPECT_EQ(*samples, Scaled(Tone(count))) << count;
  }
}

TEST(LiveSourceTest, HalfASampleAtTheEndIsLeftOut) {
  const auto samples = Read(Bytes(Tone(100)) + "x");
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ(*samples, Scaled(Tone(100)));
}

TEST(LiveSourceTest, TheHeaderOfAWavFileIsObeyedButForItsSizes) {
  int rate_hz = 0;
  const auto samples =
      Read(Header(1, 16000, 1, 16, std::string("LIST\x03\0\0\0abc\0", 12)) + Bytes(Tone(999)), 8000,
           &rate_hz);
  ASSERT_TRUE(samples.ok()) << samples.status().ToString();
  EXPECT_EQ(*samples, Scaled(Tone(999)));
  EXPECT_EQ(rate_hz, 16000);
  const auto both = Read(Header(2, 16000) + Bytes({1000, 3000, -400, 200}));
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(*both, Scaled({2000, -100}));
}

TEST(LiveSourceTest, OtherRatesAreConvertedAndTold) {
  int rate_hz = 0;
  const auto samples = Read(Bytes(Tone(8000)), 8000, &rate_hz);
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ(rate_hz, 8000);
  auto resampler = dsp::Resampler::Create(8000, 16000);
  std::vector<float> expected;
  (*resampler)->Process(Scaled(Tone(8000)), expected);
  (*resampler)->Flush(expected);
  EXPECT_EQ(*samples, expected);
}

TEST(LiveSourceTest, WhatIsNo16BitPcmIsRefusedWithARemedy) {
  const std::string flac = "fLaC and so on and on", cut = Header(1, 16000).substr(0, 30);
  for (const std::string& bytes :
       {Header(1, 16000, 3, 32), Header(1, 16000, 1, 24), Header(0, 16000), Header(9999, 16000),
        Header(1, 0), Header(1, 0xFFFFFFFF), flac, cut,
        std::string("RIFF\0\0\0\0WAVEdata\0\0\0\0", 20),
        std::string("RIFF\0\0\0\0WAVEjunk\xff\xff\xff\xff", 20) + std::string(5000, 'x')}) {
    EXPECT_EQ(Read(bytes).status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_NE(Read(flac).status().message().find("leave out --stream"), std::string::npos);
  EXPECT_EQ(Read("abc", 10).status().code(), StatusCode::kInvalidArgument);
}

TEST(LiveSourceTest, APipeInPiecesOfAnySizeGivesTheSame) {
  const std::vector<int16_t> tone = Tone(3000);
  const std::string bytes = Header(1, 16000) + Bytes(tone);
  for (const size_t piece : {1, 7, 45, 1000}) {
    std::array<int, 2> ends;
    ASSERT_EQ(::pipe(ends.data()), 0);
    const io::Descriptor reading(ends[0]);
    std::jthread writer([&bytes, piece, end = ends[1]] {
      const io::Descriptor writing(end);
      for (size_t at = 0; at < bytes.size(); at += piece) {
        const size_t count = std::min(piece, bytes.size() - at);
        EXPECT_EQ(::write(writing.get(), bytes.data() + at, count), static_cast<ssize_t>(count));
      }
    });
    const auto input = OpenLive(reading.get(), {});
    ASSERT_TRUE(input.ok());
    std::vector<float> samples;
    std::vector<float> block(100);
    while (true) {
      const auto count = input->source->Read(block);
      ASSERT_TRUE(count.ok());
      if (*count == 0) break;
      samples.insert(samples.end(), block.begin(), block.begin() + static_cast<ptrdiff_t>(*count));
    }
    EXPECT_EQ(samples, Scaled(tone)) << piece;
  }
}

}  // namespace
}  // namespace ironscribe::audio
