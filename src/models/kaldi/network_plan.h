// An nnet3 network compiled for streaming: a list of stages, each a gather of rows of earlier
// stages, at most one matrix product and operations on single rows. A chunk of input frames makes a
// chunk of output frames; rows that later chunks need are carried over, so nothing is computed
// twice and no context is lost at the seams.
//
// Goals: chain models as Vosk has them (TDNN, TDNN-F, CNN-TDNN), float32. Non-goals: recurrence
// (LSTM, GRU) and statistics over time; networks with them are refused by name.
//
// Thread rule: a plan is immutable and shared; each stream has its own NetworkState.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "base/status.h"
#include "formats/kaldi/network.h"
#include "nn/linear.h"
#include "nn/workspace.h"

namespace ironscribe::models::kaldi {

struct PlanOptions {
  int frames_per_chunk = 24;  // Rounded up to a multiple of frame_subsampling.
  int frame_subsampling = 3;
  float acoustic_scale = 1;
  std::span<const float> priors = {};  // May be empty; their logarithms are subtracted.
  CpuLevel cpu_level = CpuLevel::kPortable;
};

class NetworkPlan {
 public:
  // One row operation behind the product.
  struct RowOperation {
    enum class Kind { kScaleOffset, kRelu, kSigmoid, kTanh, kLogSoftmax, kNormalize };
    Kind kind = Kind::kRelu;
    std::vector<float> scale;   // Of kScaleOffset.
    std::vector<float> offset;  // Of kScaleOffset.
    float target_rms = 1;       // Of kNormalize.
  };

  // A row of an earlier stage, or the i-vector.
  struct Term {
    int stage = 0;  // kIvectorStage: the i-vector.
    int offset_frames = 0;
    float scale = 1;
    int column = 0;  // First column of the source.
  };
  struct Part {
    int dim = 0;
    std::vector<Term> terms;  // Added up.
  };

  struct Stage {
    std::string name;
    int dim = 0;
    std::vector<Part> parts;  // Side by side. Empty: the input.
    bool has_linear = false;
    nn::LinearLayer linear;
    std::vector<RowOperation> operations;
    // Of the rows it has: their times are first_offset + a multiple of stride.
    int stride_frames = 1;
    int min_offset_frames = 0;  // Needed of it for output frame 0.
    int max_offset_frames = 0;
  };
  static constexpr int kIvectorStage = -1;

  // Errors: InvalidArgument for a network that contradicts itself, Unimplemented naming what is not
  // supported.
  static Result<std::shared_ptr<const NetworkPlan>> Compile(const formats::kaldi::Network& network,
                                                            const PlanOptions& options);

  int input_dim() const { return input_dim_; }
  int ivector_dim() const { return ivector_dim_; }  // 0: none.
  int output_dim() const { return stages_.back().dim; }
  int chunk_frames() const { return chunk_frames_; }
  int chunk_outputs() const { return chunk_frames_ / subsampling_; }
  int left_context() const { return left_context_; }
  int right_context() const { return right_context_; }
  std::span<const Stage> stages() const { return stages_; }

 private:
  friend class NetworkCompiler;
  friend class NetworkState;
  explicit NetworkPlan(CpuLevel level) : kernels_(level) {}

  nn::Kernels kernels_;
  std::vector<Stage> stages_;
  std::vector<nn::AlignedArray> weights_;
  std::vector<std::vector<float>> biases_;
  int input_dim_ = 0;
  int ivector_dim_ = 0;
  int chunk_frames_ = 0;
  int subsampling_ = 1;
  int left_context_ = 0;
  int right_context_ = 0;
};

// One stream through a plan. One owner, one thread.
class NetworkState {
 public:
  explicit NetworkState(std::shared_ptr<const NetworkPlan> plan);

  // Input frames [begin, end) that the next chunk takes; those before the first and behind the last
  // frame of the recording are copies of it.
  int64_t next_input_begin() const;
  int64_t next_input_end() const;

  // Scores of the next chunk_outputs() frames, [chunk_outputs, output_dim]; valid until the next
  // call. `input` is [end - begin, input_dim]; `ivector` is the most recent one.
  std::span<const float> Advance(std::span<const float> input, std::span<const float> ivector);

 private:
  struct Rows {
    int64_t first_time = 0;
    int64_t count = 0;
    std::vector<float> values;
  };

  void ComputeStage(size_t index);
  void Gather(const NetworkPlan::Stage& stage, int64_t time, float* out) const;
  const float* RowAt(int stage, int64_t time) const;
  void Forget();

  std::shared_ptr<const NetworkPlan> plan_;
  int64_t chunk_ = 0;
  std::vector<Rows> rows_;  // By stage.
  // By first frame of the period, of chunk_frames each.
  std::map<int64_t, std::vector<float>> ivectors_;
  std::vector<float> gathered_;
  nn::RowBuffer linear_input_;
};

}  // namespace ironscribe::models::kaldi
