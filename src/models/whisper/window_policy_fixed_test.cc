// Recordings cut at their pauses.
#include "models/whisper/window_policy_sounds.h"

namespace ironscribe::models::whisper {
namespace {

class FixedSegmentationTest : public SoundsTest {
 protected:
  FixedSegmentationTest() { options_.segmentation = Segmentation::kFixed; }
};

TEST_F(FixedSegmentationTest, NothingIsLostOrDoubledAndAllIsInOrder) {
  for (const auto& [seed, seconds] : std::vector<std::pair<uint64_t, double>>{
           {1, 100}, {2, 30}, {3, 30.005}, {4, 31}, {5, 89.99}, {6, 5}, {7, 140}}) {
    const std::vector<Sound> sounds = RandomSounds(seed, seconds);
    for (bool fit : {false, true}) {
      for (int together : {1, 3}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << seconds << " s, "
                                        << (fit ? "fitted, " : "") << together << " together");
        options_.fit_windows = fit;
        ScriptedRunner runner = Listener(english_);
        runner.windows_together = together;
        std::vector<double> progress;
        std::vector<transcript::Segment> handed_out;
        RecognitionCallbacks callbacks;
        callbacks.progress = [&](double done) { progress.push_back(done); };
        callbacks.segment = [&](const transcript::Segment& s) { handed_out.push_back(s); };
        FakeSource source(Render(sounds, seconds));
        const auto result = english_policy_.Transcribe(source, options_, runner, callbacks, {});
        ASSERT_TRUE(result.ok()) << result.status().ToString();
        ExpectHeard(sounds, result->segments);
        ExpectHeard(sounds, handed_out);
        EXPECT_NEAR(result->duration_seconds, seconds, 1e-4);
        ASSERT_FALSE(progress.empty());
        EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
        EXPECT_EQ(progress.back(), result->duration_seconds);
        std::string text;
        for (const transcript::Segment& segment : result->segments) text += segment.text;
        EXPECT_EQ(result->text, text);
        // Each piece is one window, and no shorter than it must be; a silent one that was fitted is
        // looked at again as a whole.
        EXPECT_EQ(runner.encoded.size(), runner.calls.size());
        EXPECT_LE(static_cast<double>(runner.encoded.size()), seconds / 20 + (fit ? 2 : 1));
      }
    }
  }
}

TEST_F(FixedSegmentationTest, TheLanguageIsDetectedOnceInTheFirstWindow) {
  const std::vector<Sound> sounds = RandomSounds(8, 95);
  for (bool fit : {false, true}) {
    options_.fit_windows = fit;
    ScriptedRunner runner = Listener(many_);
    runner.windows_together = 3;
    FakeSource source(Render(sounds, 95));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    EXPECT_EQ(runner.detections, 1);
    EXPECT_EQ(result->language, "de");
    EXPECT_EQ(result->language_probabilities.size(), 99u);
    // The encoding of the first piece served both purposes.
    EXPECT_EQ(runner.encoded.size(), runner.calls.size());
    EXPECT_GE(runner.calls.size(), 4u);
    for (const SeenCall& call : runner.calls) {
      EXPECT_EQ(call.prompt, (std::vector<TokenId>{50258, 50261, 50359}));
    }
    ExpectHeard(sounds, result->segments);
  }
}

TEST_F(FixedSegmentationTest, AGivenLanguageIsNotDetected) {
  options_.language = "French";
  ScriptedRunner runner = Listener(many_);
  runner.windows_together = 2;
  FakeSource source(Render(RandomSounds(9, 50), 50));
  const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(runner.detections, 0);
  EXPECT_EQ(result->language, "fr");
  for (const SeenCall& call : runner.calls) {
    EXPECT_EQ(call.prompt, (std::vector<TokenId>{50258, 50265, 50359}));
  }
}

TEST_F(FixedSegmentationTest, SilentPiecesAreReportedInOrder) {
  std::vector<Sound> sounds = RandomSounds(10, 25);
  for (Sound sound : RandomSounds(11, 25)) {
    sounds.push_back({sound.begin + 130, sound.end + 130, sound.pitch});
  }
  ScriptedRunner runner = Listener(english_);
  runner.windows_together = 4;
  FakeSource source(Render(sounds, 155));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  ExpectHeard(sounds, result->segments);
  ASSERT_GE(result->dropped.size(), 3u);  // 100 s and more without a sound.
  double end = sounds[0].begin;
  for (const transcript::DroppedSpan& span : result->dropped) {
    EXPECT_EQ(span.reason, "no_speech");
    EXPECT_GE(span.start_seconds, end);
    EXPECT_GT(span.end_seconds, span.start_seconds);
    EXPECT_LE(span.end_seconds - span.start_seconds, 30);
    end = span.end_seconds;
    for (const Sound& sound : sounds) {
      EXPECT_TRUE(sound.end <= span.start_seconds + 0.05 || sound.begin >= span.end_seconds - 0.05);
    }
  }
  EXPECT_GT(end, 100);
}

TEST_F(FixedSegmentationTest, CancellationEndsEveryPiece) {
  const std::vector<Sound> sounds = RandomSounds(12, 200);
  for (int cancel_at : {1, 2, 5}) {
    for (int together : {1, 3}) {
      SCOPED_TRACE(testing::Message() << cancel_at << " of " << together);
      std::stop_source stop;
      ScriptedRunner runner = Listener(english_);
      runner.windows_together = together;
      std::atomic<int> encodes{0};
      runner.on_encode = [&] {
        if (++encodes == cancel_at) stop.request_stop();
      };
      FakeSource source(Render(sounds, 200));
      const auto result =
          english_policy_.Transcribe(source, options_, runner, {}, stop.get_token());
      ASSERT_FALSE(result.ok());
      EXPECT_EQ(result.status().code(), StatusCode::kCancelled);
      // No piece starts afterwards but those that were about to.
      EXPECT_LE(encodes, cancel_at + together);
    }
  }
}

TEST_F(FixedSegmentationTest, ABrokenSourceIsTranscribedToItsEndAndThenReported) {
  const std::vector<Sound> sounds = RandomSounds(13, 75);
  ScriptedRunner runner = Listener(english_);
  runner.windows_together = 3;
  std::vector<transcript::Segment> handed_out;
  RecognitionCallbacks callbacks;
  callbacks.segment = [&](const transcript::Segment& s) { handed_out.push_back(s); };
  FakeSource source(Render(sounds, 75));
  source.end_status = DataLossError("breaks off");
  const auto result = english_policy_.Transcribe(source, options_, runner, callbacks, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kDataLoss);
  ExpectHeard(sounds, handed_out);
}

TEST_F(FixedSegmentationTest, PiecesStayInsideTheirClips) {
  const std::vector<Sound> sounds = RandomSounds(14, 120);
  options_.clips = {{sounds[2].begin - 0.1, sounds[20].end + 0.1},
                    {sounds[30].begin - 0.1, sounds[33].end + 0.1},
                    {500, 600}};
  std::vector<Sound> inside(sounds.begin() + 2, sounds.begin() + 21);
  inside.insert(inside.end(), sounds.begin() + 30, sounds.begin() + 34);
  ASSERT_GT(sounds[20].end - sounds[2].begin, 30) << "the first clip needs several pieces";
  ScriptedRunner runner = Listener(english_);
  runner.windows_together = 3;
  FakeSource source(Render(sounds, 120));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  ExpectHeard(inside, result->segments);
  EXPECT_DOUBLE_EQ(result->duration_seconds, 120);
  EXPECT_GE(runner.encoded.size(), 3u);
}

TEST_F(FixedSegmentationTest, EveryPieceStartsFromTheInitialPromptAlone) {
  options_.initial_prompt = "names";
  ScriptedRunner runner = Listener(english_);
  runner.windows_together = 2;
  const std::vector<Sound> sounds = RandomSounds(15, 100);
  FakeSource source(Render(sounds, 100));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  std::vector<TokenId> prompt = {english_.special().start_of_previous};
  for (TokenId id : english_.Encode(" names")) prompt.push_back(id);
  prompt.push_back(english_.special().start_of_transcript);
  ASSERT_GE(runner.calls.size(), 4u);
  for (const SeenCall& call : runner.calls) EXPECT_EQ(call.prompt, prompt);
}

// A text that ends in the middle of its piece: the rest is another window, with the text before it.
TEST_F(FixedSegmentationTest, APieceMayTakeSeveralWindows) {
  const std::vector<Sound> sounds = RandomSounds(16, 70);
  std::atomic<int> cut_short{0};
  ScriptedRunner runner(english_, [&](const SeenCall& seen) {
    ScriptedCall call = Listen(english_, seen);
    if (seen.prompt.size() > 1 || call.tokens.size() < 16) return call;
    // Three sounds, and the start of what follows them.
    ++cut_short;
    call.tokens.resize(12);
    call.tokens.push_back(call.tokens.back());
    return call;
  });
  runner.windows_together = 2;
  FakeSource source(Render(sounds, 70));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_GE(cut_short, 2);
  ExpectHeard(sounds, result->segments);
}

TEST_F(FixedSegmentationTest, AnAnswerDoesNotDependOnHowManyRunTogether) {
  const std::vector<Sound> sounds = RandomSounds(17, 160);
  options_.temperatures = {0.4f, 0.8f};
  std::vector<std::vector<uint64_t>> seeds;
  for (int together : {1, 2, 6}) {
    ScriptedRunner runner = Listener(english_);
    runner.windows_together = together;
    FakeSource source(Render(sounds, 160));
    ASSERT_TRUE(english_policy_.Transcribe(source, options_, runner, {}, {}).ok());
    std::vector<uint64_t>& seen = seeds.emplace_back();
    for (const SeenCall& call : runner.calls) seen.push_back(call.seed);
    std::sort(seen.begin(), seen.end());
  }
  EXPECT_GE(seeds[0].size(), 6u);
  EXPECT_EQ(seeds[0], seeds[1]);
  EXPECT_EQ(seeds[0], seeds[2]);
  // Each window has random numbers of its own.
  EXPECT_EQ(std::adjacent_find(seeds[0].begin(), seeds[0].end()), seeds[0].end());
}

TEST_F(FixedSegmentationTest, NothingToHear) {
  for (size_t num_samples : {0, 1, 399}) {
    ScriptedRunner runner = Listener(many_);
    FakeSource source(std::vector<float>(num_samples, 0.0f));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->segments.empty());
    EXPECT_TRUE(runner.encoded.empty());
  }
}

