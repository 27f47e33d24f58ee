// Real tiny.en on real recordings against the texts of openai-whisper (README.md).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "audio/open_audio.h"
#include "engine/recognizer.h"
#include "golden/real_model.h"

namespace ironscribe::golden {
namespace {

using Table = std::vector<std::vector<std::string>>;

class GoldenTranscripts : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = MissingForRealModel(); !missing.empty())
      GTEST_SKIP() << missing;
  }

  // One recognizer for all tests of a compute type: packing tiny.en takes longer than using it.
  static engine::Recognizer& RecognizerFor(engine::ComputeType compute) {
    static std::map<engine::ComputeType, std::unique_ptr<engine::Recognizer>> opened;
    auto& recognizer = opened[compute];
    if (recognizer == nullptr) {
      engine::RecognizerOptions options;
      options.compute = compute;
      auto result = engine::Recognizer::Open(*InstalledModel("tiny.en"), options);
      EXPECT_TRUE(result.ok()) << result.status().message();
      if (result.ok()) recognizer = std::move(result).value();
    }
    return *recognizer;
  }

  static transcript::Transcript Transcribe(engine::ComputeType compute, const std::string& name,
                                           bool word_times = false) {
    auto source = audio::OpenAudio(*LibrivoxFolder() / name, {});
    EXPECT_TRUE(source.ok()) << source.status().message();
    models::DecodingOptions options;
    options.language = "en";
    options.temperatures = {0.0f};
    options.word_times = word_times;
    options.reference = word_times;  // Words are timed better otherwise (docs/word-times.md).
    auto result = RecognizerFor(compute).Transcribe(**source, options, {}, {});
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok() ? std::move(result).value() : transcript::Transcript{};
  }

  // Rows by recording, in order.
  static std::map<std::string, Table> ByRecording(const std::string& file) {
    std::map<std::string, Table> rows;
    for (auto& row : ReadTable(file)) {
      const std::string recording = row.at(0);
      rows[recording].push_back(std::move(row));
    }
    return rows;
  }
};

TEST_F(GoldenTranscripts, Float32EqualsTheReference) {
  const auto golden = ByRecording("segments.tsv");
  ASSERT_EQ(golden.size(), 5u);
  for (const auto& [recording, rows] : golden) {
    SCOPED_TRACE(recording);
    const auto transcript = Transcribe(engine::ComputeType::kFloat32, recording);
    ASSERT_EQ(transcript.segments.size(), rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      const transcript::Segment& segment = transcript.segments[i];
      EXPECT_EQ(segment.text, rows[i].at(4));
      EXPECT_NEAR(segment.start_seconds, std::stod(rows[i].at(1)), 1e-6);
      // The reference puts an end behind the last whole frame of the recording now and then.
      const double last_frame = std::floor(100 * transcript.duration_seconds) / 100;
      EXPECT_NEAR(segment.end_seconds, std::min(std::stod(rows[i].at(2)), last_frame), 1e-6);
      // Log-probabilities are sums of float32 rows; the table holds four decimals.
      EXPECT_NEAR(segment.average_log_probability, std::stod(rows[i].at(3)), 5e-4);
    }
  }
}

TEST_F(GoldenTranscripts, WordTimesAgreeWithTheReference) {
  const auto golden = ByRecording("words.tsv");
  ASSERT_EQ(golden.size(), 5u);
  for (const auto& [recording, rows] : golden) {
    SCOPED_TRACE(recording);
    const auto transcript = Transcribe(engine::ComputeType::kFloat32, recording, true);
    std::vector<transcript::Word> words;
    for (const auto& segment : transcript.segments) {
      words.insert(words.end(), segment.words.begin(), segment.words.end());
    }
    ASSERT_EQ(words.size(), rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(words[i].text, rows[i].at(4));
      // One encoder frame is 20 ms; a path through near ties may differ by one of them.
      EXPECT_NEAR(words[i].start_seconds, std::stod(rows[i].at(1)), 0.0201) << words[i].text;
      EXPECT_NEAR(words[i].end_seconds, std::stod(rows[i].at(2)), 0.0201) << words[i].text;
      EXPECT_NEAR(words[i].probability, std::stod(rows[i].at(3)), 5e-3) << words[i].text;
    }
  }
}

// In 8 bits a near tie may fall the other way ("ill-disposed" has 0.37 for its first token), so one
// of the five may differ; how much accuracy the arithmetic costs is measured by `make accuracy`.
TEST_F(GoldenTranscripts, Int8StaysCloseToTheReference) {
  int equal = 0;
  for (const auto& [recording, rows] : ByRecording("segments.tsv")) {
    equal += Transcribe(engine::ComputeType::kInt8, recording).text == rows.at(0).at(4) ? 1 : 0;
  }
  EXPECT_GE(equal, 4);
}

TEST_F(GoldenTranscripts, RepeatedRunsAreIdentical) {
  const std::string recording = ByRecording("segments.tsv").begin()->first;
  const auto first = Transcribe(engine::ComputeType::kInt8, recording);
  const auto second = Transcribe(engine::ComputeType::kInt8, recording);
  ASSERT_EQ(first.segments.size(), second.segments.size());
  for (size_t i = 0; i < first.segments.size(); ++i) {
    EXPECT_EQ(first.segments[i].tokens, second.segments[i].tokens);
    EXPECT_EQ(first.segments[i].average_log_probability,
              second.segments[i].average_log_probability);
  }
}

}  // namespace
}  // namespace ironscribe::golden
