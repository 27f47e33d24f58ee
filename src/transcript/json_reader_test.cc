#include "transcript/json_reader.h"

#include <gtest/gtest.h>

#include "transcript/json_writer.h"
#include "transcript/sample_transcript.h"

namespace ironscribe::transcript {
namespace {

void ExpectEqual(const Word& a, const Word& b) {
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.start_seconds, b.start_seconds);
  EXPECT_EQ(a.end_seconds, b.end_seconds);
  EXPECT_EQ(a.probability, b.probability);
  EXPECT_EQ(a.confidence, b.confidence);
}

void ExpectEqual(const Segment& a, const Segment& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.channel, b.channel);
  EXPECT_EQ(a.seek_frames, b.seek_frames);
  EXPECT_EQ(a.start_seconds, b.start_seconds);
  EXPECT_EQ(a.end_seconds, b.end_seconds);
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.tokens, b.tokens);
  EXPECT_EQ(a.temperature, b.temperature);
  EXPECT_EQ(a.average_log_probability, b.average_log_probability);
  EXPECT_EQ(a.compression_ratio, b.compression_ratio);
  EXPECT_EQ(a.no_speech_probability, b.no_speech_probability);
  ASSERT_EQ(a.words.size(), b.words.size());
  for (size_t i = 0; i < a.words.size(); ++i) ExpectEqual(a.words[i], b.words[i]);
}

void ExpectEqual(const Transcript& a, const Transcript& b) {
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.task, b.task);
  EXPECT_EQ(a.language, b.language);
  EXPECT_EQ(a.duration_seconds, b.duration_seconds);
  ASSERT_EQ(a.language_probabilities.size(), b.language_probabilities.size());
  for (size_t i = 0; i < a.language_probabilities.size(); ++i) {
    EXPECT_EQ(a.language_probabilities[i].code, b.language_probabilities[i].code);
    EXPECT_EQ(a.language_probabilities[i].probability, b.language_probabilities[i].probability);
  }
  ASSERT_EQ(a.channels.size(), b.channels.size());
  for (size_t i = 0; i < a.channels.size(); ++i) {
    EXPECT_EQ(a.channels[i].name, b.channels[i].name);
    EXPECT_EQ(a.channels[i].language, b.channels[i].language);
    EXPECT_EQ(a.channels[i].language_probabilities.size(),
              b.channels[i].language_probabilities.size());
  }
  ASSERT_EQ(a.segments.size(), b.segments.size());
  for (size_t i = 0; i < a.segments.size(); ++i) ExpectEqual(a.segments[i], b.segments[i]);
  ASSERT_EQ(a.dropped.size(), b.dropped.size());
  for (size_t i = 0; i < a.dropped.size(); ++i) {
    EXPECT_EQ(a.dropped[i].start_seconds, b.dropped[i].start_seconds);
    EXPECT_EQ(a.dropped[i].end_seconds, b.dropped[i].end_seconds);
    EXPECT_EQ(a.dropped[i].reason, b.dropped[i].reason);
    EXPECT_EQ(a.dropped[i].channel, b.dropped[i].channel);
  }
  ASSERT_EQ(a.speech.has_value(), b.speech.has_value());
  if (a.speech) {
    EXPECT_EQ(a.speech->speech_seconds, b.speech->speech_seconds);
    EXPECT_EQ(a.speech->without_text_seconds, b.speech->without_text_seconds);
  }
  EXPECT_EQ(a.model.name, b.model.name);
  EXPECT_EQ(a.model.family, b.model.family);
  EXPECT_EQ(a.model.digest, b.model.digest);
  EXPECT_EQ(a.model.compute_type, b.model.compute_type);
  EXPECT_EQ(a.model.alignment_heads, b.model.alignment_heads);
}

// The samples hold only binary fractions, so rounding to decimals loses nothing.
TEST(JsonReader, ReadsBackWhatWasWritten) {
  for (const Transcript& transcript : {FullTranscript(), ChannelTranscript(), EmptyTranscript()}) {
    const auto read = ReadJson(WriteJson(transcript), "t.json");
    ASSERT_TRUE(read.ok()) << read.status().message();
    ExpectEqual(*read, transcript);
  }
}

// The complete sample with one place changed.
std::string Changed(std::string_view from, std::string_view to,
                    const Transcript& transcript = FullTranscript()) {
  std::string json = WriteJson(transcript);
  const size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? json : json.replace(at, from.size(), to);
}

