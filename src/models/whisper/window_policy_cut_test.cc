#include "models/whisper/window_policy_cut.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "base/random.h"

namespace ironscribe::models::whisper {
namespace {

constexpr int kMels = 4;
constexpr float kSpeech = 0, kSilence = -6;

// Energies in which every frame is as loud as said, in all bands.
class Energies {
 public:
  explicit Energies(size_t frames, float level = kSpeech) : values_(frames * kMels, level) {}

  Energies& Set(size_t begin, size_t end, float level) {
    for (size_t i = begin * kMels; i < end * kMels; ++i) values_[i] = level;
    return *this;
  }
  std::vector<float>& values() { return values_; }
  int64_t Cut(const CutLimits& limits) const { return QuietestCut(values_, kMels, limits); }

 private:
  std::vector<float> values_;
};

TEST(QuietestCut, TheMiddleOfTheOnlyPause) {
  EXPECT_NEAR(Energies(300).Set(220, 260, kSilence).Cut({200, 300}), 240, 1);
  EXPECT_NEAR(Energies(300).Set(201, 240, kSilence).Cut({200, 300}), 220, 1);
}

TEST(QuietestCut, TheLastOfPausesThatAreAlike) {
  Energies energies(600);
  energies.Set(210, 240, kSilence).Set(300, 330, kSilence).Set(500, 530, kSilence);
  EXPECT_NEAR(energies.Cut({200, 600}), 515, 1);
  // A little louder counts as alike, much louder does not.
  energies.Set(500, 530, kSilence + 0.5f);
  EXPECT_NEAR(energies.Cut({200, 600}), 515, 1);
  energies.Set(500, 530, kSpeech - 1);
  EXPECT_NEAR(energies.Cut({200, 600}), 315, 1);
}

TEST(QuietestCut, WhatLiesOutsideTheLimitsDoesNotCount) {
  Energies energies(600);
  energies.Set(0, 190, kSilence).Set(300, 330, kSilence - 1).Set(420, 600, 2 * kSilence);
  EXPECT_NEAR(energies.Cut({200, 400}), 315, 1);
}

// The closure of a stop consonant is silent but short.
TEST(QuietestCut, ShortGapsAreNotPauses) {
  Energies energies(600);
  energies.Set(250, 280, kSilence).Set(500, 508, kSilence);
  EXPECT_NEAR(energies.Cut({200, 600}), 265, 1);
}

TEST(QuietestCut, LoudInOneBandIsNotSilent) {
  Energies energies(600);
  energies.Set(250, 280, kSilence).Set(500, 530, kSilence);
  for (size_t frame = 500; frame < 530; ++frame) energies.values()[frame * kMels + 1] = 4;
  EXPECT_NEAR(energies.Cut({200, 600}), 265, 1);
}

// Digital silence, or a steady tone: everything is as quiet as the quietest.
TEST(QuietestCut, WithoutAnyDifferenceTheMiddle) {
  for (float level : {-10.0f, -9.7f, -0.3f, 0.1f, 3.3f}) {
    for (int64_t max : {300, 301, 1000, 3000}) {
      const int64_t min = 2 * max / 3;
      EXPECT_NEAR(Energies(static_cast<size_t>(max), level).Cut({min, max}), (min + max) / 2, 1)
          << level << " " << max;
    }
  }
}

TEST(QuietestCut, LimitsOfOneFrame) {
  EXPECT_EQ(Energies(300).Cut({300, 300}), 300);
  EXPECT_EQ(Energies(300).Cut({1, 1}), 1);
}

TEST(QuietestCut, AnyEnergiesAreCutBetweenTheLimitsAndInAQuietPlace) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random.Next() % bound); };
    const int64_t max = 1 + below(700), min = 1 + below(static_cast<uint64_t>(max));
    Energies energies(static_cast<size_t>(max + below(50)));
    // Steps of noise: loudness that stays for some frames.
    float level = 0;
    for (float& value : energies.values()) {
      if (random.NextUnit() < 0.01) level = static_cast<float>(random.NextUnit() * 8 - 8);
      value = level + static_cast<float>(random.NextUnit() * 0.5);
    }
    const int64_t cut = energies.Cut({min, max});
    EXPECT_GE(cut, min);
    EXPECT_LE(cut, max);
    // By definition, written down once more: no cut behind this one is quieter than it by more than
    // the tolerance; and louder everywhere by a constant changes nothing.
    const auto around = [&](int64_t frame) {
      float loudest = -100;
      for (int64_t at = std::max<int64_t>(0, frame - 10); at < std::min(max, frame + 10); ++at) {
        float sum = 0;
        for (int band = 0; band < kMels; ++band) {
          sum += energies.values()[static_cast<size_t>(at * kMels + band)];
        }
        loudest = std::max(loudest, sum / kMels);
      }
      return loudest;
    };
    float quietest = 100, mean = 0;
    for (int64_t frame = min; frame <= max; ++frame) {
      quietest = std::min(quietest, around(frame));
      mean += around(frame) / static_cast<float>(max - min + 1);
    }
    constexpr float kRounding = 1e-3f;
    EXPECT_LE(around(cut), quietest + 0.25f * (mean - quietest) + kRounding);
    for (float& value : energies.values()) value += 0.25f;
    EXPECT_EQ(energies.Cut({min, max}), cut);
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
