// The whole protocol on a stub of the models.
#include "api/openai/openai.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "api/test_backend.h"
#include "api/test_document.h"

namespace ironscribe::api::openai {
namespace {

using Json = nlohmann::json;

constexpr const char* kTranscriptions = "/v1/audio/transcriptions";

class OpenAiTest : public testing::Test {
 protected:
  OpenAiTest() { AddRoutes(test_.router, test_.backend); }

  KeptReply Post(const std::string& fields, const std::string& path = kTranscriptions) {
    return test_.PostForm(path, fields + FormPart("file", SilentWav(2)));
  }

  // Of a refusal: "400 param code".
  std::string ErrorOf(const KeptReply& reply) {
    const Json json = Json::parse(reply.body, nullptr, false);
    if (!json.is_object() || !json.contains("error")) return "no error: " + reply.body;
    const Json& error = json["error"];
    EXPECT_EQ(error.size(), 4u) << reply.body;
    EXPECT_TRUE(error["message"].is_string() && error["type"].is_string());
    const auto text = [](const Json& value) {
      return value.is_null() ? "null" : value.get<std::string>();
    };
    return std::to_string(reply.status) + " " + text(error["param"]) + " " + text(error["code"]);
  }

  StubModel& model() { return *test_.models.first; }

  TestBackend test_;
  const std::string model_ = FormPart("model", "whisper-1");
};

TEST_F(OpenAiTest, AnswersInEveryFormat) {
  KeptReply reply = Post(model_);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Find("content-type"), "application/json");
  EXPECT_EQ(reply.body, R"({"text":"one two","usage":{"type":"duration","seconds":2.0}})");
  EXPECT_EQ(Post(model_ + FormPart("response_format", "text")).body, "one two\n");
  reply = Post(model_ + FormPart("response_format", "srt"));
  EXPECT_EQ(reply.headers.Find("content-type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(reply.body.starts_with("1\n00:00:00,250 --> ")) << reply.body;
  EXPECT_TRUE(model().last_options.word_times);  // Cues are cut at words.
  EXPECT_TRUE(Post(model_ + FormPart("response_format", "vtt")).body.starts_with("WEBVTT\n\n00:"));
}

TEST_F(OpenAiTest, VerboseJsonHasTheGranularitiesAskedFor) {
  const std::string verbose = model_ + FormPart("response_format", "verbose_json");
  Json json = Json::parse(Post(verbose).body);
  EXPECT_EQ(json["task"], "transcribe");
  EXPECT_EQ(json["language"], "english");
  EXPECT_EQ(json["duration"], 2.0);
  ASSERT_EQ(json["segments"].size(), 2u);
  EXPECT_EQ(json["segments"][1]["text"], " two");
  EXPECT_EQ(json["segments"][1]["tokens"], Json::array({1}));
  EXPECT_FALSE(json.contains("words"));
  EXPECT_EQ(json["dropped"][0]["reason"], "no_voice");
  EXPECT_FALSE(model().last_options.word_times);

  json = Json::parse(Post(verbose + FormPart("timestamp_granularities[]", "word")).body);
  EXPECT_FALSE(json.contains("segments"));
  EXPECT_EQ(json["words"][0], Json::parse(R"({"word":"one","start":0.25,"end":0.75})"));

  json = Json::parse(Post(verbose + FormPart("timestamp_granularities", "word") +
                          FormPart("timestamp_granularities", "segment"))
                         .body);
  EXPECT_EQ(json["words"].size(), 2u);
  EXPECT_EQ(json["segments"].size(), 2u);
}

TEST_F(OpenAiTest, LogprobsAreOfWords) {
  const Json json = Json::parse(Post(model_ + FormPart("include[]", "logprobs")).body);
  ASSERT_EQ(json["logprobs"].size(), 2u);
  EXPECT_EQ(json["logprobs"][0]["token"], " one");
  EXPECT_EQ(json["logprobs"][0]["logprob"], -0.693147);
  EXPECT_EQ(json["logprobs"][0]["bytes"], Json::parse("[32,111,110,101]"));
}

TEST_F(OpenAiTest, ParametersReachTheModel) {
  const KeptReply reply = Post(FormPart("model", "org/second") + FormPart("language", "de") +
                               FormPart("prompt", "Ironscribe") + FormPart("temperature", "0.5") +
                               FormPart("chunking_strategy[silence_duration_ms]", "700") +
                               FormPart("chunking_strategy[type]", "server_vad") +
                               FormPart("ironscribe_options", R"({"beam_size":4,"guard":false})") +
                               FormPart("user", "u"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const models::DecodingOptions& options = test_.models.second->last_options;
  EXPECT_EQ(options.language, "de");
  EXPECT_EQ(options.initial_prompt, "Ironscribe");
  EXPECT_EQ(options.temperatures, std::vector<float>{0.5f});
  EXPECT_EQ(options.segmentation, models::Segmentation::kVoiceActivity);
  EXPECT_EQ(options.speech.min_silence_ms, 700);
  EXPECT_EQ(options.speech.padding_ms, 300);
  EXPECT_EQ(options.beam_size, 4);
  EXPECT_FALSE(options.guard);
}

TEST_F(OpenAiTest, ChunkingMayBeAnObject) {
  ASSERT_EQ(
      Post(model_ + FormPart("chunking_strategy",
                             R"({"type":"server_vad","threshold":0.25,"prefix_padding_ms":9})"))
          .status,
      200);
  EXPECT_EQ(model().last_options.speech.threshold, 0.25f);
  EXPECT_EQ(model().last_options.speech.padding_ms, 9);
  ASSERT_EQ(Post(model_ + FormPart("chunking_strategy", "auto")).status, 200);
  EXPECT_EQ(model().last_options.segmentation, models::Segmentation::kVoiceActivity);
  ASSERT_EQ(Post(model_).status, 200);
  EXPECT_EQ(model().last_options.segmentation, models::Segmentation::kSequential);
}

TEST_F(OpenAiTest, LanguagesAreCandidatesAndTold) {
  const KeptReply reply =
      Post(model_ + FormPart("languages[]", "de") + FormPart("languages[]", "english"));
  EXPECT_EQ(model().last_options.languages, (std::vector<std::string>{"de", "en"}));
  EXPECT_EQ(Json::parse(reply.body)["languages"], Json::parse(R"([{"code":"en"}])"));
}

TEST_F(OpenAiTest, TranslationsTranslate) {
  const std::string path = "/v1/audio/translations";
  const Json json =
      Json::parse(Post(model_ + FormPart("response_format", "verbose_json"), path).body);
  EXPECT_EQ(model().last_options.task, models::Task::kTranslate);
  EXPECT_EQ(json["text"], "one two");
  EXPECT_EQ(ErrorOf(Post(model_ + FormPart("language", "de"), path)), "400 null unknown_parameter");
  EXPECT_EQ(ErrorOf(Post(model_ + FormPart("stream", "true"), path)), "400 null unknown_parameter");
}

TEST_F(OpenAiTest, NothingIsSwallowed) {
  struct Case {
    std::string fields;
    std::string error;
  };
  for (const Case& c : {
           Case{"", "400 model missing_required_parameter"},
           Case{FormPart("model", "nope"), "404 model model_not_found"},
           Case{FormPart("model", "gpt-4o-transcribe-diarize"), "400 model unsupported_parameter"},
           Case{model_ + FormPart("keywords[]", "x"), "400 keywords unsupported_parameter"},
           Case{model_ + FormPart("known_speaker_names[]", "x"),
                "400 known_speaker_names unsupported_parameter"},
           Case{model_ + FormPart("response_format", "diarized_json"),
                "400 response_format unsupported_parameter"},
           Case{model_ + FormPart("response_format", "xml"), "400 response_format invalid_value"},
           Case{model_ + FormPart("redact", "all"), "400 null unknown_parameter"},
           Case{model_ + FormPart("temperature", "1.5"), "400 temperature invalid_value"},
           Case{model_ + FormPart("temperature", "nan"), "400 temperature invalid_value"},
           Case{model_ + FormPart("language", "xx"), "400 null invalid_value"},
           Case{model_ + FormPart("languages[]", "xx"), "400 languages invalid_value"},
           Case{model_ + FormPart("language", "de") + FormPart("languages[]", "de"),
                "400 languages invalid_value"},
           Case{model_ + FormPart("include[]", "speakers"), "400 include invalid_value"},
           Case{model_ + FormPart("include[]", "logprobs") + FormPart("response_format", "text"),
                "400 include invalid_value"},
           Case{model_ + FormPart("timestamp_granularities[]", "word"),
                "400 timestamp_granularities invalid_value"},
           Case{model_ + FormPart("stream", "maybe"), "400 stream invalid_value"},
           Case{model_ + FormPart("stream", "true") + FormPart("response_format", "srt"),
                "400 stream invalid_value"},
           Case{model_ + FormPart("chunking_strategy", "{\"type\":\"server_vad\",\"x\":1}"),
                "400 chunking_strategy invalid_value"},
           Case{model_ + FormPart("ironscribe_options", "{\"redact\":[]}"),
                "400 ironscribe_options invalid_value"},
       }) {
    EXPECT_EQ(ErrorOf(Post(c.fields)), c.error) << c.fields;
  }
}

TEST_F(OpenAiTest, ErrorsTellWhetherToTryAgain) {
  test_.models.loading = true;
  KeptReply reply = Post(model_);
  EXPECT_EQ(ErrorOf(reply), "503 null overloaded");
  EXPECT_EQ(reply.headers.Find("x-should-retry"), "true");
  EXPECT_TRUE(reply.headers.Find("retry-after").has_value());
  test_.models.loading = false;
  model().failure = InternalError("/var/lib/secret is broken");
  reply = Post(model_);
  EXPECT_EQ(ErrorOf(reply), "500 null internal_error");
  EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  EXPECT_EQ(reply.headers.Find("x-should-retry"), "false");
}

TEST_F(OpenAiTest, RecordingsThatAreNoneAreTold) {
  EXPECT_EQ(ErrorOf(test_.PostForm(kTranscriptions, model_)),
            "400 file missing_required_parameter");
  EXPECT_EQ(ErrorOf(test_.PostForm(kTranscriptions, model_ + FormPart("file", "a text"))),
            "400 file invalid_audio");
  EXPECT_EQ(ErrorOf(test_.PostForm(kTranscriptions, model_ + FormPart("file", SilentWav(0)))),
            "400 file invalid_audio");
  RequestHead head{.method = "POST", .path = kTranscriptions};
  EXPECT_EQ(ErrorOf(test_.Ask(head, "model=x")), "400 null invalid_form");
  EXPECT_EQ(ErrorOf(test_.Ask(head)), "400 null invalid_form");
}

TEST_F(OpenAiTest, LimitsOfTheSpoolAndTheDecoderAreTold) {
  test_.backend.spool = test_.MakeSpool({.max_file_bytes = 1000});
  EXPECT_EQ(ErrorOf(Post(model_)), "413 null too_large");
  test_.backend.spool = test_.MakeSpool({.max_total_bytes = 1000});
  EXPECT_EQ(ErrorOf(Post(model_)), "507 null no_room");
}

TEST_F(OpenAiTest, StreamsSegmentsAsTheyAreFinished) {
  const KeptReply reply = Post(model_ + FormPart("stream", "true"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Find("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_TRUE(reply.finished);
  EXPECT_EQ(reply.body,
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"one\"}\n\n"
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\" two\"}\n\n"
            "data: {\"type\":\"transcript.text.done\",\"text\":\"one two\",\"usage\":{\"type\":"
            "\"duration\",\"seconds\":2.0}}\n\n");
}

TEST_F(OpenAiTest, WhatIsRedactedIsNotStreamedBefore) {
  const KeptReply reply =
      Post(model_ + FormPart("stream", "true") +
           FormPart("ironscribe_options", R"({"redact_list":"WORDS = one two"})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.find("one two"), std::string::npos) << reply.body;
  EXPECT_NE(reply.body.find(R"("delta":"[WORDS]")"), std::string::npos) << reply.body;
}

TEST_F(OpenAiTest, AStreamThatFailsLaterSaysSoInAnEvent) {
  model().failure = DataLossError("it breaks off");
  KeptReply reply = Post(model_ + FormPart("stream", "true"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.starts_with("data: {\"error\":{\"message\":\"it breaks off\""))
      << reply.body;
  reply = test_.PostForm(kTranscriptions,
                         model_ + FormPart("stream", "true") + FormPart("file", "a text"));
  EXPECT_EQ(ErrorOf(reply), "400 file invalid_audio");
}

TEST_F(OpenAiTest, AClientThatLeavesStopsTheModel) {
  for (const char* stream : {"true", "false"}) {
    model().waits = true;
    std::stop_source gone;
    std::jthread leaving([&] { gone.request_stop(); });
    test_.PostForm(kTranscriptions,
                   model_ + FormPart("stream", stream) + FormPart("file", SilentWav(1)), {},
                   gone.get_token());
    EXPECT_EQ(test_.records.back().status, 499);
  }
}

TEST_F(OpenAiTest, OptionsMayBeAHeader) {
  RequestHead head;
  head.headers.Add("x-ironscribe-options", R"({"channels":"split"})");
  const KeptReply reply = test_.PostForm(
      kTranscriptions,
      model_ + FormPart("response_format", "verbose_json") + FormPart("file", SilentWav(1, 2)),
      head);
  const Json json = Json::parse(reply.body);
  ASSERT_EQ(json["segments"].size(), 2u) << reply.body;
  EXPECT_EQ(json["segments"][1]["channel"], 1);
}

TEST_F(OpenAiTest, AzureNamesTheModelInThePath) {
  const KeptReply reply = Post("", "/openai/deployments/whisper-1/audio/transcriptions");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(ErrorOf(Post("", "/openai/deployments/nope/audio/transcriptions")),
            "404 model model_not_found");
}

TEST_F(OpenAiTest, ListsModels) {
  const Json json = Json::parse(test_.Get("/v1/models").body);
  EXPECT_EQ(json["object"], "list");
  EXPECT_EQ(
      json["data"][0],
      Json::parse(R"({"id":"first","object":"model","created":1000,"owned_by":"ironscribe"})"));
  EXPECT_EQ(Json::parse(test_.Get("/v1/models/org/second").body)["created"], 2000);
  EXPECT_EQ(Json::parse(test_.Get("/v1/models/whisper-1").body)["id"], "whisper-1");
  EXPECT_EQ(ErrorOf(test_.Get("/v1/models/third")), "404 model model_not_found");
}

TEST_F(OpenAiTest, EveryRouteAsksWhoItIs) {
  test_.authorization = Status(StatusCode::kUnauthenticated, "no key");
  for (const Route& route : test_.router.routes()) {
    const KeptReply reply = test_.Ask({.method = route.method, .path = route.pattern});
    EXPECT_EQ(ErrorOf(reply), "401 null invalid_api_key") << route.pattern;
  }
}

TEST_F(OpenAiTest, TheLogKnowsHowLongButNotWhat) {
  Post(model_ + FormPart("prompt", "secret"));
  const RequestRecord& record = test_.records.back();
  EXPECT_EQ(record.route, kTranscriptions);
  EXPECT_EQ(record.status, 200);
  EXPECT_EQ(record.notes.model, "first");
  EXPECT_EQ(record.notes.audio_seconds, 2);
  EXPECT_GT(record.bytes_in, 64'000u);
  EXPECT_EQ(record.bytes_out, 60u);
}

TEST(OpenAiDocument, IsWhatTheTableSays) { ExpectDocument("openai.md", WriteDocument()); }

}  // namespace
}  // namespace ironscribe::api::openai
