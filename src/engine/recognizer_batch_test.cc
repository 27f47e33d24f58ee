// What a caller gets does not depend on who else is served, on threads or on batches: whole
// recognitions on a tiny random model, with fallback, sampling, beams, short windows and pieces.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "engine/recognizer.h"
#include "engine/stub_source.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::engine {
namespace {

using models::whisper::ModelFolder;

constexpr size_t kCallers = 24;
constexpr int kWindowFrames = 320;  // 3.2 s.

// Noise that swells and fades, so that there are pauses to cut at.
std::vector<float> Noise(uint64_t seed, double seconds) {
  std::vector<float> samples(static_cast<size_t>(seconds * audio::kSampleRateHz));
  Random random(seed);
  for (size_t i = 0; i < samples.size(); ++i) {
    const double swell = std::sin(static_cast<double>(i) * 4e-4 + static_cast<double>(seed));
    samples[i] = static_cast<float>(swell * swell * (random.NextUnit() - 0.5));
  }
  return samples;
}

// Everything that was computed, digit for digit.
std::string Describe(const transcript::Transcript& transcript) {
  std::string text = fmt::format("{} {} s\n", transcript.language, transcript.duration_seconds);
  for (const auto& language : transcript.language_probabilities) {
    text += fmt::format("{} {:a}\n", language.code, language.probability);
  }
  for (const auto& segment : transcript.segments) {
    text +=
        fmt::format("{} {}-{} {:a} {:a} {:a} {}:", segment.seek_frames, segment.start_seconds,
                    segment.end_seconds, segment.average_log_probability,
                    segment.no_speech_probability, segment.compression_ratio, segment.temperature);
    for (const auto token : segment.tokens) text += fmt::format(" {}", token);
    text += "\n";
  }
  for (const auto& span : transcript.dropped) {
    text += fmt::format("dropped {}-{}\n", span.start_seconds, span.end_seconds);
  }
  return text;
}

double SecondsOf(size_t caller) { return 1.0 + 0.3 * static_cast<double>(caller); }

// What caller number `caller` asks for.
models::DecodingOptions OptionsOf(size_t caller) {
  models::DecodingOptions options;
  // Times in random text would move the windows by next to nothing.
  options.without_timestamps = true;
  constexpr int kTimes = 1501;
  const int vocab_size = models::whisper::RandomDimensions().vocab_size;
  for (int id = vocab_size - kTimes; id < vocab_size; ++id) options.suppress_tokens.push_back(id);
  options.guard = false;  // It believes no random text.
  options.best_of = 3;
  options.seed = caller / 2;
  if (caller % 3 == 1) options.beam_size = 3;
  if (caller % 3 == 2) options.language = "de";
  if (caller % 4 >= 2) options.segmentation = models::Segmentation::kFixed;
  if (caller % 2 == 1) {
    options.fit_windows = true;
    // Random text is never probable, and the most probable repeats itself.
    options.log_probability_threshold = NAN;
    options.compression_ratio_threshold = NAN;
  }
  return options;
}

class RecognizerBatchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    models::whisper::Dimensions dims = models::whisper::RandomDimensions();
    dims.audio_context = kWindowFrames / 2;
    auto checkpoint = models::whisper::RandomOpenAiCheckpoint(11, dims);
    MakeTextsEnd(dims, checkpoint);
    folder_ = new ModelFolder();
    folder_->Write("model.safetensors",
                   formats::testing::MakeSafetensors(models::whisper::ToHuggingFace(checkpoint),
                                                     formats::Encoding::kFloat32));
  }
  static void TearDownTestSuite() { delete folder_; }

  // Adds the end of text's own direction to what every token is compared with, so often that about
  // every fifth token is the last.
  static void MakeTextsEnd(const models::whisper::Dimensions& dims,
                           formats::testing::Checkpoint& checkpoint) {
    const auto find = [&](const char* name) -> std::vector<float>& {
      return std::find_if(checkpoint.tensors.begin(), checkpoint.tensors.end(),
                          [&](const auto& tensor) { return tensor.name == name; })
          ->values;
    };
    const auto state = static_cast<size_t>(dims.text_state);
    const size_t end_of_text = static_cast<size_t>(dims.vocab_size) - 1501 - 6 - 99 - 2;
    for (size_t i = 0; i < state; ++i) {
      find("decoder.ln.bias")[i] +=
          2.2f * find("decoder.token_embedding.weight")[end_of_text * state + i];
    }
  }

  static std::unique_ptr<Recognizer> Open(ComputeType compute, int threads, int batch,
                                          models::Profile* profile = nullptr) {
    RecognizerOptions options;
    options.compute = compute;
    options.num_threads = threads;
    options.batch_size = batch;
    options.profile = profile;
    return Recognizer::Open(folder_->path(), options).value();
  }

  static std::string Transcribe(Recognizer& recognizer, size_t caller) {
    StubSource source(Noise(caller, SecondsOf(caller)));
    const auto result = recognizer.Transcribe(source, OptionsOf(caller), {}, {});
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? Describe(*result) : "";
  }

  static std::vector<std::string> TranscribeAlone(ComputeType compute) {
    const auto recognizer = Open(compute, 1, 1);
    std::vector<std::string> results;
    for (size_t caller = 0; caller < kCallers; ++caller) {
      results.push_back(Transcribe(*recognizer, caller));
    }
    return results;
  }

  static std::vector<std::string> TranscribeTogether(Recognizer& recognizer) {
    std::vector<std::string> results(kCallers);
    std::vector<std::thread> callers;
    for (size_t caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] { results[caller] = Transcribe(recognizer, caller); });
    }
    for (std::thread& caller : callers) caller.join();
    return results;
  }

  static ModelFolder* folder_;
};

