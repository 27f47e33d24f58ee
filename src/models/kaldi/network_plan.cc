#include "models/kaldi/network_plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "models/kaldi/network_compiler.h"

namespace ironscribe::models::kaldi {
namespace {

constexpr int kMaxChunkFrames = 1 << 12;
constexpr int kMaxSubsampling = 16;

using Operation = NetworkPlan::RowOperation;

void LogSoftmax(std::span<float> row) {
  const float largest = *std::max_element(row.begin(), row.end());
  float sum = 0;
  for (const float value : row) sum += std::exp(value - largest);
  const float log_sum = largest + std::log(sum);
  for (float& value : row) value -= log_sum;
}

// To a root mean square of target_rms; Kaldi's floor keeps rows of zeros finite.
void Normalize(std::span<float> row, float target_rms) {
  constexpr float kSquaredFloor = 1.3552527156068805e-20f;  // 2^-66 (kaldi cu-math.cc).
  float sum = 0;
  for (const float value : row) sum += value * value;
  const float mean = sum / (static_cast<float>(row.size()) * target_rms * target_rms);
  const float scale = 1 / std::sqrt(std::max(mean, kSquaredFloor));
  for (float& value : row) value *= scale;
}

void Apply(const Operation& operation, std::span<float> row) {
  switch (operation.kind) {
    case Operation::Kind::kScaleOffset: {
      const float* scale = operation.scale.data();
      const float* offset = operation.offset.data();
      for (size_t i = 0; i < row.size(); ++i) row[i] = row[i] * scale[i] + offset[i];
      return;
    }
    case Operation::Kind::kRelu:
      for (float& value : row) value = std::max(value, 0.0f);
      return;
    case Operation::Kind::kSigmoid:
      for (float& value : row) value = 1 / (1 + std::exp(-value));
      return;
    case Operation::Kind::kTanh:
      for (float& value : row) value = std::tanh(value);
      return;
    case Operation::Kind::kLogSoftmax:
      return LogSoftmax(row);
    case Operation::Kind::kNormalize:
      return Normalize(row, operation.target_rms);
  }
}

// A time at or behind `time` that the stage has.
int64_t RoundUpTo(int64_t time, int64_t first, int64_t stride) {
  const int64_t distance = time - first;
  const int64_t steps = distance <= 0 ? 0 : (distance + stride - 1) / stride;
  return first + steps * stride;
}

}  // namespace

Result<std::shared_ptr<const NetworkPlan>> NetworkPlan::Compile(
    const formats::kaldi::Network& network, const PlanOptions& options) {
  if (options.frame_subsampling < 1 || options.frame_subsampling > kMaxSubsampling ||
      options.frames_per_chunk < 1 || options.frames_per_chunk > kMaxChunkFrames) {
    return InvalidArgumentError("network: impossible chunk or subsampling");
  }
  std::shared_ptr<NetworkPlan> plan(new NetworkPlan(options.cpu_level));
  plan->subsampling_ = options.frame_subsampling;
  plan->chunk_frames_ = (options.frames_per_chunk + options.frame_subsampling - 1) /
                        options.frame_subsampling * options.frame_subsampling;
  NetworkCompiler compiler(network, options, plan.get());
  RETURN_IF_ERROR(compiler.Compile());
  return std::shared_ptr<const NetworkPlan>(std::move(plan));
}

NetworkState::NetworkState(std::shared_ptr<const NetworkPlan> plan)
    : plan_(std::move(plan)), rows_(plan_->stages().size()) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].first_time = i == 0 ? -plan_->left_context() : plan_->stages()[i].min_offset_frames;
  }
}

int64_t NetworkState::next_input_begin() const {
  return chunk_ == 0 ? -plan_->left_context()
                     : chunk_ * plan_->chunk_frames() + plan_->right_context();
}

int64_t NetworkState::next_input_end() const {
  return (chunk_ + 1) * plan_->chunk_frames() + plan_->right_context();
}

std::span<const float> NetworkState::Advance(std::span<const float> input,
                                             std::span<const float> ivector) {
  const int64_t begin = next_input_begin(), end = next_input_end();
  IRONSCRIBE_CHECK(static_cast<int64_t>(input.size()) == (end - begin) * plan_->input_dim());
  // As in Kaldi's looped computation, frames share one i-vector a period as long as a chunk, the
  // one that is known when the period's first frame is taken in.
  const int64_t period = plan_->chunk_frames();
  for (int64_t time = begin; time < end; ++time) {
    const int64_t index = time - (time % period + period) % period;
    ivectors_.try_emplace(index, ivector.begin(), ivector.end());
  }
  rows_[0].values.insert(rows_[0].values.end(), input.begin(), input.end());
  rows_[0].count += end - begin;
  if (chunk_ > 0) Forget();
  for (size_t i = 1; i < rows_.size(); ++i) ComputeStage(i);
  ++chunk_;
  const auto outputs = static_cast<size_t>(plan_->chunk_outputs() * plan_->output_dim());
  return std::span<const float>(rows_.back().values).last(outputs);
}

