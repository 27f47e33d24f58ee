// ironscribe-decode as audio/open_audio.h uses it: containers, limits, refusals, the sandbox.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "audio/child_stream.h"
#include "audio/open_audio.h"
#include "audio/test_recordings.h"
#include "base/random.h"
#include "io/child_process.h"

namespace ironscribe::decode {
namespace {

using audio::kSampleRateHz;
using audio::OpenAndReadAll;
using audio::OpenAudio;
using audio::ReadAll;
using audio::ReadBytes;
using audio::ReadOutcome;
using audio::SharedData;
using audio::TemporaryPath;
using audio::TestSweep;
using audio::WriteBytes;
using audio::WriteSound;

const char kProgram[] = IRONSCRIBE_BINARY_DIR "/ironscribe-decode";

audio::OpenOptions Options() {
  audio::OpenOptions options;
  options.decode_program = kProgram;
  options.temporary_folder = testing::TempDir();
  return options;
}

bool HaveFfmpeg() {
  const auto version = io::RunCommand({"ffmpeg", "-version"}, {});
  return version.ok() && version->exit.ok();
}

// Converts by the ffmpeg command line; `arguments` stand before the output.
testing::AssertionResult Encode(const std::filesystem::path& input,
                                std::vector<std::string> arguments,
                                const std::filesystem::path& output) {
  std::vector<std::string> command = {"ffmpeg", "-v", "error", "-y", "-i", input.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.push_back(output.string());
  const auto result = io::RunCommand(command, {});
  if (!result.ok()) return testing::AssertionFailure() << result.status().ToString();
  if (!result->exit.ok()) return testing::AssertionFailure() << result->standard_error;
  return testing::AssertionSuccess();
}

struct Container {
  const char* name;
  std::vector<std::string> arguments;
};

std::vector<Container> Containers() {
  const std::vector<std::string> picture = {"-f",   "lavfi", "-i",       "color=s=64x64:r=5:d=12",
                                            "-map", "0:a",   "-map",     "1:v",
                                            "-c:v", "mpeg4", "-shortest"};
  const auto video = [&picture](std::vector<std::string> rest) {
    std::vector<std::string> all = picture;
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  };
  return {
      {"aac.m4a", {"-c:a", "aac", "-b:a", "96k"}},
      {"aac_fast.mp4", {"-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart"}},
      {"alac.m4a", {"-c:a", "alac"}},
      {"video.mp4", video({"-c:a", "aac", "-b:a", "96k"})},
      {"video.mov", video({"-c:a", "pcm_s16le"})},
      {"video.avi", video({"-c:a", "ac3"})},
      {"video.ts", video({"-c:a", "mp2", "-f", "mpegts"})},
      {"video.mpg", video({"-c:v", "mpeg1video", "-r", "25", "-c:a", "mp2", "-f", "mpeg"})},
      {"video.flv", video({"-c:v", "flv", "-c:a", "aac", "-b:a", "96k"})},
      {"opus.webm", {"-c:a", "libopus", "-b:a", "64k"}},
      {"flac.mkv", {"-c:a", "flac"}},
      {"raw.aac", {"-c:a", "aac", "-b:a", "96k", "-f", "adts"}},
      {"dolby.ac3", {"-c:a", "ac3"}},
      {"dolby.eac3", {"-c:a", "eac3"}},
      {"windows.wma", {"-c:a", "wmav2", "-b:a", "96k"}},
      {"lossless.wv", {"-c:a", "wavpack"}},
      {"lossless.tta", {"-c:a", "tta"}},
      {"speex.ogg", {"-c:a", "libspeex", "-q:a", "10"}},
      {"fragments.mp4",
       {"-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-frag_duration", "500000"}},
  };
}

class ContainersTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!HaveFfmpeg()) {
      GTEST_SKIP() << "*** the ffmpeg command line is not installed: CONTAINERS ARE NOT TESTED ***";
    }
    signal_ = TestSweep(kSampleRateHz, 4.0);
    source_ = TemporaryPath("source.wav");
    WriteSound(source_, SF_FORMAT_WAV | SF_FORMAT_PCM_16, kSampleRateHz, 1, signal_);
  }
  std::vector<float> signal_;
  std::filesystem::path source_;
};

