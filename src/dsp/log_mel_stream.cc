#include "dsp/log_mel_stream.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace ironscribe::dsp {
namespace {

constexpr int64_t kReach = kWindowSamples / 2;
// Frame 0 is reflected and needs one sample more than its reach (x[-200] = x[200]).
constexpr int64_t kFirstFrameSamples = kReach + 1;
// Frames are computed in groups that fill the SIMD lanes of every level; 640 ms.
constexpr int64_t kGroupFrames = 64;
// Hops kept in front of the oldest frame: with two, its window starts behind the buffer's beginning
// and LogMel does not take that for the signal's.
constexpr int64_t kMarginHops = 2;

}  // namespace

int64_t LogMelStream::frames_ready() const {
  if (finished_) return kEndless;
  const int64_t end = end_samples();
  return end < kFirstFrameSamples ? 0 : (end - kReach) / kHopSamples + 1;
}

void LogMelStream::Append(std::span<const float> samples) {
  IRONSCRIBE_CHECK(!finished_);
  // In bounded pieces, so that a long block is not copied whole.
  constexpr size_t kPiece = kGroupFrames * kHopSamples;
  while (!samples.empty()) {
    const std::span<const float> piece = samples.first(std::min(kPiece, samples.size()));
    samples = samples.subspan(piece.size());
    samples_.insert(samples_.end(), piece.begin(), piece.end());
    const int64_t groups = (frames_ready() - computed_) / kGroupFrames;
    if (groups > 0) ComputeUntil(computed_ + groups * kGroupFrames);
    TrimSamples();
  }
}

void LogMelStream::Finish() { finished_ = true; }

void LogMelStream::Read(int64_t first_frame, int count, std::span<float> out) {
  const size_t num_mels = static_cast<size_t>(log_mel_.num_mels());
  IRONSCRIBE_CHECK(count >= 0 && first_frame >= first_kept_);
  IRONSCRIBE_CHECK(count <= frames_ready() && first_frame <= frames_ready() - count);
  IRONSCRIBE_CHECK(out.size() == static_cast<size_t>(count) * num_mels);
  // Behind the end nothing is worth keeping.
  const int64_t last_audible = (end_samples() + kReach) / kHopSamples + 1;
  const int64_t stored_end = std::min(first_frame + count, std::max(computed_, last_audible));
  if (stored_end > first_frame) {
    if (stored_end > computed_) ComputeUntil(stored_end);
    const size_t length = static_cast<size_t>(stored_end - first_frame) * num_mels;
    const float* from =
        energies_.data() + stale_ + static_cast<size_t>(first_frame - first_kept_) * num_mels;
    std::copy(from, from + length, out.begin());
    out = out.subspan(length);
  }
  std::fill(out.begin(), out.end(), -10.0F);
}

void LogMelStream::DropBefore(int64_t frame) {
  if (frame <= first_kept_) return;
  const size_t num_mels = static_cast<size_t>(log_mel_.num_mels());
  if (frame >= computed_) {
    energies_.clear();
    stale_ = 0;
    computed_ = frame;
  } else {
    stale_ += static_cast<size_t>(frame - first_kept_) * num_mels;
    if (stale_ > energies_.size() / 2) {
      energies_.erase(energies_.begin(), energies_.begin() + static_cast<ptrdiff_t>(stale_));
      stale_ = 0;
    }
  }
  first_kept_ = frame;
  TrimSamples();
}

// Extends the stored energies up to `frame`.
void LogMelStream::ComputeUntil(int64_t frame) {
  const size_t size = energies_.size();
  const int count = static_cast<int>(frame - computed_);
  energies_.resize(size + static_cast<size_t>(count) * static_cast<size_t>(log_mel_.num_mels()));
  const int64_t base_hops = base_samples_ / kHopSamples;
  log_mel_.LogEnergies(samples_, computed_ - base_hops, count, std::span(energies_).subspan(size));
  computed_ = frame;
}

// Forgets the samples in front of the next frame to compute, when that pays for moving the rest.
void LogMelStream::TrimSamples() {
  const int64_t needed = (computed_ - kMarginHops) * kHopSamples;
  const int64_t surplus = std::min(needed - base_samples_, static_cast<int64_t>(samples_.size())) /
                          kHopSamples * kHopSamples;
  if (surplus < kGroupFrames * kHopSamples / 2) return;
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<ptrdiff_t>(surplus));
  base_samples_ += surplus;
}

}  // namespace ironscribe::dsp
