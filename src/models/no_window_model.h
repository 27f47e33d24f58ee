// Stands where a window model is asked for and the family has none: frame models (hybrid HMM)
// recognise within Model::Transcribe and give the scheduler nothing to do.
#pragma once

#include "models/window_model.h"

namespace ironscribe::models {

class NoWindowModel final : public WindowModel {
 public:
  std::unique_ptr<Scratch> NewScratch() const override { return std::make_unique<Scratch>(); }
  Result<std::shared_ptr<const Encoding>> Encode(const WindowInput&, Scratch&,
                                                 ThreadPool&) const override {
    return UnimplementedError("this family of models has no windows");
  }
  std::unique_ptr<DecoderState> NewState(std::shared_ptr<const Encoding>, int) const override {
    return std::make_unique<DecoderState>();
  }
  void Step(std::span<const StepRow>, Scratch&, ThreadPool&) const override {}
  int64_t encoding_bytes() const override { return 0; }
  int64_t state_bytes(int) const override { return 0; }
  int num_mels() const override { return 0; }
  int max_frames() const override { return 0; }
  int max_positions() const override { return 0; }
  int vocab_size() const override { return 0; }
  int num_alignment_heads() const override { return 0; }
  int encoding_frames(int) const override { return 0; }
  int silence_multiple_frames() const override { return 0; }
};

}  // namespace ironscribe::models