TEST_F(ContainersTest, EveryContainerGivesTheSameSound) {
  for (const Container& container : Containers()) {
    SCOPED_TRACE(container.name);
    const auto path = TemporaryPath(container.name);
    ASSERT_TRUE(Encode(source_, container.arguments, path));
    const auto source = OpenAudio(path, Options());
    ASSERT_TRUE(source.ok()) << source.status().ToString();
    const ReadOutcome outcome = ReadAll(**source);
    EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
    EXPECT_NEAR(static_cast<double>(outcome.samples.size()), static_cast<double>(signal_.size()),
                4000);
    // Speex, the worst of them, reaches 0.976.
    EXPECT_GT(audio::BestCorrelation(signal_, outcome.samples, 2500), 0.97);
    ASSERT_TRUE((*source)->Rewind().ok());
    EXPECT_EQ(ReadAll(**source).samples, outcome.samples);
  }
}

TEST_F(ContainersTest, LosslessOnesAgreeSampleForSample) {
  for (const char* codec : {"flac", "alac", "pcm_s16le"}) {
    const auto path = TemporaryPath(std::string(codec) + ".mkv");
    ASSERT_TRUE(Encode(source_, {"-c:a", codec}, path));
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    const ReadOutcome original = OpenAndReadAll(source_, Options());
    EXPECT_EQ(outcome.samples, original.samples) << codec;
  }
}

TEST_F(ContainersTest, NarrowBandTelephony) {
  for (const auto& [name, codec] :
       {std::pair{"gsm.wav", "libgsm_ms"}, std::pair{"g722.wav", "adpcm_g722"},
        std::pair{"adpcm.wav", "adpcm_ms"}}) {
    SCOPED_TRACE(name);
    const auto path = TemporaryPath(name);
    const int rate_hz = std::string(codec) == "adpcm_g722" ? 16000 : 8000;
    ASSERT_TRUE(Encode(source_, {"-c:a", codec, "-ar", std::to_string(rate_hz)}, path));
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
    EXPECT_GT(audio::BestCorrelation(signal_, outcome.samples, 1500), 0.95);
  }
}

TEST_F(ContainersTest, CutContainersGiveTheirFirstPartAndSaySo) {
  // Long enough for several blocks of WavPack, which have 4 s each.
  signal_ = TestSweep(kSampleRateHz, 12.0);
  WriteSound(source_, SF_FORMAT_WAV | SF_FORMAT_PCM_16, kSampleRateHz, 1, signal_);
  for (const Container& container : Containers()) {
    SCOPED_TRACE(container.name);
    const auto path = TemporaryPath(container.name);
    ASSERT_TRUE(Encode(source_, container.arguments, path));
    const std::string whole = ReadBytes(path);
    // Not between two packets or frames, where a cut cannot be told from an end.
    size_t size = whole.size() * 7 / 10 + 101;
    if (size % 188 == 0) ++size;
    WriteBytes(path, whole.substr(0, size));
    const ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_LT(outcome.samples.size(), signal_.size() * 9 / 10);
    // Without its index, at the end of most MP4 files, nothing can be decoded.
    if (outcome.end.message().find("'moov'") == std::string::npos) {
      EXPECT_GT(outcome.samples.size(), signal_.size() / 2);
      EXPECT_NE(outcome.end.message().find(" s"), std::string::npos) << outcome.end.message();
    }
    EXPECT_EQ(outcome.end.code(), StatusCode::kDataLoss) << outcome.end.ToString();
    EXPECT_NE(outcome.end.message().find(path.string()), std::string::npos)
        << outcome.end.message();
  }
}

