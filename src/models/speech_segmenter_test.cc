#include "models/speech_segmenter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>

#include "base/random.h"

namespace ironscribe::models {
namespace {

constexpr int kFrame = 512;
constexpr int64_t kPerMs = 16;

std::vector<SpeechSpan> Segment(const std::vector<float>& probabilities, int64_t num_samples,
                                const SpeechOptions& options) {
  SpeechSegmenter segmenter(options, kFrame);
  std::vector<SpeechSpan> spans;
  for (float probability : probabilities) segmenter.Push(probability, spans);
  segmenter.Finish(num_samples, spans);
  return spans;
}

std::vector<SpeechSpan> Segment(const std::vector<float>& probabilities,
                                const SpeechOptions& options) {
  return Segment(probabilities, static_cast<int64_t>(probabilities.size()) * kFrame, options);
}

// `levels`: pairs of a probability and for how many frames.
std::vector<float> Frames(std::initializer_list<std::pair<float, int>> levels) {
  std::vector<float> frames;
  for (const auto& [level, count] : levels) {
    frames.insert(frames.end(), static_cast<size_t>(count), level);
  }
  return frames;
}

// As make_speech_spans_golden.py does it.
std::vector<float> RandomWalk(uint64_t seed, size_t frames) {
  std::vector<float> walk;
  int level = 0;
  for (size_t frame = 0; frame < frames; ++frame) {
    const uint64_t bits = MixBits((seed << 32) + frame);
    level += static_cast<int>(bits % 17) - 8;
    if (bits >> 56 < 20) level = 32 - level;
    level = std::clamp(level, 0, 32);
    walk.push_back(static_cast<float>(level) / 32);
  }
  return walk;
}

// Options without limit and padding, for cases worked out by hand.
SpeechOptions Bare() {
  SpeechOptions options;
  options.padding_ms = 0;
  options.min_silence_ms = 2 * kFrame / kPerMs;
  options.max_speech_ms.reset();
  return options;
}

TEST(SpeechSegmenterTest, SilenceHasNoSpans) {
  EXPECT_TRUE(Segment({}, 0, {}).empty());
  EXPECT_TRUE(Segment(Frames({{0.49f, 100}}), {}).empty());
}

TEST(SpeechSegmenterTest, SpeechEndsOnlyBelowTheLowerThreshold) {
  const auto frames = Frames({{0.1f, 2}, {0.5f, 3}, {0.36f, 9}, {0.1f, 5}});
  EXPECT_EQ(Segment(frames, Bare()), (std::vector<SpeechSpan>{{2 * kFrame, 14 * kFrame}}));
  SpeechOptions options = Bare();
  options.negative_threshold = 0.4f;
  EXPECT_EQ(Segment(frames, options), (std::vector<SpeechSpan>{{2 * kFrame, 5 * kFrame}}));
}

TEST(SpeechSegmenterTest, ShortSilenceIsBridgedAndShortSpeechDropped) {
  const auto frames = Frames({{0.9f, 2}, {0.0f, 2}, {0.9f, 3}, {0.0f, 3}, {0.9f, 2}, {0.0f, 9}});
  SpeechOptions options = Bare();
  const SpeechSpan first{0, 7 * kFrame}, second{10 * kFrame, 12 * kFrame};
  EXPECT_EQ(Segment(frames, options), (std::vector<SpeechSpan>{first, second}));
  options.min_speech_ms = 2 * kFrame / kPerMs;  // Not longer than the minimum.
  EXPECT_EQ(Segment(frames, options), (std::vector<SpeechSpan>{first}));
}

TEST(SpeechSegmenterTest, PaddingIsSharedInSmallGapsAndEndsWithTheRecording) {
  const auto frames = Frames({{0.0f, 1}, {0.9f, 4}, {0.0f, 3}, {0.9f, 4}, {0.0f, 20}, {0.9f, 2}});
  SpeechOptions options = Bare();
  options.padding_ms = 2 * kFrame / kPerMs;
  const int64_t middle = 6 * kFrame + kFrame / 2;
  EXPECT_EQ(Segment(frames, 34 * kFrame - 100, options),
            (std::vector<SpeechSpan>{
                {0, middle}, {middle, 14 * kFrame}, {30 * kFrame, 34 * kFrame - 100}}));
}

TEST(SpeechSegmenterTest, SpansComeOutOnceTheyAreFinal) {
  SpeechOptions options = Bare();
  options.padding_ms = 2 * kFrame / kPerMs;
  SpeechSegmenter segmenter(options, kFrame);
  std::vector<SpeechSpan> spans;
  for (float level : Frames({{0.0f, 4}, {0.9f, 4}, {0.0f, 3}})) segmenter.Push(level, spans);
  EXPECT_TRUE(spans.empty());  // Speech in the next frame would share the gap.
  EXPECT_EQ(segmenter.settled_samples(), 2 * kFrame);
  segmenter.Push(0.0f, spans);
  EXPECT_EQ(spans, (std::vector<SpeechSpan>{{2 * kFrame, 10 * kFrame}}));
  EXPECT_EQ(segmenter.settled_samples(), 10 * kFrame);
  for (int i = 0; i < 50; ++i) segmenter.Push(0.0f, spans);
  EXPECT_EQ(segmenter.settled_samples(), 60 * kFrame);
}

TEST(SpeechSegmenterTest, LongSpansAreCutAtTheirLongestPause) {
  SpeechOptions options = Bare();
  options.min_silence_ms = 1000;
  options.max_speech_ms = 1024;  // 31 frames and the one that shows the limit.
  const auto frames = Frames({{0.9f, 5}, {0.0f, 4}, {0.9f, 8}, {0.0f, 6}, {0.9f, 20}, {0.0f, 40}});
  EXPECT_EQ(Segment(frames, options),
            (std::vector<SpeechSpan>{{0, 17 * kFrame}, {23 * kFrame, 43 * kFrame}}));
}

TEST(SpeechSegmenterTest, PausesBehindACutAreUsedLaterOrForgotten) {
  SpeechOptions options = Bare();
  options.min_silence_ms = 1000;
  options.max_speech_ms = 1024;
  // The second pause is inside the first limit, and the only one of the second.
  const auto frames = Frames({{0.9f, 14}, {0.0f, 6}, {0.9f, 4}, {0.0f, 4}, {0.9f, 40}, {0.0f, 40}});
  EXPECT_EQ(Segment(frames, options)[1], (SpeechSpan{20 * kFrame, 24 * kFrame}));
  options.long_span_cut = LongSpanCut::kReference;
  EXPECT_EQ(Segment(frames, options)[1], (SpeechSpan{20 * kFrame, 52 * kFrame}));
}

TEST(SpeechSegmenterTest, WithoutAPauseTheQuietestFrameIsTheCut) {
  SpeechOptions options = Bare();
  options.max_speech_ms = 1024;
  auto frames = Frames({{0.9f, 60}, {0.0f, 40}});
  frames[3] = 0.5f;  // In the first half, where a cut would leave little.
  frames[21] = 0.7f;
  const auto spans = Segment(frames, options);
  ASSERT_GE(spans.size(), 2u);
  EXPECT_EQ(spans[0], (SpeechSpan{0, 21 * kFrame}));
  EXPECT_EQ(spans[1].begin_sample, 21 * kFrame);
  options.long_span_cut = LongSpanCut::kReference;
  EXPECT_EQ(Segment(frames, options)[0], (SpeechSpan{0, 32 * kFrame}));
}

struct GoldenCase {
  std::vector<float> probabilities;
  int64_t num_samples = 0;
  SpeechOptions options;
  std::vector<SpeechSpan> spans;
  std::string line;
};

std::map<std::string, std::vector<float>> RecordedProbabilities() {
  std::map<std::string, std::vector<float>> recordings;
  std::ifstream file(std::string(IRONSCRIBE_SOURCE_DIR) +
                     "/src/models/silero_vad/testdata/probabilities.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string kind, name, samples, label;
    if (!(fields >> kind) || kind != "recording") continue;
    fields >> name >> samples >> label;
    for (float value; fields >> value;) recordings[name].push_back(value);
  }
  return recordings;
}

GoldenCase ParseOptions(const std::string& line, GoldenCase golden) {
  std::istringstream fields(line);
  std::string word;
  float negative = 0;
  int maximum = 0;
  SpeechOptions& options = golden.options;
  fields >> word >> options.threshold >> negative >> options.min_speech_ms >>
      options.min_silence_ms >> options.padding_ms >> maximum >> word;
  options.negative_threshold = negative < 0 ? std::nullopt : std::optional(negative);
  options.max_speech_ms = maximum < 0 ? std::nullopt : std::optional(maximum);
  options.long_span_cut = LongSpanCut::kReference;
  SpeechSpan span;
  for (char dash; fields >> span.begin_sample >> dash >> span.end_sample;) {
    golden.spans.push_back(span);
  }
  golden.line = line.substr(0, 60);
  return golden;
}

std::vector<GoldenCase> GoldenCases() {
  const auto recordings = RecordedProbabilities();
  std::vector<GoldenCase> cases;
  GoldenCase current;
  std::ifstream file(std::string(IRONSCRIBE_SOURCE_DIR) + "/src/models/testdata/speech_spans.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string kind, name;
    uint64_t seed = 0;
    size_t frames = 0;
    fields >> kind;
    if (kind == "recording") {
      fields >> name >> current.num_samples;
      current.probabilities = recordings.at(name);
    } else if (kind == "walk") {
      fields >> seed >> frames >> current.num_samples;
      current.probabilities = RandomWalk(seed, frames);
    } else if (kind == "options") {
      cases.push_back(ParseOptions(line, current));
    }
  }
  return cases;
}

TEST(SpeechSegmenterTest, AgreesWithGetSpeechTimestamps) {
  const auto cases = GoldenCases();
  ASSERT_EQ(cases.size(), 7u * 28u);
  for (const GoldenCase& golden : cases) {
    ASSERT_TRUE(CheckSpeechOptions(golden.options).ok());
    EXPECT_EQ(Segment(golden.probabilities, golden.num_samples, golden.options), golden.spans)
        << golden.line << " of " << golden.num_samples << " samples";
  }
}

SpeechOptions RandomOptions(Random& random) {
  const auto up_to = [&](uint64_t limit) { return static_cast<int>(random.Next() % limit); };
  SpeechOptions options;
  options.threshold = 0.2f + 0.1f * static_cast<float>(up_to(7));
  if (up_to(2) == 0) options.negative_threshold = options.threshold * 0.5f;
  options.min_speech_ms = up_to(2) * up_to(400);
  options.min_silence_ms = up_to(600);
  options.padding_ms = up_to(2) * up_to(500);
  options.max_speech_ms.reset();
  if (up_to(3) != 0) options.max_speech_ms = 2 * options.padding_ms + 1000 + up_to(3000);
  return options;
}

// What holds for any spans of any probabilities.
void ExpectSound(const std::vector<SpeechSpan>& spans, int64_t num_samples,
                 const SpeechOptions& options) {
  int64_t end = 0;
  for (const SpeechSpan& span : spans) {
    EXPECT_GE(span.begin_sample, end);
    EXPECT_LT(span.begin_sample, span.end_sample);
    end = span.end_sample;
    if (options.max_speech_ms) {
      EXPECT_LE(span.end_sample - span.begin_sample, *options.max_speech_ms * kPerMs);
    }
    EXPECT_GT(span.end_sample - span.begin_sample,
              options.max_speech_ms ? 0 : options.min_speech_ms * kPerMs);
  }
  EXPECT_LE(end, num_samples);
}

bool Covers(const std::vector<SpeechSpan>& spans, int64_t sample) {
  return std::any_of(spans.begin(), spans.end(), [&](const SpeechSpan& span) {
    return span.begin_sample <= sample && sample < span.end_sample;
  });
}

TEST(SpeechSegmenterTest, SpansAreOrderedDisjointAndHoldAllSpeech) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto frames = RandomWalk(1000 + seed, 1 + random.Next() % 900);
    const auto num_samples =
        static_cast<int64_t>(frames.size()) * kFrame - static_cast<int64_t>(random.Next() % kFrame);
    SpeechOptions options = RandomOptions(random);
    const auto spans = Segment(frames, num_samples, options);
    ExpectSound(spans, num_samples, options);
    if (options.min_speech_ms == 0) {
      for (size_t i = 0; i < frames.size(); ++i) {
        const int64_t begin = static_cast<int64_t>(i) * kFrame;
        if (frames[i] < options.threshold) continue;
        EXPECT_TRUE(Covers(spans, begin));
        EXPECT_TRUE(Covers(spans, std::min(begin + kFrame, num_samples) - 1));
      }
    }
    options.long_span_cut = LongSpanCut::kReference;
    ExpectSound(Segment(frames, num_samples, options), num_samples, options);
    if (HasFailure()) return;
  }
}

