// For tests: a model of voice activity that needs no weights.
#pragma once

#include <cmath>
#include <memory>
#include <span>

#include "base/check.h"
#include "models/voice_activity.h"

namespace ironscribe::models {

// The probability of speech is the mean of a frame, between 0 and 1.
class MeanModel : public VoiceActivityModel {
 public:
  static constexpr int kFrameSamples = 512;

  std::string_view family() const override { return "mean"; }
  int frame_samples() const override { return kFrameSamples; }
  std::unique_ptr<VoiceActivityState> NewState() const override {
    return std::make_unique<VoiceActivityState>();
  }
  std::unique_ptr<VoiceActivityScratch> NewScratch() const override {
    return std::make_unique<VoiceActivityScratch>();
  }
  void Advance(std::span<const VoiceActivityRun> runs, VoiceActivityScratch&) const override {
    for (const VoiceActivityRun& run : runs) {
      IRONSCRIBE_CHECK(run.samples.size() == run.probabilities.size() * kFrameSamples);
      for (size_t i = 0; i < run.probabilities.size(); ++i) {
        run.probabilities[i] = Probability(run.samples.subspan(i * kFrameSamples, kFrameSamples));
      }
    }
  }

 protected:
  virtual float Probability(std::span<const float> frame) const {
    float sum = 0;
    for (float sample : frame) sum += sample;
    return sum / kFrameSamples;
  }
};

// Whatever is loud is speech.
class LoudnessModel final : public MeanModel {
 protected:
  float Probability(std::span<const float> frame) const override {
    float sum = 0;
    for (float sample : frame) sum += sample * sample;
    return sum / kFrameSamples > 1e-4f ? 0.9f : 0.01f;
  }
};

}  // namespace ironscribe::models
