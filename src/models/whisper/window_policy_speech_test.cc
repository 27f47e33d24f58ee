// Recordings of which only what holds speech is transcribed, and text that nobody said.
#include "models/stub_voice_activity.h"
#include "models/whisper/window_policy_sounds.h"

namespace ironscribe::models::whisper {
namespace {

class SpeechSegmentationTest : public SoundsTest {
 protected:
  SpeechSegmentationTest() { options_.segmentation = Segmentation::kVoiceActivity; }

  static void GiveEars(ScriptedRunner& runner, int together = 3) {
    runner.voice = std::make_shared<LoudnessModel>();
    runner.windows_together = together;
  }

  // Groups of sounds with long silence between them.
  static std::vector<Sound> Islands(uint64_t seed, int count, double silence_seconds) {
    std::vector<Sound> sounds;
    double at = 0;
    for (int i = 0; i < count; ++i) {
      for (const Sound& sound : RandomSounds(seed + static_cast<uint64_t>(i), 12)) {
        sounds.push_back({sound.begin + at, sound.end + at, sound.pitch});
      }
      at += 12 + silence_seconds;
    }
    return sounds;
  }
};

TEST_F(SpeechSegmentationTest, NothingIsLostAndTimesAreThoseOfTheRecording) {
  for (const double silence : {0.0, 2.0, 20.0, 70.0}) {
    for (bool fit : {false, true}) {
      for (int together : {1, 4}) {
        SCOPED_TRACE(testing::Message() << silence << " s of silence, " << (fit ? "fitted, " : "")
                                        << together << " together");
        options_.fit_windows = fit;
        const std::vector<Sound> sounds = Islands(20, 7, silence);
        const double seconds = sounds.back().end + 1 + silence;
        ScriptedRunner runner = Listener(english_);
        GiveEars(runner, together);
        std::vector<double> progress;
        RecognitionCallbacks callbacks;
        callbacks.progress = [&](double done) { progress.push_back(done); };
        FakeSource source(Render(sounds, seconds));
        const auto result = english_policy_.Transcribe(source, options_, runner, callbacks, {});
        ASSERT_TRUE(result.ok()) << result.status().ToString();
        ExpectHeard(sounds, result->segments);
        EXPECT_NEAR(result->duration_seconds, seconds, 1e-4);
        EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
        // Of 84 s with sounds at most that much is encoded, in windows that are nearly full where
        // what belongs together is less than a minute apart.
        EXPECT_LE(runner.encoded.size(), silence < 60 ? 5u : 7u);
      }
    }
  }
}

TEST_F(SpeechSegmentationTest, SilenceAloneIsNotEncoded) {
  ScriptedRunner runner = Listener(many_);
  GiveEars(runner);
  FakeSource source(std::vector<float>(100 * kRate, 0.0f));
  const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(runner.encoded.empty());
  EXPECT_EQ(result->text, "");
  EXPECT_DOUBLE_EQ(result->duration_seconds, 100);
}

TEST_F(SpeechSegmentationTest, TheLanguageIsDetectedWhereThereIsSpeech) {
  std::vector<Sound> sounds;
  for (Sound sound : RandomSounds(31, 25)) {
    sounds.push_back({sound.begin + 65, sound.end + 65, sound.pitch});
  }
  ScriptedRunner runner = Listener(many_);
  GiveEars(runner);
  FakeSource source(Render(sounds, 100));
  const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(runner.detections, 1);
  EXPECT_EQ(result->language, "de");
  ExpectHeard(sounds, result->segments);
}

// Low tones are German, high ones French; the language changes in a pause.
TEST_F(SpeechSegmentationTest, EachPartKeepsItsLanguage) {
  std::vector<Sound> sounds;
  double at = 0;
  for (int part = 0; part < 4; ++part) {
    for (Sound sound : RandomSounds(60 + static_cast<uint64_t>(part), 18)) {
      const int pitch = sound.pitch % 2 + (part % 2 == 0 ? 0 : 6);
      sounds.push_back({sound.begin + at, sound.end + at, pitch});
    }
    at += 30;
  }
  options_.language_per_segment = true;
  for (Segmentation segmentation :
       {Segmentation::kVoiceActivity, Segmentation::kFixed, Segmentation::kSequential}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner = Listener(many_);
    GiveEars(runner);
    runner.spoken_language = [&](const ScriptedEncoding& window) {
      const std::span<const float> features(window.features);
      const float loudest = *std::max_element(features.begin(), features.end());
      for (size_t frame = 0; frame * kMels < features.size(); ++frame) {
        const int band = Hear(features.subspan(frame * kMels, kMels), loudest);
        const int pitch = band < 0 ? -1 : pitch_of_band_[static_cast<size_t>(band)];
        if (pitch >= 0 && pitch < kNumPitches) return pitch < 4 ? "de" : "fr";
      }
      return "en";
    };
    FakeSource source(Render(sounds, 110));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    EXPECT_EQ(result->language, "de");
    ExpectHeard(sounds, result->segments);
    for (const transcript::Segment& segment : result->segments) {
      EXPECT_EQ(segment.language, segment.text < " e" ? "de" : "fr") << segment.start_seconds;
    }
  }
}

// A window that reaches over the change is labelled by what there is more of.
TEST_F(SpeechSegmentationTest, APieceEndsWhereTheLanguageMayChange) {
  const std::vector<Sound> sounds = {{0.5, 3, 0}, {4.6, 6, 6}, {6.2, 7, 7}, {7.2, 9.5, 6}};
  options_.language_per_segment = true;
  for (Segmentation segmentation : {Segmentation::kFixed, Segmentation::kSequential}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner = Listener(many_);
    GiveEars(runner);
    runner.spoken_language = [&](const ScriptedEncoding& window) {
      const std::span<const float> features(window.features);
      const float loudest = *std::max_element(features.begin(), features.end());
      int german = 0, french = 0;
      for (size_t frame = 0; frame * kMels < features.size(); ++frame) {
        const int band = Hear(features.subspan(frame * kMels, kMels), loudest);
        const int pitch = band < 0 ? -1 : pitch_of_band_[static_cast<size_t>(band)];
        if (pitch >= 0 && pitch < kNumPitches) ++(pitch < 4 ? german : french);
      }
      return german > french ? "de" : "fr";
    };
    FakeSource source(Render(sounds, 11));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    ExpectHeard(sounds, result->segments);
    for (const transcript::Segment& segment : result->segments) {
      EXPECT_EQ(segment.language, segment.text < " e" ? "de" : "fr") << segment.start_seconds;
    }
  }
}

TEST_F(SpeechSegmentationTest, AClearLanguageIsNotLookedForFurtherOn) {
  ScriptedRunner runner = Listener(many_);
  GiveEars(runner);
  options_.segmentation = Segmentation::kSequential;
  options_.languages = {"de", "fr"};
  int windows = 0;
  // German, then French twice.
  runner.spoken_language = [&](const ScriptedEncoding&) { return windows++ == 0 ? "de" : "fr"; };
  FakeSource source(Render(RandomSounds(70, 100), 100));
  const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->language, "de");
  EXPECT_EQ(runner.detections, 1) << "the first window left no doubt";
  ASSERT_EQ(result->language_probabilities.size(), 2u);
  EXPECT_NEAR(
      result->language_probabilities[0].probability + result->language_probabilities[1].probability,
      1, 1e-5);
}

TEST_F(SpeechSegmentationTest, ALanguageInDoubtIsLookedForInFourWindows) {
  for (Segmentation segmentation :
       {Segmentation::kSequential, Segmentation::kFixed, Segmentation::kVoiceActivity}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner = Listener(many_);
    GiveEars(runner);
    runner.spoken_log_probability = -0.7f;
    // German in the first window, French in those behind it: the answer is of all.
    int detected = 0;
    runner.spoken_language = [&](const ScriptedEncoding&) {
      // Asked for each of the vocabulary's languages at once, so once a window.
      return detected++ == 0 ? "de" : "fr";
    };
    FakeSource source(Render(RandomSounds(71, 150), 150));
    const auto result = many_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(runner.detections, 4);
    EXPECT_EQ(result->language, "fr");
  }
}

TEST_F(SpeechSegmentationTest, NoTextReachesBehindTheAudioOfItsWindow) {
  for (Segmentation segmentation :
       {Segmentation::kSequential, Segmentation::kFixed, Segmentation::kVoiceActivity}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(english_, [&](const SeenCall&) {
      ScriptedCall call;
      call.tokens = english_.Encode(" y");
      const TokenId time = english_.special().timestamp_begin;
      call.tokens.insert(call.tokens.begin(), time + 100);
      call.tokens.push_back(time + 1500);
      return call;
    });
    GiveEars(runner);
    FakeSource source(Render({{1, 9, 1}}, 12));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(result->segments.size(), 1u);
    EXPECT_LE(result->segments[0].end_seconds, 12);
    EXPECT_LT(result->segments[0].start_seconds, result->segments[0].end_seconds);
  }
}

TEST_F(SpeechSegmentationTest, SpeechOutsideTheClipsIsLeftAlone) {
  const std::vector<Sound> sounds = Islands(40, 5, 10);
  // The second and the fourth island.
  options_.clips = {{21, 35}, {65, 79}};
  std::vector<Sound> inside;
  for (const Sound& sound : sounds) {
    if ((sound.begin > 21 && sound.end < 35) || (sound.begin > 65 && sound.end < 79)) {
      inside.push_back(sound);
    }
  }
  ScriptedRunner runner = Listener(english_);
  GiveEars(runner);
  FakeSource source(Render(sounds, 110));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  ASSERT_GE(inside.size(), 6u);
  ExpectHeard(inside, result->segments);
}

TEST_F(SpeechSegmentationTest, ARecordingThatBreaksOffIsTranscribedToItsEnd) {
  const std::vector<Sound> sounds = Islands(50, 3, 5);
  ScriptedRunner runner = Listener(english_);
  GiveEars(runner);
  std::vector<transcript::Segment> handed_out;
  RecognitionCallbacks callbacks;
  callbacks.segment = [&](const transcript::Segment& s) { handed_out.push_back(s); };
  FakeSource source(Render(sounds, sounds.back().end + 0.1));
  source.end_status = DataLossError("breaks off");
  const auto result = english_policy_.Transcribe(source, options_, runner, callbacks, {});
  EXPECT_EQ(result.status().code(), StatusCode::kDataLoss);
  ExpectHeard(sounds, handed_out);
}

TEST_F(SpeechSegmentationTest, NeedsAModel) {
  ScriptedRunner runner = Listener(english_);
  FakeSource source(std::vector<float>(kRate, 0.0f));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_EQ(result.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(result.status().message().find("models pull silero-vad"), std::string::npos);
}

class GuardTest : public SpeechSegmentationTest {
 protected:
  GuardTest() { options_.segmentation = Segmentation::kSequential; }

  // Its judge decides by the model's own times.
  void Equip(ScriptedRunner& runner) const {
    runner.voice = std::make_shared<LoudnessModel>();
    runner.text_judge = &judge_;
    runner.token_frames = {};
  }

  ScriptedJudge judge_;
};

TEST_F(GuardTest, SilentWindowsAreNotDecodedAndAreReported) {
  const std::vector<Sound> sounds = {{70, 72, 1}};
  for (bool guard : {true, false}) {
    options_.guard = guard;
    ScriptedRunner runner = Listener(english_);
    Equip(runner);
    FakeSource source(Render(sounds, 80));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ExpectHeard(sounds, result->segments);
    EXPECT_EQ(runner.calls.size() > 1, !guard);
    if (!guard) continue;
    ASSERT_GE(result->dropped.size(), 2u);
    EXPECT_EQ(result->dropped[0].reason, "no_voice");
    EXPECT_EQ(result->dropped[0].start_seconds, 0);
  }
}

// Models invent text for zeros too.
TEST_F(GuardTest, WithoutEarsWindowsWithoutSoundAreNotDecoded) {
  for (bool guard : {true, false}) {
    options_.guard = guard;
    ScriptedRunner runner = Listener(english_);
    Equip(runner);
    runner.voice = nullptr;
    FakeSource source(std::vector<float>(65 * 16000));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(runner.calls.empty(), guard);
    if (!guard) continue;
    ASSERT_FALSE(result->dropped.empty());
    EXPECT_EQ(result->dropped[0].reason, "no_voice");
    EXPECT_EQ(result->dropped[0].start_seconds, 0);
    EXPECT_DOUBLE_EQ(result->dropped.back().end_seconds, 65);
  }
}

// A sound, however slight, is the model's business.
TEST_F(GuardTest, WithoutEarsAFaintClickIsHeard) {
  ScriptedRunner runner = Listener(english_);
  Equip(runner);
  runner.voice = nullptr;
  std::vector<float> samples(20 * 16000);
  samples[10 * 16000] = 0.001f;
  FakeSource source(std::move(samples));
  ASSERT_TRUE(english_policy_.Transcribe(source, options_, runner, {}, {}).ok());
  EXPECT_FALSE(runner.calls.empty());
}

// A text where nothing is heard: the model made it up.
TEST_F(GuardTest, SegmentsWithoutSpeechAreDroppedAndTheOthersKept) {
  const std::vector<Sound> sounds = {{1, 5, 1}, {12, 18, 2}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kFixed}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(english_, [&](const SeenCall& seen) {
      ScriptedCall call = Listen(english_, seen);
      const TokenId time = english_.special().timestamp_begin;
      call.tokens.push_back(time + 1100);
      for (TokenId id : english_.Encode(" Thank you.")) call.tokens.push_back(id);
      call.tokens.push_back(time + 1200);
      return call;
    });
    Equip(runner);
    FakeSource source(Render(sounds, 29));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ExpectHeard(sounds, result->segments);
    EXPECT_EQ(result->text.find("Thank"), std::string::npos);
    ASSERT_GE(result->dropped.size(), 1u);
    EXPECT_EQ(result->dropped[0].reason, "no_voice");
    EXPECT_DOUBLE_EQ(result->dropped[0].start_seconds, 22);
    EXPECT_DOUBLE_EQ(result->dropped[0].end_seconds, 24);
  }
}

TEST_F(GuardTest, DoubtfulTextIsTriedAgainThenWithoutTheTextBefore) {
  judge_.doubted = " x x x";
  std::vector<float> temperatures;
  ScriptedRunner runner(english_, [&](const SeenCall& seen) {
    temperatures.push_back(seen.temperature);
    const TokenId time = english_.special().timestamp_begin;
    const bool has_context = seen.prompt.size() > 1;
    ScriptedCall call;
    call.tokens.push_back(time);
    for (TokenId id : english_.Encode(has_context ? " x x x" : " y")) call.tokens.push_back(id);
    call.tokens.push_back(time + 1500);
    return call;
  });
  Equip(runner);
  options_.temperatures = {0, 0.5f};
  FakeSource source(Render({{0, 59, 1}}, 60));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, " y y");
  EXPECT_EQ(temperatures, (std::vector<float>{0, 0, 0.5f, 0}));
}

