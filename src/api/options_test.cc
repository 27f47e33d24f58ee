#include "api/options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "api/test_document.h"

namespace ironscribe::api {
namespace {

RecognitionRequest Applied(std::string_view json) {
  RecognitionRequest request;
  const Status status = ApplyOptions(json, request);
  EXPECT_TRUE(status.ok()) << status.message();
  return request;
}

TEST(Options, SetWhatTheyName) {
  const RecognitionRequest request = Applied(R"({
      "segmentation": "vad", "window": "speech", "guard": false, "vad_threshold": 0.25,
      "vad_negative_threshold": 0.125, "vad_min_speech_ms": 1, "vad_min_silence_ms": 2,
      "vad_padding_ms": 3, "vad_max_speech_ms": 4000, "channels": "split",
      "channel_names": ["agent", "customer"], "word_times": true, "numbers": "digits",
      "redact": ["email"], "redact_list": "A = b", "profanity_list": "darn",
      "punctuation": false, "verbatim": false, "languages": ["de", "english"],
      "language_per_segment": true, "clips": [[1, 2.5], [3, null]], "carry_prompt": true,
      "condition_on_previous_text": false, "timestamps": false, "beam_size": 5, "best_of": 2,
      "patience": 2, "length_penalty": 0.5, "temperatures": [0, 1],
      "compression_ratio_threshold": "off", "logprob_threshold": -2, "no_speech_threshold": 0.5,
      "cues": "segments", "max_line_width": 30, "max_lines": 1, "max_reading_speed": 15})");
  const models::DecodingOptions& decoding = request.decoding;
  EXPECT_EQ(decoding.segmentation, models::Segmentation::kVoiceActivity);
  EXPECT_TRUE(decoding.fit_windows);
  EXPECT_FALSE(decoding.guard);
  EXPECT_EQ(decoding.speech.threshold, 0.25f);
  EXPECT_EQ(decoding.speech.negative_threshold, 0.125f);
  EXPECT_EQ(decoding.speech.min_speech_ms, 1);
  EXPECT_EQ(decoding.speech.min_silence_ms, 2);
  EXPECT_EQ(decoding.speech.padding_ms, 3);
  EXPECT_EQ(decoding.speech.max_speech_ms, 4000);
  EXPECT_TRUE(request.split_channels);
  EXPECT_EQ(request.channel_names, (std::vector<std::string>{"agent", "customer"}));
  EXPECT_EQ(request.word_times, true);
  EXPECT_EQ(request.finishing.numbers, finishing::Numbers::kDigits);
  EXPECT_EQ(request.finishing.redact, std::vector{text::PiiType::kEmail});
  EXPECT_EQ(request.finishing.redaction_list.text, "A = b");
  EXPECT_TRUE(request.finishing.mask_profanity);
  EXPECT_EQ(request.finishing.profanity_list.text, "darn");
  EXPECT_FALSE(request.finishing.keeps_punctuation);
  EXPECT_FALSE(request.finishing.keeps_fillers);
  EXPECT_EQ(decoding.languages, (std::vector<std::string>{"de", "en"}));
  EXPECT_TRUE(decoding.language_per_segment);
  ASSERT_EQ(decoding.clips.size(), 2u);
  EXPECT_EQ(decoding.clips[0].end_seconds, 2.5);
  EXPECT_TRUE(std::isinf(decoding.clips[1].end_seconds));
  EXPECT_TRUE(decoding.carry_prompt);
  EXPECT_FALSE(decoding.condition_on_previous_text);
  EXPECT_TRUE(decoding.without_timestamps);
  EXPECT_EQ(decoding.beam_size, 5);
  EXPECT_EQ(decoding.best_of, 2);
  EXPECT_EQ(decoding.patience, 2);
  EXPECT_EQ(decoding.length_penalty, 0.5f);
  EXPECT_EQ(decoding.temperatures, (std::vector<float>{0, 1}));
  EXPECT_TRUE(std::isnan(decoding.compression_ratio_threshold));
  EXPECT_EQ(decoding.log_probability_threshold, -2);
  EXPECT_EQ(decoding.no_speech_threshold, 0.5f);
  EXPECT_EQ(request.write.cues, transcript::CueStyle::kSegments);
  EXPECT_EQ(request.write.cue_rules.max_line_columns, 30);
  EXPECT_EQ(request.write.cue_rules.max_lines, 1);
  EXPECT_EQ(request.write.cue_rules.max_columns_per_second, 15);
}

TEST(Options, WhatIsNotNamedStays) {
  RecognitionRequest request;
  request.decoding.beam_size = 3;
  ASSERT_TRUE(ApplyOptions("{}", request).ok());
  ASSERT_TRUE(ApplyOptions(R"({"guard":false})", request).ok());
  EXPECT_EQ(request.decoding.beam_size, 3);
}

TEST(Options, AllKindsOfPersonalDataHaveAName) {
  EXPECT_GE(Applied(R"({"redact":"all"})").finishing.redact.size(), 7u);
}

TEST(Options, RefusesWhatIsNotAllowed) {
  const std::string deep(100'000, '[');
  for (const std::string& json : std::initializer_list<std::string>{
           "",
           "x",
           "[]",
           "null",
           "{",
           "\"guard\"",
           deep,
           "{\"a\":" + deep,
           R"({"guard":"false"})",
           R"({"guard":0})",
           R"({"beam_size":0})",
           R"({"beam_size":17})",
           R"({"beam_size":1.5})",
           R"({"beam_size":99999999999999999999})",
           R"({"vad_threshold":2})",
           R"({"vad_threshold":0})",
           R"({"segmentation":"none"})",
           R"({"segmentation":1})",
           R"({"channels":"both"})",
           R"({"channel_names":["a"]})",
           R"({"channels":"split","channel_names":[""]})",
           R"({"channels":"split","channel_names":["a\nb"]})",
           R"({"channels":"split","channel_names":["0123456789012345678901234567890123456789"]})",
           R"({"redact":[]})",
           R"({"redact":["names"]})",
           R"({"redact":7})",
           R"({"redact_list":7})",
           R"({"languages":["xx"]})",
           R"({"languages":"de"})",
           R"({"clips":[[2,1]]})",
           R"({"clips":[[0,2],[1,3]]})",
           R"({"clips":[[0]]})",
           R"({"temperatures":[]})",
           R"({"temperatures":[3]})",
           R"({"logprob_threshold":"none"})",
           R"({"max_lines":0})",
           R"({"numbers":"roman"})",
           R"({"patience":1e999})"}) {
    RecognitionRequest request;
    const Status status = ApplyOptions(json, request);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << json.substr(0, 100);
  }
}

TEST(Options, UnknownOnesNameTheNearest) {
  RecognitionRequest request;
  const Status status = ApplyOptions(R"({"beam-size":5})", request);
  EXPECT_NE(status.message().find("'beam_size'"), std::string::npos) << status.message();
}

TEST(Options, DocumentIsWhatTheTableSays) { ExpectDocument("options.md", WriteOptionsDocument()); }

}  // namespace
}  // namespace ironscribe::api
