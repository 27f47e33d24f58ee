// Channels transcribed each on its own by the real tiny.en: what each says is what it would say as
// a recording of its own.

#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "audio/open_audio.h"
#include "audio/test_recordings.h"
#include "engine/channel_run.h"
#include "engine/recognizer.h"
#include "golden/real_model.h"

namespace ironscribe::golden {
namespace {

namespace fs = std::filesystem;

class GoldenChannels : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = MissingForRealModel(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    for (const auto& entry : fs::directory_iterator(*LibrivoxFolder())) {
      if (entry.path().extension() == ".wav") paths_.push_back(entry.path());
    }
    std::sort(paths_.begin(), paths_.end());
    ASSERT_GE(paths_.size(), 2u);
  }

  std::vector<fs::path> paths_;
};

// The segments of one channel as text and times.
std::vector<std::string> Show(const transcript::Transcript& transcript, int channel) {
  std::vector<std::string> shown;
  for (const transcript::Segment& segment : transcript.segments) {
    if (segment.channel != channel) continue;
    shown.push_back(std::to_string(segment.start_seconds) + " " +
                    std::to_string(segment.end_seconds) + segment.text + " " +
                    std::to_string(segment.average_log_probability) + " " +
                    std::to_string(segment.words.size()));
  }
  return shown;
}

TEST_F(GoldenChannels, SayWhatTheyWouldSayAlone) {
  // Two recordings and digital silence, at a rate that has to be converted.
  std::vector<std::vector<float>> channels = {ReadSamples(paths_[0]), ReadSamples(paths_[1]), {}};
  const size_t size = std::max(channels[0].size(), channels[1].size());
  for (auto& channel : channels) channel.resize(size);
  std::vector<float> interleaved;
  for (size_t i = 0; i < size; ++i) {
    for (const auto& channel : channels) interleaved.push_back(channel[i]);
  }
  constexpr int kRateHz = 22'050;  // Played faster: the same for both ways.
  constexpr int kFormat = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  const fs::path whole = audio::TemporaryPath("whole.wav");
  audio::WriteSound(whole, kFormat, kRateHz, 3, interleaved);

  engine::RecognizerOptions options;
  options.num_threads = 2;
  const auto recognizer = engine::Recognizer::Open(*InstalledModel("tiny.en"), options);
  ASSERT_TRUE(recognizer.ok()) << recognizer.status().message();
  models::DecodingOptions decoding;
  decoding.language = "en";
  decoding.word_times = true;
  // Without voice activity, samples at higher temperatures find words in silence.
  decoding.temperatures = {0.0f};
  const auto sources = audio::OpenAudioChannels(whole, {});
  ASSERT_TRUE(sources.ok()) << sources.status().message();
  const engine::TranscribeFunction transcribe = [&](auto& source, const auto& asked,
                                                    const auto& callbacks, std::stop_token stop) {
    return (*recognizer)->Transcribe(source, asked, callbacks, std::move(stop));
  };
  const std::vector<std::string> names;
  const auto split = engine::TranscribeChannels(
      *sources, {.transcribe = transcribe, .decoding = decoding, .names = names, .max_together = 3},
      {});
  ASSERT_TRUE(split.ok()) << split.status().message();

  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    const fs::path mono = audio::TemporaryPath("mono.wav");
    audio::WriteSound(mono, kFormat, kRateHz, 1, channels[static_cast<size_t>(i)]);
    const auto source = audio::OpenAudio(mono, {});
    ASSERT_TRUE(source.ok());
    const auto alone = (*recognizer)->Transcribe(**source, decoding, {}, {});
    ASSERT_TRUE(alone.ok()) << alone.status().message();
    EXPECT_EQ(Show(*split, i), Show(*alone, transcript::kNoChannel));
    EXPECT_EQ(Show(*split, i).empty(), i == 2);
  }
}

}  // namespace
}  // namespace ironscribe::golden
