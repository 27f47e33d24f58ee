#include "api/jobs/job_order.h"

#include <gtest/gtest.h>

#include "api/jobs/job_result.h"
#include "transcript/sample_transcript.h"

namespace ironscribe::api::jobs {
namespace {

// "parameter: message" of what is refused.
std::string Refusal(const OrderText& text) {
  JobOrder order;
  const ParameterError error = ReadOrder(text, order);
  return error.status.ok() ? "" : error.parameter + ": " + error.status.message();
}

TEST(JobOrder, TakesItsParameters) {
  JobOrder order;
  const OrderText text{.fields = {{"ironscribe_options", R"({"beam_size":3})"},
                                  {"model", "base"},
                                  {"language", "de"},
                                  {"prompt", "Ironscribe"},
                                  {"name", "call 1"},
                                  {"path", "a/b.wav"},
                                  {"priority", "low"},
                                  {"retention_hours", "1.5"}},
                       .options = R"({"beam_size":2,"guard":false})"};
  ASSERT_TRUE(ReadOrder(text, order).status.ok());
  EXPECT_EQ(order.recognition.model, "base");
  EXPECT_EQ(order.recognition.decoding.language, "de");
  EXPECT_EQ(order.recognition.decoding.initial_prompt, "Ironscribe");
  EXPECT_EQ(order.recognition.decoding.beam_size, 3);
  EXPECT_FALSE(order.recognition.decoding.guard);
  EXPECT_EQ(order.name, "call 1");
  EXPECT_EQ(order.path, "a/b.wav");
  EXPECT_EQ(order.priority, -1);
  EXPECT_EQ(order.retention_hours, 1.5);
}

TEST(JobOrder, WordsAreTimedForSubtitles) {
  JobOrder order;
  ASSERT_TRUE(ReadOrder({}, order).status.ok());
  EXPECT_TRUE(order.recognition.decoding.word_times);
  ASSERT_TRUE(ReadOrder({.fields = {}, .options = R"({"cues":"segments"})"}, order).status.ok());
  EXPECT_FALSE(order.recognition.decoding.word_times);
  ASSERT_TRUE(ReadOrder({.fields = {}, .options = R"({"word_times":false})"}, order).status.ok());
  EXPECT_FALSE(order.recognition.decoding.word_times);
}

TEST(JobOrder, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Refusal({.fields = {{"modell", "base"}}, .options = ""}),
            ": unknown parameter; did you mean 'model'?");
  EXPECT_EQ(Refusal({.fields = {{"priority", "high"}}, .options = ""}),
            "priority: 'priority': has to be normal or low");
  for (const std::string path : {"", "/etc/passwd"}) {
    EXPECT_TRUE(Refusal({.fields = {{"path", path}}, .options = ""}).starts_with("path:")) << path;
  }
  EXPECT_TRUE(Refusal({.fields = {{"name", "a\nb"}}, .options = ""}).starts_with("name:"));
  EXPECT_TRUE(Refusal({.fields = {{"name", std::string(201, 'n')}}, .options = ""}) != "");
  for (const std::string hours : {"0", "-1", "nan", "1e9", "1 h"}) {
    EXPECT_TRUE(Refusal({.fields = {{"retention_hours", hours}}, .options = ""}) != "") << hours;
  }
  EXPECT_TRUE(Refusal({.fields = {}, .options = "[]"}) != "");
}

TEST(JobOrder, PayloadsComeBack) {
  const OrderText text{.fields = {{"name", "\"quoted\" é"}, {"prompt", "a\nb"}},
                       .options = R"({"guard":false})"};
  const auto back = ReadPayload(WritePayload(text));
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->fields.size(), 2u);
  EXPECT_EQ(back->fields[0].value, "\"quoted\" é");
  EXPECT_EQ(back->fields[1].name, "prompt");
  EXPECT_EQ(back->options, text.options);
}

