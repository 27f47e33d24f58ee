#include "models/silero_vad/silero_vad.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/check.h"
#include "models/silero_vad/network.h"
#include "models/silero_vad/weights.h"

namespace ironscribe::models::silero_vad {
namespace {

// Frames computed together: enough for full tiles of six rows, little enough for the largest
// intermediate results to stay in a second-level cache of 1 MB.
constexpr int64_t kBlockFrames = 48;

using Cells = std::array<float, kCells>;

class State final : public VoiceActivityState {
 public:
  std::array<float, kContextSamples> context{};
  Cells cell{};
  Cells hidden{};
};

// A frame of one of the streams that are advanced together.
struct FrameOfStream {
  size_t stream = 0;
  size_t frame = 0;
};

class Scratch final : public VoiceActivityScratch {
 public:
  NetworkBuffers buffers{kBlockFrames};
  std::vector<FrameOfStream> rows;
  std::vector<int64_t> steps;  // Streams of each step of a block.
  std::array<float, kBlockFrames> probabilities{};
  // [stream, kCells]
  std::vector<float> cell;
  std::vector<float> hidden;
};

// A recording may hold anything; see kLargestValue.
float Bounded(float sample) {
  if (!(sample == sample)) return 0;
  return std::clamp(sample, -kLargestValue, kLargestValue);
}

class SileroVad final : public VoiceActivityModel {
 public:
  SileroVad(Weights weights, CpuLevel level) : weights_(std::move(weights)), kernels_(level) {}

  std::string_view family() const override { return "silero_vad"; }
  int frame_samples() const override { return kFrameSamples; }
  std::unique_ptr<VoiceActivityState> NewState() const override {
    return std::make_unique<State>();
  }
  std::unique_ptr<VoiceActivityScratch> NewScratch() const override {
    return std::make_unique<Scratch>();
  }
  void Advance(std::span<const VoiceActivityRun> runs,
               VoiceActivityScratch& scratch) const override;

 private:
  // The streams of one group, those with more frames first: at every step the active ones are the
  // first of the group.
  using Group = std::vector<const VoiceActivityRun*>;

  void AdvanceGroup(const Group& group, Scratch& scratch) const;
  size_t PlanBlock(const Group& group, size_t first_frame, Scratch& scratch) const;
  void AdvanceBlock(const Group& group, Scratch& scratch) const;

  Weights weights_;
  nn::Kernels kernels_;
};

State& StateOf(const VoiceActivityRun& run) { return static_cast<State&>(*run.state); }

void SileroVad::Advance(std::span<const VoiceActivityRun> runs,
                        VoiceActivityScratch& scratch) const {
  std::vector<const VoiceActivityRun*> order;
  for (const VoiceActivityRun& run : runs) {
    IRONSCRIBE_CHECK(run.samples.size() == run.probabilities.size() * kFrameSamples);
    order.push_back(&run);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return a->probabilities.size() > b->probabilities.size();
  });
  for (size_t first = 0; first < order.size(); first += kBlockFrames) {
    const size_t count = std::min<size_t>(kBlockFrames, order.size() - first);
    const auto begin = order.begin() + static_cast<int64_t>(first);
    AdvanceGroup(Group(begin, begin + static_cast<int64_t>(count)), static_cast<Scratch&>(scratch));
  }
}

void SileroVad::AdvanceGroup(const Group& group, Scratch& scratch) const {
  scratch.cell.clear();
  scratch.hidden.clear();
  for (const VoiceActivityRun* run : group) {
    const State& state = StateOf(*run);
    scratch.cell.insert(scratch.cell.end(), state.cell.begin(), state.cell.end());
    scratch.hidden.insert(scratch.hidden.end(), state.hidden.begin(), state.hidden.end());
  }
  for (size_t frame = 0; frame < group[0]->probabilities.size();) {
    frame = PlanBlock(group, frame, scratch);
    AdvanceBlock(group, scratch);
  }
  for (size_t i = 0; i < group.size(); ++i) {
    if (group[i]->samples.empty()) continue;
    State& state = StateOf(*group[i]);
    const auto at = static_cast<int64_t>(i) * kCells;
    std::copy_n(scratch.cell.begin() + at, kCells, state.cell.begin());
    std::copy_n(scratch.hidden.begin() + at, kCells, state.hidden.begin());
    std::ranges::transform(group[i]->samples.last(kContextSamples), state.context.begin(), Bounded);
  }
}

// Fills rows and steps with as many whole steps as a block holds; returns the frame after them.
size_t SileroVad::PlanBlock(const Group& group, size_t first_frame, Scratch& scratch) const {
  scratch.rows.clear();
  scratch.steps.clear();
  size_t active = group.size();
  size_t frame = first_frame;
  for (; frame < group[0]->probabilities.size(); ++frame) {
    while (group[active - 1]->probabilities.size() <= frame) --active;
    if (scratch.rows.size() + active > kBlockFrames) break;
    for (size_t stream = 0; stream < active; ++stream) scratch.rows.push_back({stream, frame});
    scratch.steps.push_back(static_cast<int64_t>(active));
  }
  return frame;
}

void SileroVad::AdvanceBlock(const Group& group, Scratch& scratch) const {
  const auto rows = static_cast<int64_t>(scratch.rows.size());
  std::array<float, kContextSamples + kFrameSamples> samples;
  for (int64_t row = 0; row < rows; ++row) {
    const auto [stream, frame] = scratch.rows[static_cast<size_t>(row)];
    const VoiceActivityRun& run = *group[stream];
    const size_t begin = frame * kFrameSamples;
    if (frame == 0) {
      std::ranges::copy(StateOf(run).context, samples.begin());
    } else {
      std::ranges::transform(run.samples.subspan(begin - kContextSamples, kContextSamples),
                             samples.begin(), Bounded);
    }
    std::ranges::transform(run.samples.subspan(begin, kFrameSamples),
                           samples.begin() + kContextSamples, Bounded);
    SetFrame(weights_, samples, row, scratch.buffers);
  }
  ComputeGates(kernels_, weights_, rows, scratch.buffers);
  int64_t row = 0;
  for (int64_t streams : scratch.steps) {
    StepStreams(kernels_, weights_, row, streams, scratch.cell.data(), scratch.hidden.data(),
                scratch.buffers);
    row += streams;
  }
  ComputeProbabilities(kernels_, weights_, rows, scratch.buffers, scratch.probabilities.data());
  for (size_t i = 0; i < scratch.rows.size(); ++i) {
    const auto [stream, frame] = scratch.rows[i];
    group[stream]->probabilities[frame] = scratch.probabilities[i];
  }
}

}  // namespace

bool DetectSileroVad(const formats::WeightSource& source) {
  for (const char* name : {"stft_conv.weight", "lstm_cell.weight_hh", "final_conv.weight"}) {
    if (source.Find(name) == nullptr) return false;
  }
  return true;
}

Result<std::shared_ptr<const VoiceActivityModel>> LoadSileroVad(const formats::WeightSource& source,
                                                                CpuLevel level) {
  ASSIGN_OR_RETURN(Weights weights, ReadWeights(source));
  return std::shared_ptr<const VoiceActivityModel>(
      std::make_shared<const SileroVad>(std::move(weights), level));
}

}  // namespace ironscribe::models::silero_vad
