// Whisper's forward pass as plainly as it can be written, in double precision: what the fast one is
// held against in tests. Follows Radford et al. 2022 and shares no code with the engine.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "formats/testing/checkpoint_writer.h"
#include "models/whisper/config.h"

namespace ironscribe::models::whisper {

class NaiveWhisper {
 public:
  // Tensors by openai/whisper's names.
  NaiveWhisper(formats::testing::Checkpoint checkpoint, const Dimensions& dims)
      : checkpoint_(std::move(checkpoint)), dims_(dims) {}

  // After each token, the log-probabilities of the whole vocabulary. `silence`, if not empty, is a
  // whole window: what it holds behind the features is attended to in every layer, but is itself
  // encoded without them.
  std::vector<std::vector<double>> LogProbabilities(std::span<const float> features,
                                                    std::span<const int32_t> tokens,
                                                    std::span<const float> silence = {}) const;

  // [tokens, heads, frames] scores of the given (layer, head) before the softmax.
  std::vector<double> CrossScores(std::span<const float> features, std::span<const int32_t> tokens,
                                  const std::vector<std::pair<int, int>>& heads,
                                  std::span<const float> silence = {}) const;

 private:
  using Rows = std::vector<std::vector<double>>;

  const std::vector<float>& Values(const std::string& name) const;
  bool Has(const std::string& name) const;
  Rows Linear(const std::string& name, const Rows& x) const;
  Rows Norm(const std::string& name, const Rows& x) const;
  Rows Convolve(const std::string& name, const Rows& x, size_t stride) const;
  Rows Attend(const std::string& name, const Rows& x, const Rows& memory, bool causal,
              std::vector<Rows>* scores) const;
  void FeedForward(const std::string& name, Rows& x) const;
  Rows Embed(std::span<const float> features) const;
  Rows Encode(std::span<const float> features, std::span<const float> silence) const;
  Rows Decode(const Rows& audio, std::span<const int32_t> tokens,
              std::vector<std::vector<Rows>>* scores) const;

  formats::testing::Checkpoint checkpoint_;
  Dimensions dims_;
};

}  // namespace ironscribe::models::whisper
