#include "models/kaldi/acoustic_stream.h"

#include <algorithm>

#include "base/check.h"

namespace ironscribe::models::kaldi {

AcousticStream::AcousticStream(const AcousticParts& parts)
    : parts_(parts), features_(parts.features), network_(parts.network) {
  if (parts.ivectors != nullptr) ivectors_ = std::make_unique<IvectorStream>(parts.ivectors);
}

void AcousticStream::Accept(std::span<const float> samples) {
  const size_t before = frames_.size();
  const size_t count = features_.Accept(samples, frames_);
  num_frames_ += static_cast<int64_t>(count);
  if (ivectors_ == nullptr) return;
  const auto dim = static_cast<size_t>(parts_.features->dim());
  for (size_t i = 0; i < count; ++i) {
    ivectors_->AddFrame(std::span(frames_).subspan(before + i * dim, dim));
  }
}

void AcousticStream::Finish() {
  finished_ = true;
  if (ivectors_ != nullptr) ivectors_->Finish();
}

int64_t AcousticStream::frames_ready() const {
  return ivectors_ == nullptr ? num_frames_ : std::min(num_frames_, ivectors_->num_frames_ready());
}

void AcousticStream::ChangeWeights(std::span<const std::pair<int64_t, float>> changes) {
  if (ivectors_ != nullptr) ivectors_->ChangeWeights(changes);
}

int64_t AcousticStream::outputs_ready() const {
  if (num_frames_ == 0) return 0;
  if (finished_) return (num_frames_ + parts_.frame_subsampling - 1) / parts_.frame_subsampling;
  const int64_t inputs = std::max<int64_t>(0, num_frames_ - parts_.network->right_context());
  return inputs / parts_.network->chunk_frames() * parts_.network->chunk_outputs();
}

std::span<const float> AcousticStream::Scores(int64_t output) {
  const int64_t outputs = parts_.network->chunk_outputs();
  while (output >= chunks_done_ * outputs) ComputeChunk();
  const int64_t row = output - (chunks_done_ - 1) * outputs;
  IRONSCRIBE_CHECK(row >= 0);
  const auto dim = static_cast<size_t>(parts_.network->output_dim());
  return chunk_scores_.subspan(static_cast<size_t>(row) * dim, dim);
}

void AcousticStream::ComputeChunk() {
  const auto dim = static_cast<int64_t>(parts_.features->dim());
  input_.clear();
  for (int64_t frame = network_.next_input_begin(); frame < network_.next_input_end(); ++frame) {
    const int64_t inside = std::clamp<int64_t>(frame, 0, num_frames_ - 1) - first_frame_;
    const auto from = frames_.begin() + std::max<int64_t>(0, inside) * dim;
    input_.insert(input_.end(), from, from + dim);
  }
  const int64_t keep_from = std::min(network_.next_input_end(), num_frames_ - 1);
  std::vector<float> ivector;
  if (ivectors_ != nullptr) {
    const int64_t ready = ivectors_->num_frames_ready();
    ivector = ready > 0 ? ivectors_->At(ready - 1)
                        : std::vector<float>(static_cast<size_t>(parts_.ivectors->dim()));
  }
  chunk_scores_ = network_.Advance(input_, ivector);
  ++chunks_done_;
  if (keep_from > first_frame_) {
    frames_.erase(frames_.begin(), frames_.begin() + (keep_from - first_frame_) * dim);
    first_frame_ = keep_from;
  }
}

}  // namespace ironscribe::models::kaldi
