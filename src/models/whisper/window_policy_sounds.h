// For tests: recordings of tones with pauses between them, and a script that stands in for the
// model by listening to the features. Whoever hears the pieces of a recording must find all of it,
// once, at its place.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numbers>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "models/whisper/window_policy.h"
#include "models/whisper/window_policy_fakes.h"
#include "models/whisper/window_policy_seek.h"

namespace ironscribe::models::whisper {
inline constexpr size_t kRate = 16000;
inline constexpr size_t kMels = 80;
inline constexpr size_t kWindowFrames = 3000;
inline constexpr int kNumPitches = 8;

// A stretch of one tone, in seconds.
struct Sound {
  double begin = 0;
  double end = 0;
  int pitch = 0;
};

// Sounds as long as short utterances, with pauses between them.
inline std::vector<Sound> RandomSounds(uint64_t seed, double seconds) {
  Random random(seed);
  std::vector<Sound> sounds;
  for (double at = 0.5;;) {
    const double end = at + 0.4 + 3 * random.NextUnit();
    if (end > seconds - 0.3) return sounds;
    sounds.push_back({at, end, static_cast<int>(random.Next() % kNumPitches)});
    at = end + 0.3 + random.NextUnit();
  }
}

// Tones with a little noise: energy in every band, as speech has.
inline std::vector<float> Render(const std::vector<Sound>& sounds, double seconds) {
  Random random(1);
  std::vector<float> samples(static_cast<size_t>(seconds * kRate), 0.0f);
  for (const Sound& sound : sounds) {
    const double step = 2 * std::numbers::pi * 250 * (1 + sound.pitch) / kRate;
    for (auto i = static_cast<size_t>(sound.begin * kRate);
         i < static_cast<size_t>(sound.end * kRate); ++i) {
      samples[i] = static_cast<float>(0.3 * std::sin(step * static_cast<double>(i)) +
                                      0.02 * (random.NextUnit() - 0.5));
    }
  }
  return samples;
}

// The loudest band of a frame, or -1 when the frame is silent: two powers of ten below the loudest
// of the window, or padding.
inline int Hear(std::span<const float> frame, float loudest) {
  const auto best = std::max_element(frame.begin(), frame.end());
  return *best == 0 || *best < loudest - 0.5f ? -1 : static_cast<int>(best - frame.begin());
}

class SoundsTest : public testing::Test {
 protected:
  SoundsTest() {
    for (int pitch = 0; pitch < kNumPitches; ++pitch) {
      const std::vector<float> samples = Render({{0, 0.5, pitch}}, 0.5);
      std::vector<float> frame(kMels);
      log_mel_.LogEnergies(samples, 20, 1, frame);
      pitch_of_band_[static_cast<size_t>(Hear(frame, frame[0]))] = pitch;
    }
  }

  // " a" for the first pitch, " b" for the second, each between its times.
  ScriptedCall Listen(const text::Tokenizer& tokenizer, const SeenCall& seen) const {
    const std::vector<float>& features = seen.window->features;
    const float loudest = *std::max_element(features.begin(), features.end());
    // Without a sound even the padding is louder.
    if (loudest <= 0) {
      return {.tokens = {}, .average_log_probability = -2, .no_speech_probability = 0.9};
    }
    const TokenId time = tokenizer.special().timestamp_begin;
    ScriptedCall call;
    const auto frames = static_cast<int>(features.size() / kMels);
    int previous = -1, begin = 0;
    for (int frame = 0; frame <= frames; ++frame) {
      const int band =
          frame == frames
              ? -1
              : Hear(std::span(features).subspan(static_cast<size_t>(frame) * kMels, kMels),
                     loudest);
      if ((band < 0) == (previous < 0)) continue;
      if (band >= 0) {
        begin = frame;
      } else {
        // A tone's middle is the purest.
        const auto middle = static_cast<size_t>((begin + frame) / 2);
        const int heard = Hear(std::span(features).subspan(middle * kMels, kMels), loudest);
        const char letter =
            static_cast<char>('a' + pitch_of_band_[static_cast<size_t>(std::max(heard, 0))]);
        call.tokens.push_back(time + begin / 2);
        for (TokenId id : tokenizer.Encode(std::string(" ") + letter)) call.tokens.push_back(id);
        call.tokens.push_back(time + frame / 2);
      }
      previous = band;
    }
    return call;
  }

  // Ends its work after others that began later, now and then.
  ScriptedRunner Listener(const text::Tokenizer& tokenizer) {
    return ScriptedRunner(tokenizer, [&](const SeenCall& seen) {
      if (num_calls_++ % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      return Listen(tokenizer, seen);
    });
  }

  static void ExpectHeard(const std::vector<Sound>& sounds,
                          const std::vector<transcript::Segment>& segments) {
    std::string heard;
    for (const transcript::Segment& segment : segments) {
      heard += fmt::format("{}-{}{} ", segment.start_seconds, segment.end_seconds, segment.text);
    }
    ASSERT_EQ(segments.size(), sounds.size()) << heard;
    for (size_t i = 0; i < sounds.size(); ++i) {
      const transcript::Segment& segment = segments[i];
      EXPECT_EQ(segment.id, static_cast<int>(i));
      EXPECT_EQ(segment.text, std::string(" ") + static_cast<char>('a' + sounds[i].pitch)) << i;
      // A text with one pair of times begins where its window does, as in the reference.
      if (std::fabs(segment.start_seconds - FrameSeconds(segment.seek_frames)) < 1e-6) {
        EXPECT_LE(segment.start_seconds, sounds[i].begin + 0.05) << i;
        EXPECT_GE(segment.start_seconds, (i > 0 ? sounds[i - 1].end : 0.0) - 0.05) << i;
      } else {
        EXPECT_NEAR(segment.start_seconds, sounds[i].begin, 0.05) << i;
      }
      EXPECT_NEAR(segment.end_seconds, sounds[i].end, 0.05) << i;
    }
  }

  ByteTokenizer english_{false};
  ByteTokenizer many_{true};
  dsp::LogMel log_mel_{80};
  WindowPolicy english_policy_{english_, log_mel_};
  WindowPolicy many_policy_{many_, log_mel_};
  DecodingOptions options_;
  std::vector<int> pitch_of_band_ = std::vector<int>(kMels, 25);  // 'z': not one of ours.
  std::atomic<int> num_calls_{0};
};

}  // namespace ironscribe::models::whisper