// The model writes nonsense about windows with more than four sounds; shorter ones end at a pause.
TEST_F(GuardTest, DoubtfulTextIsTriedInAShorterWindow) {
  const std::vector<Sound> sounds = {{1, 4, 1},   {4.5, 8, 2},   {8.5, 14, 3},
                                     {15, 19, 4}, {19.5, 23, 5}, {23.5, 27, 6}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kVoiceActivity}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(english_, [&](const SeenCall& seen) {
      ScriptedCall call = Listen(english_, seen);
      if (call.tokens.size() <= 16) return call;
      const TokenId time = english_.special().timestamp_begin;
      call.tokens = {time};
      for (TokenId id : english_.Encode(" x x x")) call.tokens.push_back(id);
      call.tokens.push_back(time + 1400);
      return call;
    });
    Equip(runner);
    judge_.doubted = " x x x";
    FakeSource source(Render(sounds, 28));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ExpectHeard(sounds, result->segments);
    ASSERT_TRUE(result->speech.has_value());
    EXPECT_NEAR(result->speech->speech_seconds, 23, 0.5);
    EXPECT_EQ(result->speech->without_text_seconds, 0);
  }
}

// A sentence in half a second: the times are wrong, not the words.
TEST_F(GuardTest, ASegmentIsNotMeasuredByItsTimes) {
  judge_.most_characters_per_second = 20;
  ScriptedRunner runner(english_, [&](const SeenCall&) {
    const TokenId time = english_.special().timestamp_begin;
    ScriptedCall call;
    call.tokens.push_back(time);
    for (TokenId id : english_.Encode(" a sentence of forty letters and more")) {
      call.tokens.push_back(id);
    }
    call.tokens.insert(call.tokens.end(), {time + 25, time + 25});
    for (TokenId id : english_.Encode(" end")) call.tokens.push_back(id);
    call.tokens.push_back(time + 500);
    return call;
  });
  Equip(runner);
  FakeSource source(Render({{0, 10, 1}}, 10));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, " a sentence of forty letters and more end");
}

