#include "transcript/json_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "transcript/sample_transcript.h"

namespace ironscribe::transcript {
namespace {

TEST(JsonWriter, WritesOneSegmentPerLine) {
  Transcript transcript = EmptyTranscript();
  transcript.text = " Hi.";
  transcript.language = "en";
  transcript.duration_seconds = 1.0004;
  Segment segment;
  segment.end_seconds = 0.1 + 0.2;  // 0.30000000000000004
  segment.text = " Hi.";
  segment.tokens = {1, 2};
  segment.average_log_probability = -0.1f;  // -0.10000000149
  transcript.segments = {segment};
  EXPECT_EQ(
      WriteJson(transcript),
      "{\n"
      "  \"format_version\": 1,\n"
      "  \"text\": \" Hi.\",\n"
      "  \"task\": \"transcribe\",\n"
      "  \"language\": \"en\",\n"
      "  \"language_probabilities\": [],\n"
      "  \"duration\": 1.0,\n"
      "  \"segments\": [\n"
      "    {\"id\":0,\"seek\":0,\"start\":0.0,\"end\":0.3,\"text\":\" Hi.\",\"tokens\":[1,2],"
      "\"temperature\":0.0,\"avg_logprob\":-0.1,\"compression_ratio\":0.0,"
      "\"no_speech_prob\":0.0,\"words\":[]}\n"
      "  ],\n"
      "  \"dropped\": [],\n"
      "  \"model\": {\"name\":\"tiny.en\",\"family\":\"whisper\",\"digest\":\"" +
          std::string(64, '0') +
          "\",\"compute_type\":\"float32\",\"alignment_heads\":\"\",\"voice_activity\":\"\"}\n"
          "}\n");
}

TEST(JsonWriter, NeverWritesIllFormedText) {
  Transcript transcript;
  transcript.text = "cut \xE2\x82";
  transcript.model.name = "\xFF";
  const std::string json = WriteJson(transcript);
  EXPECT_NE(json.find("cut \uFFFD\""), std::string::npos);
  EXPECT_NE(json.find("\"name\":\"\uFFFD\""), std::string::npos);
}

TEST(JsonWriter, WritesZeroForValuesJsonCannotHold) {
  Transcript transcript;
  transcript.duration_seconds = std::numeric_limits<double>::infinity();
  Segment segment;
  segment.average_log_probability = std::numeric_limits<float>::quiet_NaN();
  segment.start_seconds = -0.0001;  // Must not become "-0.0".
  transcript.segments = {segment};
  const std::string json = WriteJson(transcript);
  EXPECT_NE(json.find("\"duration\": 0.0"), std::string::npos);
  EXPECT_NE(json.find("\"avg_logprob\":0.0"), std::string::npos);
  EXPECT_NE(json.find("\"start\":0.0"), std::string::npos);
}

TEST(JsonWriter, NotesTheChannelOnlyWhereChannelsWereToldApart) {
  EXPECT_EQ(WriteJson(FullTranscript()).find("channel"), std::string::npos);
  const std::string json = WriteJson(ChannelTranscript());
  EXPECT_NE(json.find("\"channels\": [\n    {\"name\":\"agent\",\"language\":\"en\","
                      "\"language_probabilities\":[]},\n"),
            std::string::npos)
      << json;
  // Of the segment's two words and of the segment.
  size_t count = 0;
  for (size_t at = json.find("\"channel\":1}"); at != std::string::npos;
       at = json.find("\"channel\":1}", at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, 3u) << json;
  EXPECT_NE(json.find("\"reason\":\"no_speech\",\"channel\":0}"), std::string::npos) << json;
}

// Files for schema_test.py, which ctest runs after this program.
TEST(JsonWriter, WritesSamplesForTheSchemaCheck) {
  const std::filesystem::path folder = IRONSCRIBE_SAMPLE_DIR;
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "full.json") << WriteJson(FullTranscript());
  std::ofstream(folder / "empty.json") << WriteJson(EmptyTranscript());
  std::ofstream(folder / "channels.json") << WriteJson(ChannelTranscript());
  EXPECT_GT(std::filesystem::file_size(folder / "full.json"), 500u);
  EXPECT_GT(std::filesystem::file_size(folder / "empty.json"), 100u);
}

}  // namespace
}  // namespace ironscribe::transcript