TEST(JobOrder, DamagedPayloadsAreErrors) {
  const std::string whole = WritePayload({.fields = {{"name", "n"}}, .options = ""});
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadPayload(whole.substr(0, size)).ok()) << size;
  }
  for (const char* json : {R"({"version":1,"key":1,"fields":[],"options":""})",
                           R"({"version":2,"fields":[],"options":""})",
                           R"({"version":1,"key":"k","fields":{},"options":""})",
                           R"({"version":1,"key":"k","fields":[["a"]],"options":""})",
                           R"({"version":1,"key":"k","fields":[["a",1]],"options":""})",
                           R"({"version":1,"key":"k","fields":[],"options":null})", "[]", "null"}) {
    EXPECT_EQ(ReadPayload(json).status().code(), StatusCode::kDataLoss) << json;
  }
}

TEST(Manifest, LinesReplaceWhatTheFormSays) {
  const OrderText common{
      .fields = {{"language", "en"}, {"model", "base"}, {"name", "the batch"}, {"priority", "low"}},
      .options = R"({"guard":false})"};
  const auto orders = ReadManifest(
      "{\"path\":\"a.wav\",\"name\":\"first\"}\r\n\n"
      "{\"path\":\"b.wav\",\"language\":\"de\",\"ironscribe_options\":{\"beam_size\":2}}",
      common, 10);
  ASSERT_TRUE(orders.ok()) << orders.status().ToString();
  ASSERT_EQ(orders->size(), 2u);
  JobOrder order;
  ASSERT_TRUE(ReadOrder((*orders)[0], order).status.ok());
  EXPECT_EQ(order.path, "a.wav");
  EXPECT_EQ(order.name, "first");
  EXPECT_EQ(order.recognition.decoding.language, "en");
  EXPECT_EQ(order.recognition.model, "base");
  EXPECT_FALSE(order.recognition.decoding.guard);
  ASSERT_TRUE(ReadOrder((*orders)[1], order).status.ok());
  EXPECT_EQ(order.name, "");
  EXPECT_EQ(order.recognition.decoding.language, "de");
  EXPECT_EQ(order.recognition.decoding.beam_size, 2);
}

TEST(Manifest, ErrorsNameTheLine) {
  const auto refusal = [](std::string_view manifest) {
    const auto orders = ReadManifest(manifest, {}, 2);
    return orders.ok() ? "" : orders.status().message();
  };
  EXPECT_EQ(refusal(""), "the manifest has no line");
  EXPECT_EQ(refusal(" \n\n"), "the manifest has no line");
  EXPECT_EQ(refusal("{\"path\":\"a\"}\n{\"path\""), "line 2 of the manifest: not a JSON object");
  EXPECT_EQ(refusal("{}"),
            "line 1 of the manifest: the recording is missing or given twice: one of 'path' and "
            "'audio_url'");
  EXPECT_EQ(refusal("{\"path\":\"a\xff\"}"), "line 1 of the manifest: it is not UTF-8");
  EXPECT_EQ(refusal("{\"path\":\"a\",\"priority\":\"low\"}"),
            "line 1 of the manifest: 'priority' is of the batch as a whole");
  EXPECT_EQ(refusal("{\"path\":\"a\",\"wat\":1}"), "line 1 of the manifest: unknown parameter");
  const std::string line = "{\"path\":\"a\"}\n";
  EXPECT_EQ(refusal(line + line + line), "line 3 of the manifest: a batch has at most 2");
}

TEST(JobResult, HoldsEveryFormat) {
  const transcript::Transcript transcript = transcript::FullTranscript();
  const std::string result = WriteResult(transcript, {});
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    EXPECT_FALSE(ContentTypeOf(format.name).empty()) << format.name;
    const auto text = ReadResultFormat(result, format.name);
    ASSERT_TRUE(text.ok()) << format.name;
    EXPECT_EQ(*text, format.write(transcript, {})) << format.name;
  }
  for (size_t size = 0; size < result.size(); size += 7) {
    EXPECT_FALSE(ReadResultFormat(result.substr(0, size), "txt").ok());
  }
  EXPECT_FALSE(ReadResultFormat(R"({"version":1,"outputs":{"txt":1}})", "txt").ok());
}

}  // namespace
}  // namespace ironscribe::api::jobs