TEST_F(GuardTest, ALoopIsBrokenOffByTheSpeechThereIs) {
  ScriptedRunner runner(english_, [&](const SeenCall&) {
    ScriptedCall call;
    call.tokens.push_back(english_.special().timestamp_begin);
    for (int i = 0; i < 200; ++i) call.tokens.push_back(english_.Encode("x")[0]);
    return call;
  });
  Equip(runner);
  options_.temperatures = {0};
  FakeSource source(Render({{1, 4, 1}}, 30));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  // About three seconds of speech, ten tokens a second.
  EXPECT_GE(result->text.size(), 25u);
  EXPECT_LE(result->text.size(), 35u);
}

// The model skips what lies between the first and the last of many sounds; about windows with more
// silence than sound it says nothing at all.
TEST_F(GuardTest, SpeechThatAWindowHasNoTextForIsTranscribedOnItsOwn) {
  const std::vector<Sound> many = {{1, 4, 1}, {6, 9, 2}, {11, 14, 3}, {16, 19, 4}, {21, 24, 5}};
  const std::vector<Sound> few = {{10, 13, 1}};
  for (const std::vector<Sound>& sounds : {many, few}) {
    for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kFixed}) {
      options_.segmentation = segmentation;
      ScriptedRunner runner(english_, [&](const SeenCall& seen) {
        ScriptedCall call = Listen(english_, seen);
        if (call.tokens.size() > 16)
          call.tokens.erase(call.tokens.begin() + 4, call.tokens.end() - 4);
        const auto& features = seen.window->features;
        const auto padding = std::find_if(features.rbegin(), features.rend(),
                                          [](float value) { return value != 0; });
        const auto frames = static_cast<size_t>(features.rend() - padding) / kMels;
        if (sounds.size() == 1 && frames > 1000) {
          call = {.tokens = {}, .average_log_probability = -2, .no_speech_probability = 0.9};
        }
        return call;
      });
      Equip(runner);
      options_.temperatures = {0};
      FakeSource source(Render(sounds, 27));
      const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
      ASSERT_TRUE(result.ok());
      ExpectHeard(sounds, result->segments);
    }
  }
}

