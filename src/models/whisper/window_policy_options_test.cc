#include "models/whisper/window_policy_options.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>

#include "models/whisper/window_policy.h"
#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

struct Rejection {
  const char* name;
  std::function<void(DecodingOptions&)> change;
  const char* message_part;
};

void ExpectRejected(std::span<const Rejection> rejections) {
  const ByteTokenizer tokenizer(true);
  const dsp::LogMel log_mel(80);
  const WindowPolicy policy(tokenizer, log_mel);
  for (const Rejection& rejection : rejections) {
    DecodingOptions options;
    rejection.change(options);
    const Status status = policy.CheckOptions(options);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << rejection.name;
    EXPECT_NE(status.message().find(rejection.message_part), std::string::npos) << status.message();
  }
}

TEST(CheckOptions, RejectsWhatIsOutOfRange) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Rejection rejections[] = {
      {"no beam", [](auto& o) { o.beam_size = 0; }, "beam size 0"},
      {"wide beam", [](auto& o) { o.beam_size = 17; }, "beam size 17"},
      {"no samples", [](auto& o) { o.best_of = 0; }, "best-of 0"},
      {"many samples", [](auto& o) { o.best_of = 17; }, "best-of 17"},
      {"no patience", [](auto& o) { o.patience = 0; }, "patience 0"},
      {"too little patience", [](auto& o) { o.patience = 0.4f; }, "patience 0.4"},
      {"endless patience", [](auto& o) { o.patience = std::numeric_limits<float>::infinity(); },
       "patience inf"},
      {"patience NaN", [nan](auto& o) { o.patience = nan; }, "patience nan"},
      {"length penalty", [](auto& o) { o.length_penalty = 1.5f; }, "length penalty 1.5"},
      {"no temperature", [](auto& o) { o.temperatures.clear(); }, "0 temperatures"},
      {"many temperatures", [](auto& o) { o.temperatures.assign(17, 0); }, "17 temperatures"},
      {"cold", [](auto& o) { o.temperatures = {-0.1f}; }, "temperature -0.1"},
      {"temperature NaN", [nan](auto& o) { o.temperatures = {nan}; }, "temperature nan"},
      {"token", [](auto& o) { o.suppress_tokens = {51865}; }, "51865"},
      {"negative token", [](auto& o) { o.suppress_tokens = {-2}; }, "-2"},
      {"clip before the start",
       [](auto& o) {
         o.clips = {{-1, 2}};
       },
       "clip -1-2"},
      {"clip backwards",
       [](auto& o) {
         o.clips = {{3, 2}};
       },
       "clip 3-2"},
      {"clip NaN",
       [](auto& o) {
         o.clips = {{std::nan(""), 2}};
       },
       "clip nan"},
      {"clips overlap",
       [](auto& o) {
         o.clips = {{0, 5}, {4, 6}};
       },
       "clip 4-6"},
      {"clip after an open one",
       [](auto& o) {
         o.clips = {{0}, {4, 6}};
       },
       "clip 4-6"},
      {"language", [](auto& o) { o.language = "germann"; }, "german"},
  };
  ExpectRejected(rejections);
}

TEST(CheckOptions, RejectsLanguagesAndSpeechThatMakeNoSense) {
  const Rejection rejections[] = {
      {"languages",
       [](auto& o) {
         o.languages = {"de", "yue"};
       },
       "'yue'"},
      {"language of each segment given",
       [](auto& o) {
         o.language = "de";
         o.language_per_segment = true;
       },
       "not detected in each segment"},
      {"reference in several languages",
       [](auto& o) {
         o.reference = true;
         o.language_per_segment = true;
       },
       "one language for a recording"},
      {"speech threshold", [](auto& o) { o.speech.threshold = 2; }, "the speech threshold"},
  };
  ExpectRejected(rejections);
}

TEST(CheckOptions, AcceptsTheDefaultsAndTheLimits) {
  const ByteTokenizer tokenizer(true);
  const dsp::LogMel log_mel(80);
  const WindowPolicy policy(tokenizer, log_mel);
  EXPECT_TRUE(policy.CheckOptions({}).ok());
  DecodingOptions options;
  options.beam_size = kMaxBeamSize;
  options.best_of = kMaxBestOf;
  options.length_penalty = 1;
  options.language = "de";
  options.task = Task::kTranslate;
  options.clips = {{0, 1}, {1, 2}, {5}};
  options.suppress_tokens = {-1, 0, 51864};
  options.no_speech_threshold = std::nanf("");
  EXPECT_TRUE(policy.CheckOptions(options).ok());
}

TEST(CheckOptions, EnglishOnlyModels) {
  const ByteTokenizer tokenizer(false);
  const dsp::LogMel log_mel(80);
  const WindowPolicy policy(tokenizer, log_mel);
  DecodingOptions options;
  options.language = "en";
  EXPECT_TRUE(policy.CheckOptions(options).ok());
  options.language = "de";
  EXPECT_EQ(policy.CheckOptions(options).code(), StatusCode::kInvalidArgument);
  options.language = "";
  options.task = Task::kTranslate;
  EXPECT_EQ(policy.CheckOptions(options).code(), StatusCode::kInvalidArgument);
  options = {};
  options.languages = {"en"};
  EXPECT_EQ(policy.CheckOptions(options).code(), StatusCode::kInvalidArgument);
}

TEST(CheckOptions, ALanguageTheVocabularyLacks) {
  // Cantonese came with the 100-language vocabulary; this one has 99.
  const ByteTokenizer tokenizer(true);
  const dsp::LogMel log_mel(80);
  const WindowPolicy policy(tokenizer, log_mel);
  DecodingOptions options;
  options.language = "yue";
  const Status status = policy.CheckOptions(options);
  EXPECT_NE(status.message().find("cantonese"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace ironscribe::models::whisper