// Rows that no output from here on needs.
void NetworkState::Forget() {
  const int64_t first_output = chunk_ * plan_->chunk_frames();
  for (size_t i = 0; i < rows_.size(); ++i) {
    const NetworkPlan::Stage& stage = plan_->stages()[i];
    Rows& rows = rows_[i];
    const int64_t keep = std::min(
        rows.first_time + rows.count * stage.stride_frames,
        RoundUpTo(first_output + stage.min_offset_frames, rows.first_time, stage.stride_frames));
    const int64_t gone = (keep - rows.first_time) / stage.stride_frames;
    rows.values.erase(rows.values.begin(), rows.values.begin() + gone * stage.dim);
    rows.first_time = keep;
    rows.count -= gone;
  }
  const int64_t oldest = first_output - plan_->left_context() - plan_->chunk_frames();
  ivectors_.erase(ivectors_.begin(), ivectors_.lower_bound(oldest));
}

const float* NetworkState::RowAt(int stage, int64_t time) const {
  if (stage == NetworkPlan::kIvectorStage) {
    const int64_t period = plan_->chunk_frames();
    return ivectors_.find(time - (time % period + period) % period)->second.data();
  }
  const auto index = static_cast<size_t>(stage);
  const NetworkPlan::Stage& source = plan_->stages()[index];
  const Rows& rows = rows_[index];
  const int64_t row = (time - rows.first_time) / source.stride_frames;
  return rows.values.data() + row * source.dim;
}

void NetworkState::Gather(const NetworkPlan::Stage& stage, int64_t time, float* out) const {
  for (const NetworkPlan::Part& part : stage.parts) {
    for (size_t i = 0; i < part.terms.size(); ++i) {
      const NetworkPlan::Term& term = part.terms[i];
      const float* from = RowAt(term.stage, time + term.offset_frames) + term.column;
      if (i == 0 && term.scale == 1) {
        std::memcpy(out, from, static_cast<size_t>(part.dim) * sizeof(float));
      } else if (i == 0) {
        for (int j = 0; j < part.dim; ++j) out[j] = term.scale * from[j];
      } else {
        for (int j = 0; j < part.dim; ++j) out[j] += term.scale * from[j];
      }
    }
    out += part.dim;
  }
}

void NetworkState::ComputeStage(size_t index) {
  const NetworkPlan::Stage& stage = plan_->stages()[index];
  Rows& rows = rows_[index];
  const int64_t last_output = (chunk_ + 1) * plan_->chunk_frames() - plan_->subsampling_;
  const int64_t first = rows.first_time + rows.count * stage.stride_frames;
  const int64_t last = last_output + stage.max_offset_frames;
  const int64_t count = last < first ? 0 : (last - first) / stage.stride_frames + 1;
  if (count == 0) return;
  const auto old_size = rows.values.size();
  rows.values.resize(old_size + static_cast<size_t>(count * stage.dim));
  float* out = rows.values.data() + old_size;
  if (stage.has_linear) {
    const int64_t inputs = stage.linear.weights.k;
    linear_input_.Reset(stage.linear.weights.type, count, inputs);
    gathered_.resize(static_cast<size_t>(inputs));
    for (int64_t i = 0; i < count; ++i) {
      Gather(stage, first + i * stage.stride_frames, gathered_.data());
      linear_input_.Set(plan_->kernels_, i, gathered_.data());
    }
    nn::ApplyLinear(plan_->kernels_, stage.linear, linear_input_.view(), count,
                    {.out = out, .out_stride = stage.dim});
  } else {
    for (int64_t i = 0; i < count; ++i) {
      Gather(stage, first + i * stage.stride_frames, out + i * stage.dim);
    }
  }
  for (const Operation& operation : stage.operations) {
    for (int64_t i = 0; i < count; ++i) {
      Apply(operation, std::span(out + i * stage.dim, static_cast<size_t>(stage.dim)));
    }
  }
  rows.count += count;
}

}  // namespace ironscribe::models::kaldi
