#include "models/kaldi/speech_weights.h"

#include <algorithm>

namespace ironscribe::models::kaldi {
namespace {

// How far back a change of the best path is followed (kaldi online-ivector-feature.cc).
constexpr int64_t kMaxBackFrames = 100;

}  // namespace

SpeechWeights::SpeechWeights(std::span<const uint8_t> is_silence, int frame_subsampling,
                             float silence_weight)
    : is_silence_(is_silence), subsampling_(frame_subsampling), silence_weight_(silence_weight) {}

bool SpeechWeights::ObserveFrame(int64_t decoded_frame, uint64_t token, int32_t transition) {
  const auto index = static_cast<size_t>(decoded_frame);
  if (frames_.size() <= index) frames_.resize(index + 1);
  if (frames_[index].transition != -1 && frames_[index].token == token) return false;
  frames_[index].token = token;
  frames_[index].transition = transition;
  return true;
}

std::vector<std::pair<int64_t, float>> SpeechWeights::Changes(int64_t frames_ready,
                                                              int64_t first_frame) {
  std::vector<std::pair<int64_t, float>> changes;
  const int64_t ready =
      std::max<int64_t>(0, (frames_ready - first_frame + subsampling_ - 1) / subsampling_);
  const auto begin = std::max<int64_t>(0, static_cast<int64_t>(frames_.size()) - kMaxBackFrames);
  if (static_cast<int64_t>(frames_.size()) < ready) frames_.resize(static_cast<size_t>(ready));
  const auto end = static_cast<int64_t>(frames_.size());
  if (begin == end) return changes;
  // Frames that the search has not reached get the weight of the last that it has.
  float weight = begin == 0 ? silence_weight_ : frames_[static_cast<size_t>(begin) - 1].weight;
  for (int64_t index = begin; index < end; ++index) {
    Frame& frame = frames_[static_cast<size_t>(index)];
    if (frame.transition != -1) {
      weight = is_silence_[static_cast<size_t>(frame.transition)] ? silence_weight_ : 1.0f;
    }
    const float change = weight - frame.weight;
    frame.weight = weight;
    if (change == 0 && index + 1 < end) continue;
    for (int64_t i = 0; i < subsampling_; ++i) {
      changes.emplace_back(first_frame + index * subsampling_ + i, change);
    }
  }
  return changes;
}

}  // namespace ironscribe::models::kaldi
