// From samples to scores: features, i-vectors and network of one stream. The search must not be
// run ahead of: before each block it says what its best path thinks is silence.
//
// One owner, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "dsp/kaldi_features.h"
#include "models/kaldi/ivector.h"
#include "models/kaldi/network_plan.h"

namespace ironscribe::models::kaldi {

// Immutable; shared by streams.
struct AcousticParts {
  std::shared_ptr<const dsp::KaldiFeatures> features;
  std::shared_ptr<const NetworkPlan> network;
  std::shared_ptr<const IvectorModel> ivectors;  // May be null.
  int frame_subsampling = 3;
  double output_seconds = 0.03;  // From one output frame to the next.
};

class AcousticStream {
 public:
  explicit AcousticStream(const AcousticParts& parts);

  // Samples at the scale of 16-bit integers.
  void Accept(std::span<const float> samples);
  // No more will come.
  void Finish();

  // Input frames that have all the context that i-vectors want.
  int64_t frames_ready() const;
  void ChangeWeights(std::span<const std::pair<int64_t, float>> changes);

  // Output frames whose scores can be had now.
  int64_t outputs_ready() const;
  // Scores by pdf. Requires: output frames are asked for in order, each below outputs_ready().
  std::span<const float> Scores(int64_t output);

 private:
  void ComputeChunk();

  AcousticParts parts_;
  dsp::KaldiFeatureStream features_;
  std::unique_ptr<IvectorStream> ivectors_;
  NetworkState network_;
  bool finished_ = false;
  // Frames from first_frame_ on; earlier ones are in the network.
  std::vector<float> frames_;
  int64_t first_frame_ = 0;
  int64_t num_frames_ = 0;
  std::vector<float> input_;
  std::span<const float> chunk_scores_;
  int64_t chunks_done_ = 0;
};

}  // namespace ironscribe::models::kaldi