// A text that stops in the middle of the speech and says that nothing follows.
TEST_F(GuardTest, SpeechBehindAnEarlyEndIsAnotherWindow) {
  const std::vector<Sound> sounds = {{1, 4, 1}, {4.5, 8, 2}, {8.5, 14, 3}, {14.5, 19, 4}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kVoiceActivity}) {
    for (bool guard : {true, false}) {
      options_.segmentation = segmentation;
      options_.guard = guard;
      ScriptedRunner runner(english_, [&](const SeenCall& seen) {
        ScriptedCall call = Listen(english_, seen);
        if (call.tokens.size() > 8) call.tokens.resize(8);  // Two sounds.
        return call;
      });
      Equip(runner);
      FakeSource source(Render(sounds, 25));
      const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
      ASSERT_TRUE(result.ok());
      if (guard) {
        ExpectHeard(sounds, result->segments);
        // What is left of a sound at the begin of the next window is no text, and is reported.
        for (const transcript::DroppedSpan& span : result->dropped) {
          EXPECT_TRUE(span.reason == "repetition" || span.reason == "no_voice") << span.reason;
        }
      } else {
        EXPECT_EQ(result->segments.size(), 2u);
      }
    }
  }
}

// The model stops before the last sound, and makes nothing of that alone.
TEST_F(GuardTest, AShortRestIsHeardTogetherWithTheSegmentBeforeIt) {
  const std::vector<Sound> sounds = {{1, 4, 1}, {4.5, 8, 2}, {8.5, 12, 3}, {12.5, 14, 4}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kVoiceActivity}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(english_, [&](const SeenCall& seen) {
      ScriptedCall call = Listen(english_, seen);
      if (call.tokens.size() > 12) call.tokens.resize(12);  // Three sounds.
      if (call.tokens.size() < 8) {
        call = {.tokens = {}, .average_log_probability = -2, .no_speech_probability = 0.9};
      }
      return call;
    });
    Equip(runner);
    FakeSource source(Render(sounds, 15));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ExpectHeard(sounds, result->segments);
  }
}