ModelFolder* RecognizerBatchTest::folder_ = nullptr;

TEST_F(RecognizerBatchTest, EveryCallerGetsWhatItGetsAlone) {
  for (ComputeType compute : {ComputeType::kInt8, ComputeType::kFloat32}) {
    const std::vector<std::string> alone = TranscribeAlone(compute);
    for (int threads : {1, 2}) {
      models::Profile profile;
      const auto recognizer = Open(compute, threads, 16, &profile);
      for (int repetition = 0; repetition < 2; ++repetition) {
        const std::vector<std::string> together = TranscribeTogether(*recognizer);
        for (size_t caller = 0; caller < kCallers; ++caller) {
          EXPECT_EQ(together[caller], alone[caller]) << models::ComputeTypeName(compute) << ", "
                                                     << threads << " threads, caller " << caller;
        }
      }
      // Else there was nothing to see.
      EXPECT_GE(profile.counts().rows / profile.counts().steps, 8);
    }
  }
}

// The callers above differ, fall back and sample: else their agreement would say little.
TEST_F(RecognizerBatchTest, TheResultsAreWorthComparing) {
  const auto recognizer = Open(ComputeType::kInt8, 2, 8);
  std::vector<float> temperatures;
  size_t texts_that_ended = 0;
  for (size_t caller = 0; caller < kCallers; ++caller) {
    StubSource source(Noise(caller, SecondsOf(caller)));
    const auto result = recognizer->Transcribe(source, OptionsOf(caller), {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_FALSE(result->segments.empty()) << caller;
    for (const auto& segment : result->segments) {
      temperatures.push_back(segment.temperature);
      if (segment.tokens.size() < 32) ++texts_that_ended;  // Half of the positions.
    }
  }
  EXPECT_TRUE(std::find(temperatures.begin(), temperatures.end(), 0.0f) != temperatures.end());
  EXPECT_TRUE(std::any_of(temperatures.begin(), temperatures.end(),
                          [](float temperature) { return temperature > 0; }));
  EXPECT_GT(texts_that_ended, 20u);
}

TEST_F(RecognizerBatchTest, WindowsThatFollowTheSpeechEncodeLess) {
  double frames[2] = {};
  for (bool fit : {false, true}) {
    models::Profile profile;
    const auto recognizer = Open(ComputeType::kInt8, 1, 4, &profile);
    models::DecodingOptions options = OptionsOf(9);
    options.language = "en";
    options.fit_windows = fit;
    for (uint64_t seed = 0; seed < 8; ++seed) {
      StubSource source(Noise(seed, 0.7));
      ASSERT_TRUE(recognizer->Transcribe(source, options, {}, {}).ok());
    }
    frames[fit ? 1 : 0] = profile.counts().frames;
  }
  EXPECT_EQ(frames[0], 8 * kWindowFrames);
  // Most texts end and are believed; one whole window is the silence.
  EXPECT_LT(frames[1], 0.9 * frames[0]);
}

TEST_F(RecognizerBatchTest, PiecesCoverTheRecordingInOrder) {
  const auto recognizer = Open(ComputeType::kInt8, 2, 8);
  for (bool fit : {false, true}) {
    models::DecodingOptions options = OptionsOf(2);
    options.fit_windows = fit;
    options.no_speech_threshold = NAN;
    StubSource source(Noise(9, 40));
    std::vector<double> progress;
    models::RecognitionCallbacks callbacks;
    callbacks.progress = [&](double seconds) { progress.push_back(seconds); };
    const auto result = recognizer->Transcribe(source, options, callbacks, {});
    ASSERT_TRUE(result.ok());
    EXPECT_DOUBLE_EQ(result->duration_seconds, 40);
    EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
    EXPECT_EQ(progress.back(), 40);
    // A piece is at least two thirds of a window, but the last.
    EXPECT_GE(progress.size(), 13u);
    EXPECT_LE(progress.size(), 20u);
    int64_t seek = -1;
    for (const auto& segment : result->segments) {
      EXPECT_GT(segment.seek_frames, seek);
      seek = segment.seek_frames;
      EXPECT_DOUBLE_EQ(segment.start_seconds, static_cast<double>(seek) / 100);
      EXPECT_LE(segment.end_seconds, 40);
    }
  }
}

}  // namespace
}  // namespace ironscribe::engine
