// The real program on a generated model, killed again and again: it goes on where it was and ends
// with what it would have ended with.
#include <gtest/gtest.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/test_fakes.h"
#include "audio/test_recordings.h"
#include "base/random.h"
#include "formats/testing/checkpoint_writer.h"
#include "io/child_process.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kWindowFrames = 320;  // 3.2 s.
constexpr int kTimes = 1501;
constexpr int kPollMs = 2;
constexpr int kTimeoutMs = 120'000;

struct Case {
  const char* name;
  const char* segmentation;
  int seconds = 120;
  // Times in the text of a random model end anywhere, so that its windows hardly move on.
  bool timestamps = false;
  bool split_channels = false;
};

class KilledRunTest : public testing::TestWithParam<Case> {
 protected:
  KilledRunTest() {
    models::whisper::Dimensions dims = models::whisper::RandomDimensions();
    dims.audio_context = kWindowFrames / 2;
    model_.Write(
        "model.safetensors",
        formats::testing::MakeSafetensors(
            models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(11, dims)),
            formats::Encoding::kFloat32));
    WriteRecording();
  }

  // Noise that swells and fades, so that there are pauses to cut at; in each channel elsewhere.
  void WriteRecording() {
    const int channels = GetParam().split_channels ? 2 : 1;
    Random random(4);
    std::vector<float> samples;
    for (int i = 0; i < GetParam().seconds * audio::kSampleRateHz; ++i) {
      for (int channel = 0; channel < channels; ++channel) {
        const double swell = std::sin(1e-4 * i + channel);
        samples.push_back(static_cast<float>(swell * swell * (random.NextUnit() - 0.5)));
      }
    }
    audio::WriteSound(recording(), SF_FORMAT_WAV | SF_FORMAT_PCM_16, audio::kSampleRateHz, channels,
                      samples);
  }

  fs::path recording() const { return folder_.path() / "noise.wav"; }

  std::vector<std::string> Command(const std::string& out) const {
    std::vector<std::string> command = {
        std::string(IRONSCRIBE_BINARY_DIR) + "/ironscribe", "transcribe", recording().string(),
        "--model", model_.path().string(), "--output-dir", (folder_.path() / out).string(),
        // Subtitles need word times.
        "--format", "json,srt", "--guard", "off", "--segmentation", GetParam().segmentation,
        "--threads", "2", "--best-of", "2", "--alignment-heads", "1:0,0:1", "--language",
        "auto-segment", "--languages", "en,de"};
    if (GetParam().split_channels) command.insert(command.end(), {"--channels", "split"});
    if (!GetParam().timestamps) {
      const int vocab_size = models::whisper::RandomDimensions().vocab_size;
      std::string suppressed = "-1";
      for (int id = vocab_size - kTimes; id < vocab_size; ++id) {
        suppressed += "," + std::to_string(id);
      }
      command.insert(command.end(), {"--no-timestamps", "--suppress-tokens", suppressed});
    }
    return command;
  }

  std::unique_ptr<io::ChildProcess> Start(const std::string& out) const {
    io::ChildOptions options;
    options.environment = {"HOME=" + folder_.path().string(), "XDG_DATA_HOME=", "XDG_CONFIG_HOME=",
                           "XDG_CACHE_HOME=", "IRONSCRIBE_MODEL="};
    auto child = io::ChildProcess::Start(Command(out), options);
    EXPECT_TRUE(child.ok()) << child.status().ToString();
    return std::move(child).value();
  }

  std::string Output(const std::string& out, const char* name) const {
    return ReadAll(folder_.path() / out / name);
  }
  fs::path Journal(const std::string& out) const {
    return folder_.path() / out / ".noise.ironscribe-resume";
  }
  int64_t JournalBytes(const std::string& out) const {
    std::error_code error;
    const auto size = fs::file_size(Journal(out), error);
    return error ? 0 : static_cast<int64_t>(size);
  }

  // Waits until the journal has grown by so much; false: the run ended before.
  bool WaitForJournal(io::ChildProcess& child, const std::string& out, int64_t bytes) const {
    for (int waited = 0; waited < kTimeoutMs; waited += kPollMs) {
      if (JournalBytes(out) >= bytes) return true;
      if (child.Wait(kPollMs).ok()) return false;
    }
    ADD_FAILURE() << "the journal does not grow";
    return false;
  }

  models::whisper::ModelFolder model_;
  TestFolder folder_;
};

TEST_P(KilledRunTest, EndsAsIfItHadNotBeen) {
  const auto plain = Start("plain")->Wait(kTimeoutMs);
  ASSERT_TRUE(plain.ok() && plain->ok());
  ASSERT_GT(Output("plain", "noise.json").size(), 10'000u);
  Random random(6);
  int kills = 0;
  bool done = false;
  for (int round = 0; round < 100 && !done; ++round) {
    const int64_t more = 20'000 + static_cast<int64_t>(random.Next() % 40'000);
    const int64_t target = JournalBytes("killed") + more;
    const auto child = Start("killed");
    if (WaitForJournal(*child, "killed", target)) {
      child->Kill();
      ASSERT_TRUE(child->Wait(kTimeoutMs).ok());
      ++kills;
      EXPECT_EQ(Output("killed", "noise.json"), "");
    } else {
      const auto exit = child->Wait(kTimeoutMs);
      ASSERT_TRUE(exit.ok() && exit->ok());
      done = true;
    }
  }
  ASSERT_TRUE(done);
  RecordProperty("kills", kills);
  EXPECT_GE(kills, 3);
  EXPECT_EQ(Output("killed", "noise.json"), Output("plain", "noise.json"));
  EXPECT_EQ(Output("killed", "noise.srt"), Output("plain", "noise.srt"));
  EXPECT_FALSE(fs::exists(Journal("killed")));
}

TEST_P(KilledRunTest, CancelledLeavesNothingHalfWrittenAndGoesOn) {
  {
    const auto child = Start("out");
    ASSERT_TRUE(WaitForJournal(*child, "out", 5'000));
    ASSERT_EQ(::kill(child->pid(), SIGINT), 0);
    const auto exit = child->Wait(kTimeoutMs);
    ASSERT_TRUE(exit.ok());
    EXPECT_EQ(exit->exit_code, 3);
    EXPECT_EQ(exit->signal, 0);
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_.path() / "out")) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(names, std::vector<std::string>({".noise.ironscribe-resume"}));
  struct stat info = {};
  ASSERT_EQ(::stat(Journal("out").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto exit = Start("out")->Wait(kTimeoutMs);
  ASSERT_TRUE(exit.ok() && exit->ok());
  EXPECT_GT(Output("out", "noise.json").size(), 10'000u);
}

INSTANTIATE_TEST_SUITE_P(Segmentations, KilledRunTest,
                         testing::Values(Case{.name = "sequential", .segmentation = "sequential"},
                                         Case{.name = "fixed", .segmentation = "fixed"},
                                         Case{.name = "timestamps",
                                              .segmentation = "sequential",
                                              .seconds = 62,
                                              .timestamps = true},
                                         Case{.name = "channels",
                                              .segmentation = "fixed",
                                              .seconds = 62,
                                              .timestamps = true,
                                              .split_channels = true}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ironscribe::cli
