#include "api/asr/asr.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/test_backend.h"
#include "api/test_document.h"

namespace ironscribe::api::asr {
namespace {

using Json = nlohmann::json;
using Query = std::vector<QueryParameter>;

class AsrTest : public testing::Test {
 protected:
  AsrTest() { AddRoutes(test_.router, test_.backend); }

  KeptReply Post(const std::string& path, Query query, const std::string& recording) {
    RequestHead head;
    head.query = std::move(query);
    return test_.PostForm(path, FormPart("audio_file", recording), head);
  }

  const models::DecodingOptions& options() { return test_.models.first->last_options; }

  TestBackend test_;
};

// What Bazarr's provider sends.
TEST_F(AsrTest, TakesRawSamplesAndGivesSubtitles) {
  const KeptReply reply = Post(
      "/asr", {{"task", "transcribe"}, {"language", "en"}, {"output", "srt"}, {"encode", "false"}},
      std::string(2 * 32'000, '\0'));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Find("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reply.headers.Find("asr-engine"), "ironscribe");
  EXPECT_TRUE(reply.body.starts_with("1\n00:00:00,250 --> ")) << reply.body;
  EXPECT_EQ(options().language, "en");
  EXPECT_TRUE(options().word_times);
}

TEST_F(AsrTest, WavFilesAreReadAsSuchEvenWhereRawSamplesAreSaid) {
  EXPECT_EQ(Post("/asr", {{"encode", "false"}, {"output", "txt"}}, SilentWav(1)).body, "one\n");
}

TEST_F(AsrTest, ParametersReachTheModel) {
  const KeptReply reply = Post("/asr",
                               {{"task", "translate"},
                                {"initial_prompt", "Ironscribe"},
                                {"vad_filter", "True"},
                                {"word_timestamps", "true"},
                                {"diarize", "false"},
                                {"output", "json"}},
                               SilentWav(2));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(options().task, models::Task::kTranslate);
  EXPECT_EQ(options().initial_prompt, "Ironscribe");
  EXPECT_EQ(options().segmentation, models::Segmentation::kVoiceActivity);
  EXPECT_TRUE(options().word_times);
  EXPECT_EQ(Json::parse(reply.body)["segments"].size(), 2u);
}

TEST_F(AsrTest, NothingIsSwallowed) {
  for (const Query& query : std::vector<Query>{{{"diarize", "true"}},
                                               {{"min_speakers", "2"}},
                                               {{"output", "docx"}},
                                               {{"task", "summarise"}},
                                               {{"encode", "maybe"}},
                                               {{"redact", "all"}}}) {
    const KeptReply reply = Post("/asr", query, SilentWav(1));
    EXPECT_EQ(reply.status, 422) << query[0].name;
    EXPECT_TRUE(Json::parse(reply.body)["detail"].is_string());
  }
  EXPECT_EQ(test_.PostForm("/asr", FormPart("language", "en")).status, 422);
  EXPECT_EQ(test_.PostForm("/asr", FormPart("file", "x")).status, 422);
  EXPECT_EQ(Post("/asr", {{"model", "nope"}}, SilentWav(1)).status, 404);
  EXPECT_EQ(Post("/asr", {}, "a text").status, 400);
}

TEST_F(AsrTest, DetectsTheLanguageOfTheBeginning) {
  const KeptReply reply =
      Post("/detect-language", {{"encode", "false"}}, std::string(32'000, '\0'));
  const Json json = Json::parse(reply.body);
  EXPECT_EQ(json["detected_language"], "english");
  EXPECT_EQ(json["language_code"], "en");
  EXPECT_TRUE(json["confidence"].is_number());
  ASSERT_EQ(options().clips.size(), 1u);
  EXPECT_EQ(options().clips[0].end_seconds, 30);
  EXPECT_EQ(Post("/detect-language", {{"task", "translate"}}, SilentWav(1)).status, 422);
}

TEST(AsrDocument, IsWhatTheTableSays) { ExpectDocument("asr.md", WriteDocument()); }

}  // namespace
}  // namespace ironscribe::api::asr
