// How much each frame counts for the i-vector: little where the search thinks it is silence. It
// follows the search's best path and tells what changed since it was last asked.
//
// Kaldi's OnlineSilenceWeighting. One per utterance, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace ironscribe::models::kaldi {

class SpeechWeights {
 public:
  // `is_silence` by transition-id; outlives this.
  SpeechWeights(std::span<const uint8_t> is_silence, int frame_subsampling, float silence_weight);

  // One step of the best path, from the last decoded frame backwards. Returns false where the path
  // has been seen already: the rest is known.
  bool ObserveFrame(int64_t decoded_frame, uint64_t token, int32_t transition);

  // Weights for input frames, as differences to those told before. `frames_ready` and `first_frame`
  // (that of this utterance) are input frames.
  std::vector<std::pair<int64_t, float>> Changes(int64_t frames_ready, int64_t first_frame);

 private:
  struct Frame {
    uint64_t token = 0;
    int32_t transition = -1;
    float weight = 0;
  };

  std::span<const uint8_t> is_silence_;
  int subsampling_;
  float silence_weight_;
  std::vector<Frame> frames_;
};

}  // namespace ironscribe::models::kaldi
