// What bad input gets: a message that names file, reason and remedy, and what could be read before.
#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "audio/open_audio.h"
#include "audio/test_recordings.h"
#include "base/random.h"

namespace ironscribe::audio {
namespace {

// Expects an error of `code` whose message names the file, has `reason` in it and gives a remedy.
void ExpectClearError(const ReadOutcome& outcome, const std::filesystem::path& path,
                      StatusCode code, const std::string& reason) {
  EXPECT_EQ(outcome.end.code(), code) << outcome.end.ToString();
  EXPECT_NE(outcome.end.message().find(path.string()), std::string::npos) << outcome.end.message();
  EXPECT_NE(outcome.end.message().find(reason), std::string::npos) << outcome.end.message();
  EXPECT_NE(outcome.end.message().find_first_of(";,"), std::string::npos) << outcome.end.message();
}

void ExpectRefused(const std::string& bytes, StatusCode code, const std::string& reason) {
  SCOPED_TRACE(reason);
  const auto path = TemporaryPath("bad.wav");
  WriteBytes(path, bytes);
  const ReadOutcome outcome = OpenAndReadAll(path, {});
  ExpectClearError(outcome, path, code, reason);
  EXPECT_TRUE(outcome.samples.empty());
}

TEST(BadRecordingTest, MissingFile) {
  const std::filesystem::path path = "/no/such/folder/recording.wav";
  ExpectClearError(OpenAndReadAll(path, {}), path, StatusCode::kNotFound, "No such file");
}

TEST(BadRecordingTest, Directory) {
  const std::filesystem::path path = testing::TempDir();
  ExpectClearError(OpenAndReadAll(path, {}), path, StatusCode::kInvalidArgument, "directory");
}

TEST(BadRecordingTest, NoPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const auto path = TemporaryPath("locked.wav");
  WriteBytes(path, "x");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  ExpectClearError(OpenAndReadAll(path, {}), path, StatusCode::kPermissionDenied, "ermission");
  ::chmod(path.c_str(), 0600);
}

TEST(BadRecordingTest, EmptyFile) { ExpectRefused("", StatusCode::kInvalidArgument, "empty"); }

TEST(BadRecordingTest, TextRenamed) {
  ExpectRefused("Dear Sir or Madam,\nplease find attached\n", StatusCode::kInvalidArgument, "text");
}

TEST(BadRecordingTest, ZipArchives) {
  using namespace std::string_literals;
  const std::string name_and_data = "a.wavRIFF";
  const auto local_header = [&](uint64_t flags, uint64_t method) {
    return "PK\x03\x04" + Le(20, 2) + Le(flags, 2) + Le(method, 2) + std::string(16, '\0') +
           Le(5, 2) + Le(0, 2) + name_and_data;
  };
  ExpectRefused(local_header(0, 8), StatusCode::kInvalidArgument, "ZIP archive");
  ExpectRefused(local_header(1, 8), StatusCode::kFailedPrecondition, "password-protected");
  ExpectRefused(local_header(0, 99), StatusCode::kFailedPrecondition, "password-protected");
}

TEST(BadRecordingTest, HeadersThatLieAboutTheRate) {
  const std::string data(2000, '\x01');
  for (const uint32_t rate :
       {0u, 1u, 999u, 384'001u, 655'350u, 768'001u, 0x80000000u, 0xffffffffu}) {
    ExpectRefused(MakeWav({.rate_hz = rate, .data_size = 2000}, data), StatusCode::kInvalidArgument,
                  std::to_string(rate) + " samples per second");
  }
}

TEST(BadRecordingTest, HeadersThatLieAboutTheChannels) {
  const std::string data(2000, '\x01');
  for (const uint32_t channels : {0u, 65u, 1024u, 65535u}) {
    ExpectRefused(MakeWav({.channels = channels, .data_size = 2000}, data),
                  StatusCode::kInvalidArgument, std::to_string(channels) + " channels");
  }
}

TEST(BadRecordingTest, HeadersOfOtherKindsThatLie) {
  const std::string samples(100, '\0');
  const auto au = [&](uint64_t rate, uint64_t channels) {
    return ".snd" + Be(24, 4) + Be(100, 4) + Be(3, 4) + Be(rate, 4) + Be(channels, 4) + samples;
  };
  ExpectRefused(au(0, 1), StatusCode::kInvalidArgument, "0 samples per second");
  ExpectRefused(au(0x80000000, 1), StatusCode::kInvalidArgument, "2147483648 samples per second");
  ExpectRefused(au(8000, 0), StatusCode::kInvalidArgument, "0 channels");
  ExpectRefused(au(8000, 0xffffffff), StatusCode::kInvalidArgument, "4294967295 channels");
  // AIFF: 655,350 Hz is 0x9FFF6 = 1.001...b * 2^19; 16,383 + 19 = 0x4012.
  const auto aiff = [&](uint64_t exponent, uint64_t mantissa) {
    return "FORM" + Be(4 + 26 + 16 + 100, 4) + "AIFFCOMM" + Be(18, 4) + Be(1, 2) + Be(50, 4) +
           Be(16, 2) + Be(exponent, 2) + Be(mantissa, 8) + "SSND" + Be(108, 4) + Be(0, 8) + samples;
  };
  ExpectRefused(aiff(0x4012, 0x9fff600000000000), StatusCode::kInvalidArgument,
                "655350 samples per second");
  ExpectRefused(aiff(0xc00c, 0xfa00000000000000), StatusCode::kInvalidArgument,
                "-16000 samples per second");
  ExpectRefused(aiff(0x7fff, 0), StatusCode::kInvalidArgument, "0 samples per second");
}

TEST(BadRecordingTest, FlacThatLiesAboutItsRate) {
  const auto path = TemporaryPath("source.flac");
  WriteSound(path, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, kSampleRateHz, 1,
             TestSweep(kSampleRateHz, 0.1));
  std::string bytes = ReadBytes(path);
  // 20 bits from byte 18 on; 16,000 is 0x03E80.
  ASSERT_EQ(bytes.substr(18, 2), "\x03\xe8");
  const char low = static_cast<char>(bytes[20] & 0x0f);
  for (const auto& [rate, field] : {std::pair{655'350, 0x9fff6}, std::pair{0, 0},
                                    std::pair{999, 999}, std::pair{1'048'575, 0xfffff}}) {
    bytes.replace(18, 3, Be(static_cast<uint64_t>(field) << 4, 3));
    bytes[20] = static_cast<char>((bytes[20] & 0xf0) | low);
    ExpectRefused(bytes, StatusCode::kInvalidArgument,
                  std::to_string(rate) + " samples per second");
  }
}

TEST(BadRecordingTest, WavWithoutItsChunksIsRefused) {
  ExpectRefused("RIFF" + Le(100, 4) + "WAVE", StatusCode::kDataLoss, "ends within its WAV header");
  ExpectRefused("RIFF" + Le(100, 4) + "WAVEdata" + Le(4, 4) + "abcd", StatusCode::kInvalidArgument,
                "starts like WAV");
}

TEST(BadRecordingTest, SamplesThatAreNoNumbers) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    std::string data;
    for (int index = 0; index < 20'000; ++index) {
      const float sample = index == 12'345 ? bad : 0.25f;
      uint32_t bits;
      std::memcpy(&bits, &sample, sizeof(bits));
      data += Le(bits, 4);
    }
    const auto path = TemporaryPath("nan.wav");
    WriteBytes(path, MakeWav({.format_tag = 3, .bits = 32, .data_size = 80'000}, data));
    const ReadOutcome outcome = OpenAndReadAll(path, {});
    ExpectClearError(outcome, path, StatusCode::kInvalidArgument, "sample 12345 (at 0.772 s)");
    EXPECT_EQ(outcome.samples, std::vector<float>(12'345, 0.25f));
  }
}

TEST(BadRecordingTest, InfiniteSampleInAnyChannelOfAnyRate) {
  std::vector<float> interleaved(2 * 44'100, 0.25f);
  interleaved[2 * 22'050 + 1] = std::numeric_limits<float>::infinity();
  const auto path = TemporaryPath("inf.wav");
  WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44'100, 2, interleaved);
  const ReadOutcome outcome = OpenAndReadAll(path, {});
  ExpectClearError(outcome, path, StatusCode::kInvalidArgument, "at 0.500 s");
  EXPECT_EQ(outcome.samples.size(), 8000u);
  for (const float sample : outcome.samples) ASSERT_TRUE(std::isfinite(sample));
}

TEST(BadRecordingTest, KindOfFfmpegWithoutTheProgramSaysWhatIsMissing) {
  const auto path = TemporaryPath("speech.amr");
  WriteBytes(path, "#!AMR\n\x3c\x48\x01");
  ExpectClearError(OpenAndReadAll(path, {}), path, StatusCode::kFailedPrecondition,
                   "ironscribe-decode");
}

struct Container {
  const char* name;
  int format;
  double least_share;  // Of the samples before the cut, what must be delivered.
};

constexpr Container kContainers[] = {
    {"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0.99},
    {"wav24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 0.99},
    {"wavex", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 0.99},
    {"rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 0.99},
    {"w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 0.99},
    {"aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 0.99},
    {"au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 0.99},
    {"caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 0.95},
    {"sphere", SF_FORMAT_NIST | SF_FORMAT_PCM_16, 0.95},
    {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0.7},
    {"vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.1},
    {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 0.1},
    {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 0.7},
};

TEST(BadRecordingTest, RecordingCutInTheMiddleGivesItsFirstPartThenDataLoss) {
  const std::vector<float> signal = TestSweep(kSampleRateHz, 12.0);
  for (const Container& container : kContainers) {
    SCOPED_TRACE(container.name);
    const auto path = TemporaryPath(container.name);
    WriteSound(path, container.format, kSampleRateHz, 1, signal);
    const std::string whole = ReadBytes(path);
    const std::vector<float> expected = OpenAndReadAll(path, {}).samples;
    WriteBytes(path, whole.substr(0, whole.size() * 3 / 5 + 1));
    const ReadOutcome outcome = OpenAndReadAll(path, {});
    ExpectClearError(outcome, path, StatusCode::kDataLoss, "breaks off");
    EXPECT_GT(static_cast<double>(outcome.samples.size()),
              container.least_share * 0.6 * static_cast<double>(signal.size()));
    ASSERT_LE(outcome.samples.size(), expected.size());
    // All but the codec's last, unfinished window is what the whole recording gives.
    const size_t safe = outcome.samples.size() - std::min<size_t>(outcome.samples.size(), 3000);
    for (size_t index = 0; index < safe; ++index) {
      ASSERT_NEAR(outcome.samples[index], expected[index], 1e-4) << "sample " << index;
    }
  }
}

TEST(BadRecordingTest, TruncationAtAnyByteNeverCrashesNorLies) {
  const std::vector<float> signal = TestSweep(kSampleRateHz, 0.5);
  for (const Container& container : kContainers) {
    SCOPED_TRACE(container.name);
    const auto path = TemporaryPath(container.name);
    WriteSound(path, container.format, kSampleRateHz, 1, signal);
    const std::string whole = ReadBytes(path);
    const ReadOutcome complete = OpenAndReadAll(path, {});
    ASSERT_TRUE(complete.end.ok()) << complete.end.ToString();
    // Every byte of the header, then steps; always also the last bytes.
    for (size_t size = 0; size < whole.size(); size += size < 200 ? 1 : whole.size() / 60) {
      WriteBytes(path, whole.substr(0, size));
      const ReadOutcome outcome = OpenAndReadAll(path, {});
      EXPECT_LE(outcome.samples.size(), complete.samples.size() + 3000) << size;
      // Nothing that lost more than a tenth of its sound passes for whole.
      if (outcome.samples.size() < complete.samples.size() * 9 / 10) {
        EXPECT_FALSE(outcome.end.ok()) << "cut to " << size << " of " << whole.size() << " bytes";
      }
    }
  }
}

TEST(BadRecordingTest, MutatedRecordingsNeverCrash) {
  const std::vector<float> signal = TestSweep(kSampleRateHz, 0.3);
  OpenOptions options;
  options.max_seconds = 100;
  for (const Container& container : kContainers) {
    const auto path = TemporaryPath(container.name);
    WriteSound(path, container.format, kSampleRateHz, 1, signal);
    const std::string whole = ReadBytes(path);
    Random random(MixBits(static_cast<uint64_t>(container.format)));
    for (int round = 0; round < 100; ++round) {
      std::string bytes = whole;
      // Half of the rounds change the header, where the damage is greatest.
      const size_t range = round % 2 == 0 ? std::min<size_t>(bytes.size(), 128) : bytes.size();
      for (uint64_t change = 0; change <= random.Next() % 8; ++change) {
        bytes[random.Next() % range] = static_cast<char>(random.Next());
      }
      WriteBytes(path, bytes);
      const ReadOutcome outcome = OpenAndReadAll(path, options);
      EXPECT_LE(outcome.samples.size(), 100u * kSampleRateHz) << container.name << ", " << round;
      for (const float sample : outcome.samples) ASSERT_TRUE(std::isfinite(sample));
    }
  }
}

}  // namespace
}  // namespace ironscribe::audio
