// A model of another shape from its files to a transcript, by nothing but its files.
#include "engine/recognizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/stub_source.h"
#include "models/whisper/random_checkpoint.h"
#include "text/languages.h"

namespace ironscribe::engine {
namespace {

using models::whisper::ModelFolder;

std::vector<float> Tone(size_t size) {
  std::vector<float> samples(size);
  for (size_t i = 0; i < size; ++i) {
    samples[i] = 0.3f * static_cast<float>(std::sin(0.1 * static_cast<double>(i)));
  }
  return samples;
}

// large-v3's shape in everything but width and depth: 128 mel bands, 100 languages, full contexts.
models::whisper::Dimensions LargeV3Shape() {
  models::whisper::Dimensions dims = models::whisper::RandomDimensions();
  dims.num_mels = 128;
  dims.vocab_size += 1;
  dims.audio_context = 1500;
  dims.text_context = 448;
  return dims;
}

TEST(RecognizerTest, AModelOf128MelsAnd100LanguagesTranscribes) {
  const ModelFolder folder;
  folder.Write("model.safetensors",
               formats::testing::MakeSafetensors(
                   models::whisper::ToHuggingFace(
                       models::whisper::RandomOpenAiCheckpoint(5, LargeV3Shape())),
                   formats::Encoding::kFloat16));
  for (const ComputeType compute : {ComputeType::kFloat32, ComputeType::kInt8}) {
    RecognizerOptions options;
    options.compute = compute;
    options.num_threads = 2;
    const auto recognizer = Recognizer::Open(folder.path(), options);
    ASSERT_TRUE(recognizer.ok()) << recognizer.status().ToString();
    models::DecodingOptions decoding;
    decoding.temperatures = {0.0f};
    decoding.no_speech_threshold = std::numeric_limits<float>::quiet_NaN();
    decoding.word_times = true;
    // The hundredth language, which models of 99 do not know.
    decoding.language = "yue";
    ASSERT_TRUE((*recognizer)->CheckOptions(decoding).ok());
    std::string first_text;
    for (const char* language : {"yue", "yue", ""}) {
      decoding.language = language;
      StubSource source(Tone(3 * audio::kSampleRateHz));
      const auto transcript = (*recognizer)->Transcribe(source, decoding, {}, {});
      ASSERT_TRUE(transcript.ok()) << transcript.status().ToString();
      EXPECT_EQ(transcript->duration_seconds, 3.0);
      if (decoding.language.empty()) {
        EXPECT_NE(text::FindLanguage(transcript->language), nullptr) << transcript->language;
        continue;
      }
      EXPECT_EQ(transcript->language, "yue");
      // Random weights say something, and the same each time.
      std::string text;
      for (const auto& segment : transcript->segments) text += segment.text + "|";
      if (first_text.empty()) first_text = text;
      EXPECT_EQ(text, first_text);
      EXPECT_FALSE(text.empty());
      for (const auto& segment : transcript->segments) {
        EXPECT_GE(segment.start_seconds, 0.0);
        EXPECT_LE(segment.end_seconds, 30.0);
      }
    }
  }
}

// Pieces of a long recording that run together must not wait for each other's memory for ever, and
// what they give does not depend on how many fit.
TEST(RecognizerTest, LittleMemoryMakesTheBatchSmallerAndNothingElse) {
  const ModelFolder folder;
  folder.Write("model.safetensors",
               formats::testing::MakeSafetensors(
                   models::whisper::ToHuggingFace(
                       models::whisper::RandomOpenAiCheckpoint(5, LargeV3Shape())),
                   formats::Encoding::kFloat16));
  models::DecodingOptions decoding;
  decoding.segmentation = models::Segmentation::kFixed;
  decoding.fit_windows = true;
  decoding.temperatures = {0.0f, 0.4f};
  decoding.best_of = 2;
  decoding.no_speech_threshold = std::numeric_limits<float>::quiet_NaN();
  std::string expected;
  for (const int64_t memory_bytes : {int64_t{0}, int64_t{1}, int64_t{3'000'000}}) {
    RecognizerOptions options;
    options.num_threads = 2;
    options.batch_size = 6;
    options.memory_bytes = memory_bytes;
    const auto recognizer = Recognizer::Open(folder.path(), options);
    ASSERT_TRUE(recognizer.ok()) << recognizer.status().ToString();
    EXPECT_EQ((*recognizer)->note().find("will be worked on at once") == std::string::npos,
              memory_bytes == 0)
        << (*recognizer)->note();
    StubSource source(Tone(100 * audio::kSampleRateHz));
    const auto transcript = (*recognizer)->Transcribe(source, decoding, {}, {});
    ASSERT_TRUE(transcript.ok()) << transcript.status().ToString();
    EXPECT_FALSE(transcript->text.empty());
    if (memory_bytes == 0) expected = transcript->text;
    EXPECT_EQ(transcript->text, expected);
  }
}

}  // namespace
}  // namespace ironscribe::engine