TEST_F(ContainersTest, TruncatedAndMutatedMediaNeverHangOrCrashTheReader) {
  audio::OpenOptions options = Options();
  options.max_seconds = 60;
  int crashes = 0;
  for (const Container& container : Containers()) {
    SCOPED_TRACE(container.name);
    const auto path = TemporaryPath(container.name);
    ASSERT_TRUE(Encode(source_, container.arguments, path));
    const std::string whole = ReadBytes(path);
    const uint64_t seed = std::hash<std::string>{}(container.name);
    Random random(seed);
    for (int round = 0; round < IRONSCRIBE_MUTATIONS; ++round) {
      std::string bytes = whole;
      if (round % 4 == 0) bytes.resize(random.Next() % bytes.size());
      const size_t range = round % 2 == 0 ? std::min<size_t>(bytes.size(), 1024) : bytes.size();
      for (uint64_t change = 0; change < 1 + random.Next() % 16 && range > 0; ++change) {
        bytes[random.Next() % range] = static_cast<char>(random.Next());
      }
      WriteBytes(path, bytes);
      const ReadOutcome outcome = OpenAndReadAll(path, options);
      EXPECT_LE(outcome.samples.size(), 60u * kSampleRateHz) << round;
      EXPECT_NE(outcome.end.code(), StatusCode::kDeadlineExceeded)
          << "seed " << seed << ", " << round;
      crashes += outcome.end.message().find("was killed by") != std::string::npos ? 1 : 0;
    }
  }
  RecordProperty("crashes_contained", crashes);
}

