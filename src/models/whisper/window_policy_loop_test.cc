// The whole loop against openai/whisper's, with a scripted decoder in place of the model.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "models/whisper/window_policy.h"
#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

struct GoldenCall {
  size_t prompt_size = 0;
  uint64_t prompt_hash = 0;
  float temperature = 0;
  ScriptedCall answer;
};

struct Scenario {
  int seed = 0;
  size_t num_samples = 0;
  DecodingOptions options;
  std::vector<GoldenCall> calls;
  std::vector<transcript::Segment> segments;
  std::string text;
};

std::vector<TokenId> ReadTokens(std::istringstream& fields) {
  std::string colon;
  fields >> colon;
  std::vector<TokenId> tokens;
  for (TokenId id; fields >> id;) tokens.push_back(id);
  return tokens;
}

std::vector<Clip> ReadClips(const std::string& text) {
  std::vector<Clip> clips;
  if (text == "-") return clips;
  std::istringstream fields(text);
  bool start = true;
  for (std::string number; std::getline(fields, number, ','); start = !start) {
    const double seconds = std::strtod(number.c_str(), nullptr);
    if (start) {
      clips.push_back({seconds});
    } else {
      clips.back().end_seconds = seconds;
    }
  }
  return clips;
}

void ReadLine(const std::string& line, Scenario& scenario) {
  std::istringstream fields(line);
  std::string kind;
  fields >> kind;
  if (kind == "scenario") {
    std::string clips;
    fields >> scenario.seed >> scenario.num_samples >> scenario.options.carry_prompt >>
        scenario.options.condition_on_previous_text >> clips;
    scenario.options.clips = ReadClips(clips);
  } else if (kind == "prompt") {
    scenario.options.initial_prompt = line.substr(7);
  } else if (kind == "call") {
    GoldenCall& call = scenario.calls.emplace_back();
    fields >> call.prompt_size >> call.prompt_hash >> call.temperature >>
        call.answer.average_log_probability >> call.answer.no_speech_probability;
    call.answer.tokens = ReadTokens(fields);
  } else if (kind == "segment") {
    transcript::Segment& segment = scenario.segments.emplace_back();
    fields >> segment.seek_frames >> segment.start_seconds >> segment.end_seconds >>
        segment.temperature >> segment.average_log_probability >> segment.compression_ratio >>
        segment.no_speech_probability;
    segment.tokens = ReadTokens(fields);
  } else if (kind == "text") {
    scenario.text = line.substr(5);
  }
}

std::vector<Scenario> ReadScenarios() {
  std::ifstream file(IRONSCRIBE_SOURCE_DIR "/src/models/whisper/testdata/policy_loop.txt");
  std::vector<Scenario> scenarios;
  Scenario scenario;
  for (std::string line; std::getline(file, line);) {
    if (line == "end") {
      scenarios.push_back(std::exchange(scenario, {}));
    } else {
      ReadLine(line, scenario);
    }
  }
  return scenarios;
}

void CheckCall(const GoldenCall& golden, const SeenCall& seen) {
  std::span<const TokenId> prompt(seen.prompt);
  ASSERT_EQ(prompt.back(), 50257);
  prompt = prompt.first(prompt.size() - 1);
  if (!prompt.empty()) {
    ASSERT_EQ(prompt.front(), 50360);
    prompt = prompt.subspan(1);
  }
  uint64_t hash = 0;
  for (TokenId id : prompt) hash = (hash * 31 + static_cast<uint64_t>(id) + 1) % 1000000007;
  EXPECT_EQ(prompt.size(), golden.prompt_size);
  EXPECT_EQ(hash, golden.prompt_hash);
  EXPECT_FLOAT_EQ(seen.temperature, golden.temperature);
}

void CheckSegment(const transcript::Segment& segment, const transcript::Segment& golden) {
  EXPECT_EQ(segment.seek_frames, golden.seek_frames);
  EXPECT_NEAR(segment.start_seconds, golden.start_seconds, 1e-4);
  EXPECT_NEAR(segment.end_seconds, golden.end_seconds, 1e-4);
  EXPECT_EQ(segment.tokens, golden.tokens);
  EXPECT_FLOAT_EQ(segment.temperature, golden.temperature);
  EXPECT_FLOAT_EQ(segment.average_log_probability, golden.average_log_probability);
  EXPECT_NEAR(segment.compression_ratio, golden.compression_ratio, 1e-4);
  EXPECT_FLOAT_EQ(segment.no_speech_probability, golden.no_speech_probability);
}

TEST(WindowPolicyLoop, DoesWhatTheReferenceDoes) {
  const std::vector<Scenario> scenarios = ReadScenarios();
  ASSERT_EQ(scenarios.size(), 30u);
  const ByteTokenizer tokenizer(false);
  const dsp::LogMel log_mel(80);
  const WindowPolicy policy(tokenizer, log_mel);
  for (Scenario scenario : scenarios) {
    SCOPED_TRACE(testing::Message() << "seed " << scenario.seed);
    scenario.options.best_of = 1;
    scenario.options.reference = true;
    size_t next = 0;
    ScriptedRunner runner(tokenizer, [&](const SeenCall& seen) {
      if (next >= scenario.calls.size()) {
        ADD_FAILURE() << "one decoding too many";
        return ScriptedCall{};
      }
      CheckCall(scenario.calls[next], seen);
      return scenario.calls[next++].answer;
    });
    FakeSource source(std::vector<float>(scenario.num_samples, 0.0f));
    const auto result = policy.Transcribe(source, scenario.options, runner, {}, {});
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    EXPECT_EQ(next, scenario.calls.size());
    EXPECT_EQ(result->text, scenario.text);
    ASSERT_EQ(result->segments.size(), scenario.segments.size());
    for (size_t i = 0; i < scenario.segments.size(); ++i) {
      CheckSegment(result->segments[i], scenario.segments[i]);
    }
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
