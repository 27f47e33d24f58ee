#include "audio/open_audio.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <thread>

#include "audio/test_recordings.h"
#include "io/descriptor.h"

namespace ironscribe::audio {
namespace {

OpenOptions Options() {
  OpenOptions options;
  options.temporary_folder = testing::TempDir();
  return options;
}

struct FormatCase {
  const char* name;
  int format;
  double tolerance;  // Largest error of one sample: half a quantization step, or the codec's.
};

// One step of 8 bits is 1/128; mu-law and A-law have steps of up to 1/32 (G.711, highest segment),
// and an encoder may cut off instead of rounding.
const FormatCase kExactFormats[] = {
    {"wav-u8", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1.0 / 128},
    {"wav-16", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"wav-24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1.0 / 8388608},
    {"wav-32", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 1e-7},
    {"wav-float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0},
    {"wav-double", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 0},
    {"wav-mulaw", SF_FORMAT_WAV | SF_FORMAT_ULAW, 1.0 / 32},
    {"wav-alaw", SF_FORMAT_WAV | SF_FORMAT_ALAW, 1.0 / 32},
    {"wavex-16", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"wavex-float", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, 0},
    {"rf64-16", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"rifx-16", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 1.0 / 32768},
    {"w64-16", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"aiff-16", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"aiff-24", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 1.0 / 8388608},
    {"aiff-float", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 0},
    {"aifc-mulaw", SF_FORMAT_AIFF | SF_FORMAT_ULAW, 1.0 / 32},
    {"au-16", SF_FORMAT_AU | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"au-mulaw", SF_FORMAT_AU | SF_FORMAT_ULAW, 1.0 / 32},
    {"caf-16", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"caf-alac", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 1.0 / 32768},
    {"sphere-16", SF_FORMAT_NIST | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"flac-16", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1.0 / 32768},
    {"flac-24", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 1.0 / 8388608},
};

TEST(OpenAudioTest, PlainSamplesComeBackSampleForSample) {
  const std::vector<float> signal = TestSweep(kSampleRateHz, 0.7);
  for (const FormatCase& format : kExactFormats) {
    SCOPED_TRACE(format.name);
    // The extension is wrong on purpose: only the content counts.
    const auto path = TemporaryPath(std::string(format.name) + ".txt");
    WriteSound(path, format.format, kSampleRateHz, 1, signal);
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
    ASSERT_EQ(outcome.samples.size(), signal.size());
    for (size_t index = 0; index < signal.size(); ++index) {
      ASSERT_NEAR(outcome.samples[index], signal[index], format.tolerance) << "sample " << index;
    }
  }
}

TEST(OpenAudioTest, CompressedFormatsAgreeWithTheirSource) {
  const FormatCase cases[] = {
      {"vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0},
      {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 0},
      {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 0},
      {"adpcm", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 0},
      {"gsm", SF_FORMAT_WAV | SF_FORMAT_GSM610, 0},
  };
  const std::vector<float> signal = TestSweep(kSampleRateHz, 2.0);
  for (const FormatCase& format : cases) {
    SCOPED_TRACE(format.name);
    const auto path = TemporaryPath(format.name);
    WriteSound(path, format.format, kSampleRateHz, 1, signal);
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
    EXPECT_NEAR(static_cast<double>(outcome.samples.size()), static_cast<double>(signal.size()),
                2500);
    EXPECT_GT(BestCorrelation(signal, outcome.samples, 2000), 0.98);
  }
}

TEST(OpenAudioTest, ChannelsAreAveragedOrTakenSingly) {
  std::vector<float> interleaved;
  for (int frame = 0; frame < 100; ++frame) {
    interleaved.insert(interleaved.end(), {0.25f, -0.5f, 1.0f});
  }
  const auto path = TemporaryPath("three.wav");
  WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, kSampleRateHz, 3, interleaved);
  EXPECT_EQ(OpenAndReadAll(path, Options()).samples, std::vector<float>(100, 0.25f));
  const float expected[] = {0.25f, -0.5f, 1.0f};
  for (int channel = 0; channel < 3; ++channel) {
    OpenOptions options = Options();
    options.channel = channel;
    EXPECT_EQ(OpenAndReadAll(path, options).samples, std::vector<float>(100, expected[channel]));
  }
  OpenOptions options = Options();
  options.channel = 3;
  const ReadOutcome outcome = OpenAndReadAll(path, options);
  EXPECT_EQ(outcome.end.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(outcome.end.message().find("channel 3"), std::string::npos);
}

// Three channels with different sounds, interleaved.
std::vector<float> ThreeChannels(const std::vector<float>& sweep) {
  std::vector<float> interleaved;
  for (size_t i = 0; i < sweep.size(); ++i) {
    interleaved.insert(interleaved.end(), {sweep[i], sweep[sweep.size() - 1 - i], 0.0f});
  }
  return interleaved;
}

TEST(OpenAudioTest, EachChannelReadsLikeARecordingOfItsOwn) {
  const std::vector<float> sweep = TestSweep(44'100, 0.8);
  const auto path = TemporaryPath("three.wav");
  constexpr int kFormat = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  WriteSound(path, kFormat, 44'100, 3, ThreeChannels(sweep));
  const auto sources = OpenAudioChannels(path, Options());
  ASSERT_TRUE(sources.ok()) << sources.status().ToString();
  EXPECT_EQ(sources->num_channels, 3);
  EXPECT_EQ(sources->expected_samples, 12'800);
  EXPECT_NE(sources->description.find("3 channels"), std::string::npos);
  // All open at once and read in turn: none disturbs the others.
  std::vector<std::unique_ptr<PcmSource>> open;
  std::vector<std::vector<float>> read(3);
  for (int channel = 0; channel < 3; ++channel) open.push_back(*sources->open(channel));
  std::vector<float> block(777);
  for (bool more = true; more;) {
    more = false;
    for (size_t channel = 0; channel < 3; ++channel) {
      const auto count = open[channel]->Read(block);
      ASSERT_TRUE(count.ok());
      read[channel].insert(read[channel].end(), block.begin(),
                           block.begin() + static_cast<std::ptrdiff_t>(*count));
      more = more || *count > 0;
    }
  }
  const std::vector<float> backwards(sweep.rbegin(), sweep.rend());
  const std::vector<float> silence(sweep.size());
  const std::vector<float>* const expected[] = {&sweep, &backwards, &silence};
  for (size_t channel = 0; channel < 3; ++channel) {
    const auto mono = TemporaryPath("mono.wav");
    WriteSound(mono, kFormat, 44'100, 1, *expected[channel]);
    EXPECT_EQ(read[channel], OpenAndReadAll(mono, Options()).samples) << channel;
  }
  EXPECT_EQ(sources->open(3).status().code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(open[0]->Rewind().ok());
  EXPECT_EQ(ReadAll(*open[0]).samples, read[0]);
}

TEST(OpenAudioTest, ChannelsOfAPipeAreReadAsOftenAsWanted) {
  const std::vector<float> sweep = TestSweep(kSampleRateHz, 0.5);
  const auto path = TemporaryPath("three.wav");
  WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, kSampleRateHz, 3, ThreeChannels(sweep));
  const std::string bytes = ReadBytes(path);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::jthread writer([&] {
    for (size_t at = 0; at < bytes.size();) {
      const ssize_t count = ::write(ends[1], bytes.data() + at, bytes.size() - at);
      if (count <= 0) break;
      at += static_cast<size_t>(count);
    }
    ::close(ends[1]);
  });
  const auto sources = OpenAudioChannelsDescriptor(ends[0], "pipe", Options());
  ::close(ends[0]);
  ASSERT_TRUE(sources.ok()) << sources.status().ToString();
  OpenOptions options = Options();
  for (int channel = 0; channel < 3; ++channel) {
    options.channel = channel;
    const auto source = sources->open(channel);
    ASSERT_TRUE(source.ok());
    EXPECT_EQ(ReadAll(**source).samples, OpenAndReadAll(path, options).samples) << channel;
  }
}

TEST(OpenAudioTest, ChannelsOfWhatIsNoRecordingAreRefused) {
  const auto path = TemporaryPath("text.wav");
  WriteBytes(path, "no recording at all");
  EXPECT_EQ(OpenAudioChannels(path, Options()).status().message(),
            OpenAudio(path, Options()).status().message());
  EXPECT_EQ(OpenAudioChannels("/nowhere.wav", Options()).status().code(), StatusCode::kNotFound);
}

TEST(OpenAudioTest, EveryRateBecomes16Khz) {
  for (const int rate_hz : {8000, 11025, 22050, 44100, 48000, 96000, 192000}) {
    const auto path = TemporaryPath("rate.wav");
    WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_24, rate_hz, 1, TestSweep(rate_hz, 1.0));
    const auto source = OpenAudio(path, Options());
    ASSERT_TRUE(source.ok()) << source.status().ToString();
    EXPECT_EQ((*source)->ExpectedSamples(), 16000);
    const ReadOutcome outcome = ReadAll(**source);
    EXPECT_TRUE(outcome.end.ok());
    EXPECT_EQ(outcome.samples.size(), 16000u) << rate_hz;
    // The sweep computed directly at 16 kHz is the answer; no shift is allowed.
    EXPECT_GT(BestCorrelation(TestSweep(16000, 1.0), outcome.samples, 0), 0.999) << rate_hz;
  }
}

TEST(OpenAudioTest, RewindGivesTheSameBitsAgain) {
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS,
                           SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}) {
    const auto path = TemporaryPath("rewind");
    WriteSound(path, format, 22050, 2, TestSweep(44100, 1.5));
    auto source = OpenAudio(path, Options());
    ASSERT_TRUE(source.ok());
    std::vector<float> some(3000);
    ASSERT_TRUE((*source)->Read(some).ok());
    ASSERT_TRUE((*source)->Rewind().ok());
    const ReadOutcome first = ReadAll(**source);
    ASSERT_TRUE((*source)->Rewind().ok());
    const ReadOutcome second = ReadAll(**source);
    EXPECT_GT(first.samples.size(), 20000u);
    EXPECT_EQ(first.samples, second.samples);
  }
}

TEST(OpenAudioTest, DescriptionSaysWhatWasFound) {
  const auto path = TemporaryPath("described.bin");
  WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, std::vector<float>(20));
  const auto source = OpenAudio(path, Options());
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->Description(), "WAV (Microsoft), Signed 16 bit PCM, 44100 Hz, 2 channels");
}

TEST(OpenAudioTest, RecordingWithoutSamplesIsEmptyAndNoError) {
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                           SF_FORMAT_AU | SF_FORMAT_PCM_16, SF_FORMAT_CAF | SF_FORMAT_PCM_16}) {
    const auto path = TemporaryPath("zero");
    WriteSound(path, format, 44100, 1, {});
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_TRUE(outcome.end.ok()) << format << ": " << outcome.end.ToString();
    EXPECT_TRUE(outcome.samples.empty());
  }
}

TEST(OpenAudioTest, OneSampleIsEnough) {
  const auto path = TemporaryPath("one.wav");
  WriteBytes(path, MakeWav({.data_size = 2}, Le(16384, 2)));
  const ReadOutcome outcome = OpenAndReadAll(path, Options());
  EXPECT_TRUE(outcome.end.ok());
  EXPECT_EQ(outcome.samples, std::vector<float>{0.5f});
}

TEST(OpenAudioTest, StreamedWavWithoutALengthIsReadToItsEnd) {
  std::string data;
  for (int index = 0; index < 1000; ++index) data += Le(static_cast<uint64_t>(index), 2);
  // FFmpeg and browsers, GStreamer, arecord, SoX.
  for (const uint32_t size : {0xffffffffu, 0u, 0x80000000u, 0x7ffff000u}) {
    const auto path = TemporaryPath("streamed.wav");
    WriteBytes(path, MakeWav({.data_size = size}, data));
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
    ASSERT_EQ(outcome.samples.size(), 1000u) << size;
    EXPECT_EQ(outcome.samples[999], 999.0f / 32768);
  }
}

TEST(OpenAudioTest, PipeIsReadWhateverItsContainer) {
  const std::vector<float> signal = TestSweep(kSampleRateHz, 1.0);
  const auto path = TemporaryPath("piped");
  WriteSound(path, SF_FORMAT_AIFF | SF_FORMAT_FLOAT, kSampleRateHz, 1, signal);
  const std::string bytes = ReadBytes(path);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const io::Descriptor read_end(ends[0]);
  std::thread writer([&bytes, end = ends[1]] {
    EXPECT_EQ(::write(end, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ::close(end);
  });
  auto source = OpenAudioDescriptor(read_end.get(), "standard input", Options());
  writer.join();
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  EXPECT_EQ(ReadAll(**source).samples, signal);
  ASSERT_TRUE((*source)->Rewind().ok());
  EXPECT_EQ(ReadAll(**source).samples, signal);
}

// The writing end stays open, so only the head can be what is refused.
TEST(OpenAudioTest, EndlessPipeOfSomethingElseIsRefused) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const std::string text(64 << 10, 't');  // As much as a pipe of Linux holds.
  ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  const auto source = OpenAudioDescriptor(ends[0], "letters", {});
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_FALSE(source.ok());
  EXPECT_NE(source.status().message().find("cannot read 'letters' as a recording"),
            std::string::npos)
      << source.status().message();
}

TEST(OpenAudioTest, LimitOnSecondsGivesWhatLiesBeforeIt) {
  const auto path = TemporaryPath("long.wav");
  WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, std::vector<float>(8000 * 3, 0.1f));
  OpenOptions options = Options();
  options.max_seconds = 2;
  ReadOutcome outcome = OpenAndReadAll(path, options);
  EXPECT_EQ(outcome.end.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(outcome.samples.size(), 32000u);
  options.max_seconds = 3;
  outcome = OpenAndReadAll(path, options);
  EXPECT_TRUE(outcome.end.ok());
  EXPECT_EQ(outcome.samples.size(), 48000u);
}

TEST(OpenAudioTest, LimitOnBytes) {
  const auto path = TemporaryPath("large.wav");
  WriteBytes(path, MakeWav({.data_size = 2000}, std::string(2000, '\0')));
  OpenOptions options = Options();
  options.max_bytes = 1000;
  EXPECT_EQ(OpenAndReadAll(path, options).end.code(), StatusCode::kResourceExhausted);
}

// Resident memory of this process, in kilobytes.
long ResidentKb() {
  std::ifstream file("/proc/self/statm");
  long total_pages = 0, resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

TEST(OpenAudioTest, MemoryDoesNotGrowWithLength) {
  const auto path = TemporaryPath("ten_minutes.wav");
  WriteSound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 22050, 1, TestSweep(22050, 600.0));
  auto source = OpenAudio(path, Options());
  ASSERT_TRUE(source.ok());
  std::vector<float> block(16000);
  size_t total = 0;
  long after_first_seconds_kb = 0;
  for (;;) {
    const auto count = (*source)->Read(block);
    ASSERT_TRUE(count.ok()) << count.status().ToString();
    if (*count == 0) break;
    total += *count;
    if (total > 160'000 && after_first_seconds_kb == 0) after_first_seconds_kb = ResidentKb();
  }
  EXPECT_EQ(total, 9'600'000u);
  // The whole recording would be 38 MB at 16 kHz.
  EXPECT_LT(ResidentKb() - after_first_seconds_kb, 4096);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace ironscribe::audio