TEST(JsonReader, NamesThePlaceOfAWrongMember) {
  const struct {
    const char *from, *to, *message;
  } kCases[] = {
      {"\"duration\": 11.5", "\"duration\": \"11.5\"", "t.json: duration: must be a number"},
      {"\"start\":0.25", "\"start\":null", "t.json: segments[0].start: must be a number"},
      {"\"id\":3", "\"id\":3.5", "t.json: segments[0].id: must be an integer of 32 bits"},
      {"\"id\":3", "\"id\":4294967296", "t.json: segments[0].id: must be an integer of 32 bits"},
      {"\"seek\":3000", "\"seek\":18446744073709551615",
       "t.json: segments[0].seek: must be an integer of 64 bits"},
      {"50363", "-9999999999", "t.json: segments[0].tokens: must be an integer of 32 bits"},
      {"50363", "\"x\"", "t.json: segments[0].tokens: must be an integer of 32 bits"},
      {"\"temperature\":0.5", "\"temperature\":1e300",
       "t.json: segments[0].temperature: must be a 32-bit float"},
      {"\"word\":\" Ask\"", "\"w\":\" Ask\"", "t.json: segments[0].words[0].word: must be present"},
      {"[50363,0,407]", "7", "t.json: segments[0].tokens: must be an array"},
      {"\"model\": {", "\"model\": 1, \"m\": {", "t.json: model: must be an object"},
      {"\"dropped\": [", "\"dropped\": [5,", "t.json: dropped: must be an array of objects"},
      {"\"speech\": {", "\"speech\": 5, \"x\": {", "t.json: speech: must be an object"},
      {"\"without_text\":0.25", "\"without_text\":[]",
       "t.json: speech.without_text: must be a number"},
      {"\"task\": \"translate\"", "\"task\": []", "t.json: task: must be a string"},
  };
  for (const auto& test : kCases) {
    const auto read = ReadJson(Changed(test.from, test.to), "t.json");
    ASSERT_FALSE(read.ok()) << test.to;
    EXPECT_EQ(read.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(read.status().message(), test.message);
  }
}

TEST(JsonReader, RefusesChannelsThatAreNotThere) {
  const struct {
    const char *from, *to, *message;
  } kCases[] = {
      {"\"channel\":0}\n", "\"channel\":2}\n",
       "t.json: segments[1].channel: 2 is not one of the 2 channels"},
      {"\"no_speech\",\"channel\":0", "\"no_speech\",\"channel\":-2",
       "t.json: dropped[0].channel: -2 is not one of the 2 channels"},
      {"\"words\":[],\"channel\":0", "\"words\":[],\"channel\":\"agent\"",
       "t.json: segments[1].channel: must be an integer of 32 bits"},
      {"{\"name\":\"agent\"", "{\"nam\":\"agent\"", "t.json: channels[0].name: must be present"},
      {"\"channels\": [", "\"others\": [",
       "t.json: segments[0].channel: 1 is not one of the 0 channels"},
  };
  for (const auto& test : kCases) {
    const auto read = ReadJson(Changed(test.from, test.to, ChannelTranscript()), "t.json");
    ASSERT_FALSE(read.ok()) << test.to;
    EXPECT_EQ(read.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(read.status().message(), test.message);
  }
}

TEST(JsonReader, RefusesNewerVersionsButIgnoresNewMembers) {
  const auto newer = ReadJson(Changed("\"format_version\": 1", "\"format_version\": 2"), "t.json");
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(ReadJson(Changed("\"task\":", "\"speakers\": [{}], \"task\":"), "t.json").ok());
}

TEST(JsonReader, RefusesWhatIsNotAnObject) {
  for (std::string_view json :
       {"", "null", "[]", "{", "{\"text\": \"\xFF\"}", "{\"duration\": 1e999}"}) {
    const auto read = ReadJson(json, "t.json");
    ASSERT_FALSE(read.ok()) << json;
    EXPECT_EQ(read.status().message(), "t.json: not a JSON object in UTF-8");
  }
}

TEST(JsonReader, SurvivesTruncationAtEveryByte) {
  const std::string json = WriteJson(FullTranscript());
  // The last byte is a line end after the complete object.
  for (size_t size = 0; size + 1 < json.size(); ++size) {
    EXPECT_FALSE(ReadJson(std::string_view(json).substr(0, size), "t.json").ok()) << size;
  }
}

TEST(JsonReader, SurvivesDeepNesting) {
  EXPECT_FALSE(ReadJson(std::string(1'000'000, '['), "t.json").ok());
  const std::string nested =
      "{\"text\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_FALSE(ReadJson(nested, "t.json").ok());
}

}  // namespace
}  // namespace ironscribe::transcript