TEST_F(FixedSegmentationTest, AFirstClipWithoutAudioDoesNotKeepTheLanguageFromTheNext) {
  const std::vector<Sound> sounds = {{2, 3, 1}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kFixed}) {
    options_.segmentation = segmentation;
    options_.clips = {{1.001, 1.004}, {1.5, 4}};  // Less than half a frame.
    ScriptedRunner runner = Listener(many_);
    FakeSource source(Render(sounds, 5));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->language, "de");
    EXPECT_EQ(runner.detections, 1);
    ASSERT_EQ(runner.calls.size(), 1u);
    EXPECT_EQ(runner.calls[0].prompt, (std::vector<TokenId>{50258, 50261, 50359}));
    ExpectHeard(sounds, result->segments);
  }
}

TEST_F(FixedSegmentationTest, NoClipHoldsAFrame) {
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kFixed}) {
    options_.segmentation = segmentation;
    options_.clips = {{1.001, 1.004}};
    ScriptedRunner runner = Listener(many_);
    FakeSource source(Render({{0, 5, 1}}, 5));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->segments.empty());
    EXPECT_TRUE(runner.encoded.empty());
    EXPECT_DOUBLE_EQ(result->duration_seconds, 5);
  }
}

// Reference features need the whole recording and its windows in order.
TEST_F(FixedSegmentationTest, TheReferenceKnowsNeitherPiecesNorShortWindows) {
  options_.reference = true;
  EXPECT_EQ(english_policy_.CheckOptions(options_).code(), StatusCode::kInvalidArgument);
  options_.segmentation = Segmentation::kSequential;
  EXPECT_TRUE(english_policy_.CheckOptions(options_).ok());
  options_.fit_windows = true;
  EXPECT_EQ(english_policy_.CheckOptions(options_).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace ironscribe::models::whisper
