#include "api/whispercpp/whispercpp.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/test_backend.h"
#include "api/test_document.h"

namespace ironscribe::api::whispercpp {
namespace {

using Json = nlohmann::json;

class WhisperCppTest : public testing::Test {
 protected:
  WhisperCppTest() { AddRoutes(test_.router, test_.backend, health_); }

  KeptReply Post(const std::string& fields) {
    return test_.PostForm("/inference", fields + FormPart("file", SilentWav(2)));
  }
  const models::DecodingOptions& options() { return test_.models.first->last_options; }

  TestBackend test_;
  Health health_;
};

TEST_F(WhisperCppTest, AnswersInEveryFormat) {
  EXPECT_EQ(Post("").body, R"({"text":"one\ntwo\n"})");
  EXPECT_EQ(Post(FormPart("response_format", "text")).body, "one\ntwo\n");
  EXPECT_TRUE(Post(FormPart("response_format", "srt")).body.starts_with("1\n00:00:00,250"));
  EXPECT_TRUE(Post(FormPart("response_format", "vtt")).body.starts_with("WEBVTT"));
  const Json json = Json::parse(Post(FormPart("response_format", "verbose_json")).body);
  EXPECT_EQ(json["language"], "english");
  EXPECT_EQ(json["segments"][1]["words"][0]["word"], " two");
  EXPECT_EQ(json["dropped"].size(), 1u);
}

// The request of whisper.cpp's own page and README.
TEST_F(WhisperCppTest, TakesItsOwnExamples) {
  ASSERT_EQ(Post(FormPart("temperature", "0.0") + FormPart("temperature_inc", "0.2") +
                 FormPart("no_speech_thold", "0.6") + FormPart("response_format", "json"))
                .status,
            200);
  EXPECT_EQ(options().temperatures.size(), 6u);
  EXPECT_FLOAT_EQ(options().temperatures.back(), 1.0f);
}

TEST_F(WhisperCppTest, ParametersReachTheModel) {
  const KeptReply reply =
      Post(FormPart("temperature", "0.5") + FormPart("temperature_inc", "0") +
           FormPart("language", "de") + FormPart("translate", "true") + FormPart("prompt", "p") +
           FormPart("beam_size", "5") + FormPart("offset_t", "500") + FormPart("duration", "1000") +
           FormPart("vad", "true") + FormPart("vad_threshold", "0.25") +
           FormPart("vad_max_speech_duration_s", "12") + FormPart("no_context", "true") +
           FormPart("suppress_nst", "false") + FormPart("diarize", "false"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(options().temperatures, std::vector<float>{0.5f});
  EXPECT_EQ(options().language, "de");
  EXPECT_EQ(options().task, models::Task::kTranslate);
  EXPECT_EQ(options().initial_prompt, "p");
  EXPECT_EQ(options().beam_size, 5);
  ASSERT_EQ(options().clips.size(), 1u);
  EXPECT_EQ(options().clips[0].start_seconds, 0.5);
  EXPECT_EQ(options().clips[0].end_seconds, 1.5);
  EXPECT_EQ(options().segmentation, models::Segmentation::kVoiceActivity);
  EXPECT_EQ(options().speech.threshold, 0.25f);
  EXPECT_EQ(options().speech.max_speech_ms, 12'000);
  EXPECT_FALSE(options().condition_on_previous_text);
  EXPECT_TRUE(options().suppress_tokens.empty());
}

TEST_F(WhisperCppTest, NothingIsSwallowed) {
  for (const std::string& fields :
       {FormPart("diarize", "true"), FormPart("max_len", "40"), FormPart("max_context", "0"),
        FormPart("entropy_thold", "2.8"), FormPart("vad_samples_overlap", "0.1"),
        FormPart("response_format", "xml"), FormPart("temperature", "2"), FormPart("redact", "all"),
        FormPart("ironscribe_options", "[]")}) {
    const KeptReply reply = Post(fields);
    EXPECT_EQ(reply.status, 400) << fields;
    EXPECT_TRUE(Json::parse(reply.body)["error"].is_string());
  }
  EXPECT_EQ(test_.PostForm("/inference", "").status, 400);
  EXPECT_EQ(Post(FormPart("model", "nope")).status, 404);
}

TEST_F(WhisperCppTest, HealthIsReadiness) {
  EXPECT_EQ(test_.Get("/health").status, 503);
  health_.SetStarted();
  EXPECT_EQ(test_.Get("/health").body, R"({"status":"ok"})");
}

TEST(WhisperCppDocument, IsWhatTheTableSays) { ExpectDocument("whispercpp.md", WriteDocument()); }

}  // namespace
}  // namespace ironscribe::api::whispercpp
