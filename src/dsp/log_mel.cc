#include "dsp/log_mel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/check.h"
#include "dsp/lanes.h"
#include "dsp/log_mel_frames.h"
#include "dsp/mel_filters.h"

namespace ironscribe::dsp {
namespace {

constexpr int kMaxNumMels = 256;
constexpr int kNumBins = kWindowSamples / 2 + 1;
constexpr int64_t kReach = kWindowSamples / 2;  // samples a frame takes on each side of its centre
constexpr float kSilence = -10.0F;              // log10(1e-10)
constexpr float kRange = 8.0F;                  // 80 dB below the maximum
// Frames at an edge of the signal are computed from a copy, this many at a time; a multiple of
// every level's batch.
constexpr int kEdgeFrames = 16;

LogMelFramesFunction FramesFunction(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return LogMelFramesAvx512;
  if (level == CpuLevel::kAvx2) return LogMelFramesAvx2;
#endif
  (void)level;  // The compiler's own vectors serve Arm: NEON is part of its base.
  return LogMelFramesPortable;
}

// cos and sin of 2 pi numerator / denominator.
void FillTwiddle(int numerator, int denominator, double (&twiddle)[2]) {
  const double angle = 2.0 * std::numbers::pi * numerator / denominator;
  twiddle[0] = std::cos(angle);
  twiddle[1] = std::sin(angle);
}

void FillTransform(LogMelTables& tables) {
  for (int i = 0; i < kWindowSamples; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / kWindowSamples;
    tables.half_window[i] = 0.25 - 0.25 * std::cos(angle);
  }
  for (int q = 0; q < 5; ++q) {
    for (int r = 0; r < 5; ++r) FillTwiddle(q * r, 25, tables.twiddle_25[q][r]);
  }
  for (int k = 0; k <= 100; ++k) FillTwiddle(k, kWindowSamples, tables.twiddle_400[k]);
}

}  // namespace

struct LogMel::Plan {
  std::vector<float> dense_filters;
  std::vector<LogMelTables::Filter> filters;
  std::vector<float> weights;
  LogMelTables tables;
  LogMelFramesFunction frames;

  // `first_frame` is counted from the first sample of `samples`; reads all it needs from there.
  void EdgeFrames(std::span<const float> samples, int64_t first_frame, int num_frames,
                  float* out) const;
};

LogMel::LogMel(int num_mels) : LogMel(num_mels, DetectCpuLevel()) {}

LogMel::LogMel(int num_mels, CpuLevel level) {
  IRONSCRIBE_CHECK(num_mels >= 1 && num_mels <= kMaxNumMels);
  auto plan = std::make_unique<Plan>();
  plan->dense_filters = SlaneyMelFilters({.num_mels = num_mels});
  for (int m = 0; m < num_mels; ++m) {
    const float* row = plan->dense_filters.data() + static_cast<size_t>(m) * kNumBins;
    int begin = 0;
    int end = kNumBins;
    while (begin < end && row[begin] == 0.0F) ++begin;
    while (end > begin && row[end - 1] == 0.0F) --end;
    plan->filters.push_back({begin, end - begin, static_cast<int>(plan->weights.size())});
    plan->weights.insert(plan->weights.end(), row + begin, row + end);
  }
  FillTransform(plan->tables);
  plan->tables.num_mels = num_mels;
  plan->tables.filters = plan->filters.data();
  plan->tables.weights = plan->weights.data();
  plan->frames = FramesFunction(level);
  plan_ = std::move(plan);
}

LogMel::~LogMel() = default;

int LogMel::num_mels() const { return plan_->tables.num_mels; }

std::vector<float> LogMel::DenseFilters() const { return plan_->dense_filters; }

void LogMel::Plan::EdgeFrames(std::span<const float> samples, int64_t first_frame, int num_frames,
                              float* out) const {
  const int64_t size = static_cast<int64_t>(samples.size());
  float copy[(kEdgeFrames - 1) * kHopSamples + kWindowSamples];
  for (int done = 0; done < num_frames; done += kEdgeFrames) {
    const int count = std::min(kEdgeFrames, num_frames - done);
    const int64_t start = (first_frame + done) * kHopSamples - kReach;
    const int length = (count - 1) * kHopSamples + kWindowSamples;
    for (int i = 0; i < length; ++i) {
      const int64_t position = std::abs(start + i);
      copy[i] = position < size ? samples[static_cast<size_t>(position)] : 0.0F;
    }
    frames(tables, copy, count, out + static_cast<ptrdiff_t>(done) * tables.num_mels);
  }
}

void LogMel::LogEnergies(std::span<const float> samples, int64_t first_frame, int num_frames,
                         std::span<float> out) const {
  IRONSCRIBE_CHECK(first_frame >= 0 && num_frames >= 0);
  IRONSCRIBE_CHECK(out.size() == static_cast<size_t>(num_frames) * num_mels());
  // Frames below `head` are reflected, those from `tail` on reach behind the end, and from `silent`
  // on there is nothing left but the padding.
  const int64_t size = static_cast<int64_t>(samples.size());
  const int64_t end = first_frame + num_frames;
  const int64_t head = (kReach + kHopSamples - 1) / kHopSamples;
  const int64_t tail = size < kReach ? 0 : (size - kReach) / kHopSamples + 1;
  const int64_t silent = std::max(head, (size + kReach + kHopSamples - 1) / kHopSamples);

  const auto place = [&](int64_t frame) { return out.data() + (frame - first_frame) * num_mels(); };
  int64_t frame = first_frame;
  const auto until = [&](int64_t limit) {
    return static_cast<int>(std::clamp<int64_t>(limit, frame, end) - frame);
  };
  const auto edge = [&](int64_t limit) {
    const int count = until(limit);
    plan_->EdgeFrames(samples, frame, count, place(frame));
    frame += count;
  };
  edge(head);
  if (const int count = until(tail); count > 0) {
    plan_->frames(plan_->tables, samples.data() + frame * kHopSamples - kReach, count,
                  place(frame));
    frame += count;
  }
  edge(silent);
  std::fill(place(frame), place(end), kSilence);
}

float LogMel::Maximum(std::span<const float> log_energies) {
  // Independent vectors hide the latency of the comparison.
  Vec maxima[4] = {Broadcast(kSilence), Broadcast(kSilence), Broadcast(kSilence),
                   Broadcast(kSilence)};
  size_t i = 0;
  for (; i + 4 * kLanes <= log_energies.size(); i += 4 * kLanes) {
    for (int j = 0; j < 4; ++j) {
      const Vec value = Load(log_energies.data() + i + j * kLanes);
      maxima[j] = value > maxima[j] ? value : maxima[j];
    }
  }
  float maximum = kSilence;
  for (; i < log_energies.size(); ++i) maximum = std::max(maximum, log_energies[i]);
  for (const Vec& vector : maxima) {
    for (int lane = 0; lane < kLanes; ++lane) maximum = std::max(maximum, vector[lane]);
  }
  return maximum;
}

void LogMel::Normalize(std::span<float> log_energies, float maximum) {
  const float floor = maximum - kRange;
  for (float& value : log_energies) {
    const float floored = value < floor ? floor : value;
    value = (floored + 4.0F) * 0.25F;
  }
}

float LogMel::SilenceLevel(float maximum) {
  float level = kSilence;
  Normalize(std::span(&level, 1), maximum);
  return level;
}

}  // namespace ironscribe::dsp