TEST(SpeechSegmenterTest, NothingBeginsBeforeWhatIsSettled) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const SpeechOptions options = RandomOptions(random);
    SpeechSegmenter segmenter(options, kFrame);
    std::vector<SpeechSpan> spans;
    int64_t settled = 0;
    const auto check = [&](size_t known) {
      for (size_t i = known; i < spans.size(); ++i) EXPECT_GE(spans[i].begin_sample, settled);
    };
    const auto frames = RandomWalk(2000 + seed, 500);
    for (float level : frames) {
      const size_t known = spans.size();
      segmenter.Push(level, spans);
      check(known);
      EXPECT_GE(segmenter.settled_samples(), settled);
      settled = segmenter.settled_samples();
    }
    const size_t known = spans.size();
    segmenter.Finish(500 * kFrame - 511, spans);
    check(known);
    if (HasFailure()) return;
  }
}

TEST(SpeechOptionsTest, ValuesOutOfRangeAreRefusedByName) {
  EXPECT_TRUE(CheckSpeechOptions({}).ok());
  const auto refused = [](auto change, const char* name) {
    SpeechOptions options;
    change(options);
    const Status status = CheckSpeechOptions(options);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find(name), std::string::npos) << status.message();
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (float value : {0.0f, -1.0f, 1.01f, nan}) {
    refused([&](SpeechOptions& o) { o.threshold = value; }, "speech threshold");
  }
  for (float value : {-0.1f, 0.51f, nan}) {
    refused([&](SpeechOptions& o) { o.negative_threshold = value; }, "negative speech threshold");
  }
  for (int value : {-1, std::numeric_limits<int>::max()}) {
    refused([&](SpeechOptions& o) { o.min_speech_ms = value; }, "minimum speech");
    refused([&](SpeechOptions& o) { o.min_silence_ms = value; }, "minimum silence");
    refused([&](SpeechOptions& o) { o.padding_ms = value; }, "padding");
    refused([&](SpeechOptions& o) { o.min_pause_ms = value; }, "minimum pause");
    refused([&](SpeechOptions& o) { o.max_speech_ms = value; }, "maximum speech");
  }
  refused([](SpeechOptions& o) { o.max_speech_ms = 1799; }, "from 1800 to");
  refused([](SpeechOptions& o) { o.padding_ms = 24 * 3600 * 1000; }, "padding");
}

}  // namespace
}  // namespace ironscribe::models