// The times that the model writes cover a pause and the sound behind it; attention knows better.
TEST_F(GuardTest, SpeechUnderTheTimesOfAnotherTextIsFound) {
  const std::vector<Sound> sounds = {{1, 4, 1}, {12, 15, 2}};
  for (Segmentation segmentation : {Segmentation::kSequential, Segmentation::kFixed}) {
    options_.segmentation = segmentation;
    ScriptedRunner runner(english_, [&](const SeenCall& seen) {
      ScriptedCall call = Listen(english_, seen);
      if (call.tokens.size() > 4) {  // Both sounds: the text of one with the end of the other.
        call.tokens.erase(call.tokens.begin() + 3, call.tokens.end() - 1);
      }
      return call;
    });
    Equip(runner);
    // Each sound takes two tokens; the second window begins behind the first sound.
    runner.token_frames = [&](int i) {
      return runner.aligned.size() == 1 ? 50 + 80 * i : 390 + 75 * i;
    };
    FakeSource source(Render(sounds, 20));
    const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(result->segments.size(), 2u);
    EXPECT_EQ(result->segments[0].text, " b");
    EXPECT_LT(result->segments[0].end_seconds, 5);
    EXPECT_TRUE(result->segments[0].words.empty()) << "nobody asked for them";
    EXPECT_EQ(result->segments[1].text, " c");
    EXPECT_NEAR(result->segments[1].end_seconds, 15, 0.5);
  }
}

TEST_F(GuardTest, TheReferenceBelievesEverything) {
  options_.reference = true;
  ScriptedRunner runner(english_, [&](const SeenCall&) {
    ScriptedCall call;
    call.tokens.push_back(english_.special().timestamp_begin);
    for (TokenId id : english_.Encode(" z")) call.tokens.push_back(id);
    call.tokens.push_back(english_.special().timestamp_begin + 1500);
    return call;
  });
  Equip(runner);
  FakeSource source(std::vector<float>(30 * kRate, 0.0f));
  const auto result = english_policy_.Transcribe(source, options_, runner, {}, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, " z");
}

}  // namespace
}  // namespace ironscribe::models::whisper