TEST_F(ContainersTest, VideoWithoutSoundIsRefused) {
  const auto path = TemporaryPath("silent.mp4");
  ASSERT_TRUE(Encode(
      source_, {"-f", "lavfi", "-i", "color=s=64x64:d=1", "-map", "1:v", "-c:v", "mpeg4"}, path));
  const ReadOutcome outcome = OpenAndReadAll(path, Options());
  EXPECT_EQ(outcome.end.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(outcome.end.message().find("no sound"), std::string::npos) << outcome.end.message();
}

TEST_F(ContainersTest, EncryptedMp4IsRefused) {
  const auto path = TemporaryPath("encrypted.mp4");
  ASSERT_TRUE(Encode(
      source_,
      {"-c:a", "aac", "-encryption_scheme", "cenc-aes-ctr", "-encryption_key",
       "76a6c65c5ea762046bd749a2e632ccbb", "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"},
      path));
  const ReadOutcome outcome = OpenAndReadAll(path, Options());
  EXPECT_EQ(outcome.end.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(outcome.end.message().find("protected by DRM"), std::string::npos);
}

TEST_F(ContainersTest, GapsOnTheClockBecomeSilence) {
  // One second of sound, two seconds without packets, one second of sound.
  const auto path = TemporaryPath("gap.mkv");
  ASSERT_TRUE(Encode(source_, {"-af", "aselect='lt(t,1)+gte(t,3)'", "-c:a", "pcm_s16le"}, path));
  const ReadOutcome outcome = OpenAndReadAll(path, Options());
  ASSERT_NEAR(static_cast<double>(outcome.samples.size()), 64'000.0, 3000);
  const std::vector<float> tail(outcome.samples.end() - 8000, outcome.samples.end());
  const std::vector<float> expected(signal_.end() - 8000, signal_.end());
  EXPECT_GT(audio::BestCorrelation(expected, tail, 1600), 0.98);
  EXPECT_TRUE(std::all_of(outcome.samples.begin() + 20'000, outcome.samples.begin() + 44'000,
                          [](float sample) { return sample == 0.0f; }));
}

TEST_F(ContainersTest, ManyChannelsAndALimitOnSeconds) {
  const auto path = TemporaryPath("many.mkv");
  ASSERT_TRUE(Encode(source_, {"-af", "pan=24c|c23=c0", "-c:a", "pcm_s16le"}, path));
  audio::OpenOptions options = Options();
  options.channel = 23;
  options.max_seconds = 2;
  const ReadOutcome outcome = OpenAndReadAll(path, options);
  EXPECT_EQ(outcome.end.code(), StatusCode::kResourceExhausted) << outcome.end.ToString();
  EXPECT_EQ(outcome.samples.size(), 32'000u);
  EXPECT_GT(audio::BestCorrelation(std::span(signal_).first(32'000), outcome.samples, 0), 0.999);
}

TEST_F(ContainersTest, ChannelsReadSideBySideEqualThoseReadAlone) {
  const auto path = TemporaryPath("two.mkv");
  ASSERT_TRUE(Encode(source_, {"-af", "pan=stereo|c0=c0|c1=0.5*c0", "-c:a", "flac"}, path));
  const auto sources = audio::OpenAudioChannels(path, Options());
  ASSERT_TRUE(sources.ok()) << sources.status().ToString();
  ASSERT_EQ(sources->num_channels, 2);
  std::vector<ReadOutcome> outcomes(2);
  {
    std::vector<std::jthread> readers;
    for (int channel = 0; channel < 2; ++channel) {
      readers.emplace_back([&, channel] {
        const auto source = sources->open(channel);
        if (source.ok()) outcomes[static_cast<size_t>(channel)] = ReadAll(**source);
      });
    }
  }
  for (int channel = 0; channel < 2; ++channel) {
    audio::OpenOptions options = Options();
    options.channel = channel;
    const ReadOutcome alone = OpenAndReadAll(path, options);
    EXPECT_FALSE(alone.samples.empty());
    EXPECT_EQ(outcomes[static_cast<size_t>(channel)].samples, alone.samples);
  }
  EXPECT_NE(outcomes[0].samples, outcomes[1].samples);
}

TEST_F(ContainersTest, MemoryOfTheReaderDoesNotGrow) {
  const auto long_source = TemporaryPath("long.wav");
  const auto path = TemporaryPath("long.m4a");
  WriteSound(long_source, SF_FORMAT_WAV | SF_FORMAT_PCM_16, kSampleRateHz, 1,
             TestSweep(kSampleRateHz, 600.0));
  ASSERT_TRUE(Encode(long_source, {"-c:a", "alac"}, path));
  const auto source = OpenAudio(path, Options());
  ASSERT_TRUE(source.ok());
  const auto resident_kb = [] {
    std::ifstream file("/proc/self/statm");
    long total = 0, resident = 0;
    file >> total >> resident;
    return resident * (::sysconf(_SC_PAGESIZE) / 1024);
  };
  std::vector<float> block(16'000);
  size_t total = 0;
  long early_kb = 0;
  for (;;) {
    const auto count = (*source)->Read(block);
    ASSERT_TRUE(count.ok()) << count.status().ToString();
    if (*count == 0) break;
    total += *count;
    if (total > 160'000 && early_kb == 0) early_kb = resident_kb();
  }
  EXPECT_EQ(total, 9'600'000u);
  EXPECT_LT(resident_kb() - early_kb, 4096);
}

// Runs the program itself on `bytes` and returns its error, past the checks of the library.
Status DecodeDirectly(const std::string& bytes) {
  const auto path = TemporaryPath("direct.mp4");
  WriteBytes(path, bytes);
  const auto file = io::InputFile::Open(path, {});
  EXPECT_TRUE(file.ok());
  audio::ChildStreamOptions options;
  options.program = kProgram;
  options.max_seconds = 60;
  options.stall_timeout_ms = 30'000;
  auto stream = audio::ChildStream::Open(*file, options);
  if (!stream.ok()) return stream.status();
  std::vector<float> block(4096);
  for (;;) {
    const auto frames = (*stream)->ReadFrames(block);
    if (!frames.ok()) return frames.status();
    if (*frames == 0) return OkStatus();
  }
}

TEST(DecodeProgramTest, PlaylistsAndScriptsAreRefused) {
  const std::string playlist =
      "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n"
      "#EXT-X-ENDLIST\n";
  const std::string concat = "ffconcat version 1.0\nfile '/etc/passwd'\n";
  const std::string session =
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
      "m=audio 5004 RTP/AVP 0\n";
  const std::string dash =
      "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
      "profiles=\"urn:mpeg:dash:profile:isoff-main:2011\"></MPD>";
  for (const std::string& script : {playlist, concat, session, dash}) {
    const Status direct = DecodeDirectly(script);
    EXPECT_EQ(direct.code(), StatusCode::kInvalidArgument) << direct.ToString();
    EXPECT_NE(direct.message().find("recording"), std::string::npos) << direct.message();
    const auto path = TemporaryPath("renamed.mp4");
    WriteBytes(path, script);
    EXPECT_EQ(OpenAndReadAll(path, Options()).end.code(), StatusCode::kInvalidArgument);
  }
}

TEST(DecodeProgramTest, AdaptiveMultiRateSpeech) {
  // RFC 4867: a magic line, then frames of 20 ms: a type byte and its bits. Type 7 of the
  // narrow-band codec has 31 bytes behind it, type 2 of the wide-band codec 32; any bits are speech
  // of some kind.
  const struct {
    std::string magic;
    char type;
    size_t payload_bytes;
  } kinds[] = {{"#!AMR\n", 0x3c, 31}, {"#!AMR-WB\n", 0x14, 32}};
  for (const auto& kind : kinds) {
    SCOPED_TRACE(kind.magic);
    Random random(5);
    std::string bytes = kind.magic;
    for (int frame = 0; frame < 100; ++frame) {
      bytes += kind.type;
      for (size_t index = 0; index < kind.payload_bytes; ++index) {
        bytes += static_cast<char>(random.Next());
      }
    }
    const auto path = TemporaryPath("speech.wav");
    WriteBytes(path, bytes);
    ReadOutcome outcome = OpenAndReadAll(path, Options());
    EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
    EXPECT_EQ(outcome.samples.size(), 32'000u);
    WriteBytes(path, bytes.substr(0, bytes.size() - 10));
    outcome = OpenAndReadAll(path, Options());
    EXPECT_EQ(outcome.end.code(), StatusCode::kDataLoss) << outcome.end.ToString();
    EXPECT_GE(outcome.samples.size(), 31'000u);
  }
}

TEST(DecodeProgramTest, NoiseIsNoRecording) {
  Random random(11);
  for (int round = 0; round < 20; ++round) {
    std::string bytes;
    for (int count = 0; count < 5000; ++count) bytes += static_cast<char>(random.Next());
    EXPECT_FALSE(DecodeDirectly(bytes).ok()) << round;
  }
  EXPECT_FALSE(DecodeDirectly("").ok());
  EXPECT_FALSE(DecodeDirectly(std::string(100'000, '\0')).ok());
}

// Opens a pipe that `bytes` are written to, in a thread that stays for as long as the pipe is read.
Result<std::unique_ptr<audio::PcmSource>> OpenPipe(const std::string& bytes, bool endless) {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::thread writer([&bytes, endless, out = ends[1]] {
    size_t written = 0;
    while (written < bytes.size()) {
      const ssize_t count = ::write(out, bytes.data() + written, bytes.size() - written);
      if (count < 0) break;
      written += static_cast<size_t>(count);
      if (endless && written == bytes.size()) written = 0;
    }
    ::close(out);
  });
  audio::OpenOptions options = Options();
  options.max_bytes = 64 << 20;
  auto source = audio::OpenAudioDescriptor(ends[0], "the pipe", options);
  ::close(ends[0]);
  writer.join();
  return source;
}

TEST(DecodeProgramTest, EndlessPipeOfNoiseIsRefusedByItsStart) {
  Random random(12);
  std::string noise;
  for (int count = 0; count < (3 << 20); ++count) noise += static_cast<char>(random.Next());
  for (const std::string& bytes : {noise, std::string(3 << 20, '\0')}) {
    const auto source = OpenPipe(bytes, true);
    ASSERT_FALSE(source.ok());
    EXPECT_EQ(source.status().code(), StatusCode::kInvalidArgument) << source.status().ToString();
    EXPECT_NE(source.status().message().find("not a recording of any known kind"),
              std::string::npos)
        << source.status().message();
  }
}

TEST_F(ContainersTest, PipesOfKindsWithoutAMarkAreRead) {
  // More than 1 MiB of each, so that its start is looked at before the rest has come.
  const auto long_source = TemporaryPath("long.wav");
  WriteSound(long_source, SF_FORMAT_WAV | SF_FORMAT_PCM_16, kSampleRateHz, 1,
             TestSweep(kSampleRateHz, 45.0));
  const std::vector<Container> kinds = {
      {"adts.aac", {"-c:a", "aac", "-ar", "48000", "-ac", "2", "-b:a", "320k", "-f", "adts"}},
      {"dolby.ac3", {"-c:a", "ac3", "-ar", "48000", "-b:a", "448k"}},
      {"sound.mp3", {"-c:a", "libmp3lame", "-ar", "48000", "-b:a", "320k"}},
      {"sound.ts", {"-c:a", "mp2", "-ar", "48000", "-b:a", "384k", "-f", "mpegts"}},
      {"sound.w64", {"-c:a", "pcm_s24le"}},
      {"sound.mxf", {"-c:a", "pcm_s16le", "-ar", "48000", "-f", "mxf_opatom"}},
  };
  for (const Container& kind : kinds) {
    SCOPED_TRACE(kind.name);
    const auto path = TemporaryPath(kind.name);
    if (!Encode(long_source, kind.arguments, path)) {
      ADD_FAILURE() << "ffmpeg does not make this kind";
      continue;
    }
    std::string bytes = ReadBytes(path);
    EXPECT_GT(bytes.size(), size_t{1} << 20);
    // Junk in front of an MP3.
    if (std::string(kind.name) == "sound.mp3") bytes = "\x01\x02junk\x03" + bytes;
    const auto source = OpenPipe(bytes, false);
    ASSERT_TRUE(source.ok()) << source.status().ToString();
    EXPECT_GT(ReadAll(**source).samples.size(), 44u * kSampleRateHz);
  }
}

TEST(DecodeProgramTest, WavThatLibsndfileRefusesIsTriedByFfmpeg) {
  // 2-bit samples are no PCM that either knows: one error that names both.
  const auto path = TemporaryPath("odd.wav");
  WriteBytes(path, audio::MakeWav({.format_tag = 0x7777, .bits = 2, .data_size = 100},
                                  std::string(100, 'x')));
  const ReadOutcome outcome = OpenAndReadAll(path, Options());
  EXPECT_FALSE(outcome.end.ok());
  EXPECT_NE(outcome.end.message().find("libsndfile"), std::string::npos) << outcome.end.message();
  EXPECT_NE(outcome.end.message().find("FFmpeg"), std::string::npos) << outcome.end.message();
}

TEST(DecodeProgramTest, SandboxDeniesWhatItMust) {
  const auto output = io::RunCommand({kProgram, "--self-test"}, {});
  ASSERT_TRUE(output.ok()) << output.status().ToString();
  EXPECT_TRUE(output->exit.ok()) << output->standard_output;
  for (const char* line :
       {"denied: open a file\n", "denied: open an internet socket\n", "denied: start a program\n",
        "denied: fork\n", "denied: map executable memory\n", "denied: make memory executable\n",
        "denied: write to a third descriptor\n"}) {
    EXPECT_NE(output->standard_output.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(output->standard_output.find("NOT"), std::string::npos) << output->standard_output;
}

TEST(DecodeProgramTest, SandboxWorksForAnOrdinaryUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests run as an ordinary user already";
  // A copy where everybody may execute it, whatever the rights of the build folder.
  const auto program = TemporaryPath("ironscribe-decode");
  std::filesystem::copy_file(kProgram, program, std::filesystem::copy_options::overwrite_existing);
  const auto output = io::RunCommand({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                      program.string(), "--self-test"},
                                     {});
  std::filesystem::remove(program);
  ASSERT_TRUE(output.ok()) << output.status().ToString();
  EXPECT_TRUE(output->exit.ok()) << output->standard_output << output->standard_error;
}

TEST(DecodeProgramTest, WrongUsageIsExplained) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--no-sandbox"},
                                                    {"--max-seconds"},
                                                    {"--max-seconds", "x"},
                                                    {"--max-seconds", "0"},
                                                    {"file.mp4"}}) {
    std::vector<std::string> command = {kProgram};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto output = io::RunCommand(command, {});
    ASSERT_TRUE(output.ok());
    EXPECT_EQ(output->exit.exit_code, 2);
    EXPECT_NE(output->standard_error.find("Usage:"), std::string::npos);
  }
}

TEST(DecodeProgramTest, WithoutARecordingItSaysSo) {
  const auto output = io::RunCommand({kProgram}, {});
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->exit.exit_code, 1);
  EXPECT_NE(output->standard_output.find("no recording was handed over"), std::string::npos);
}

class SharedDataTest : public testing::Test {
 protected:
  void SetUp() override {
    if (SharedData().empty()) GTEST_SKIP() << "../shared/data is not there";
    formats_ = SharedData() / "formats";
  }
  ReadOutcome Read(const std::string& name) { return OpenAndReadAll(formats_ / name, Options()); }
  std::filesystem::path formats_;
};

TEST_F(SharedDataTest, EveryRecordingDecodes) {
  int count = 0;
  for (const char* folder : {"formats", "telephone"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(SharedData() / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string extension = entry.path().extension().string();
      if (extension == ".raw" || extension == ".txt" || extension == ".tsv") continue;
      const ReadOutcome outcome = OpenAndReadAll(entry.path(), Options());
      EXPECT_TRUE(outcome.end.ok()) << outcome.end.ToString();
      EXPECT_FALSE(outcome.samples.empty()) << entry.path();
      ++count;
    }
  }
  EXPECT_GT(count, 30);
}

TEST_F(SharedDataTest, OneRecordingInManyContainersIsTheSame) {
  const ReadOutcome wav = Read("jfk.wav");
  EXPECT_EQ(wav.samples.size(), 176'000u);
  EXPECT_GT(audio::BestCorrelation(wav.samples, Read("jfk.mp3").samples, 2400), 0.99);
  EXPECT_GT(audio::BestCorrelation(wav.samples, Read("jfk_441khz.m4a").samples, 2400), 0.99);
}

TEST_F(SharedDataTest, LosslessContainersAgree) {
  for (const std::string prefix : {"audio-mono-16-bit-44100Hz", "audio-stereo-16-bit-44100Hz"}) {
    const ReadOutcome wav = Read(prefix + ".wav");
    EXPECT_GT(wav.samples.size(), 40'000u);
    // They were made from one master, each with a noise-shaped dither of its own: up to 14 steps of
    // 16 bits, most of it above the 8 kHz that are kept.
    for (const char* extension : {".aiff", ".flac"}) {
      const ReadOutcome other = Read(prefix + extension);
      ASSERT_EQ(other.samples.size(), wav.samples.size());
      for (size_t index = 0; index < wav.samples.size(); ++index) {
        ASSERT_NEAR(other.samples[index], wav.samples[index], 4.0 / 32768) << index;
      }
    }
  }
  const ReadOutcome wav = Read("audio-mono-16-bit-44100Hz.wav");
  for (const char* bits : {"8", "24", "32"}) {
    const ReadOutcome other = Read("audio-mono-" + std::string(bits) + "-bit-44100Hz.wav");
    EXPECT_EQ(other.samples.size(), wav.samples.size());
    EXPECT_GT(audio::BestCorrelation(wav.samples, other.samples, 0), 0.99) << bits;
  }
}

}  // namespace
}  // namespace ironscribe::decode
