// Log-mel energies of a signal that arrives in blocks: 16 kHz samples in, raw log10 energies
// [frame][mel] out, the same bits however the signal is cut.
//
// Owns copies of what it still needs: the energies from the last DropBefore on and at most about a
// second of samples, so memory is bounded by what the caller leaves undropped. Not safe for use by
// two threads at once; the LogMel may be shared and must outlive the stream.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "dsp/log_mel.h"

namespace ironscribe::dsp {

class LogMelStream {
 public:
  // What frames_ready() is once the end is known: every frame, silence behind the end included.
  static constexpr int64_t kEndless = std::numeric_limits<int64_t>::max();

  // `log_mel` is not owned.
  explicit LogMelStream(const LogMel& log_mel) : log_mel_(log_mel) {}

  // The next samples. Requires: Finish was not called.
  void Append(std::span<const float> samples);

  // No more samples follow: from here on zeros are assumed.
  void Finish();

  // Frames [0, frames_ready()) can be read, except those dropped.
  int64_t frames_ready() const;

  // Raw log10 energies of the frames [first_frame, first_frame + count), as LogMel::LogEnergies
  // gives them for the whole signal. Any range may be read again until it is dropped.
  // Requires: first_frame >= the last DropBefore, first_frame + count <= frames_ready(),
  // out.size() == count * num_mels.
  void Read(int64_t first_frame, int count, std::span<float> out);

  // Forgets the frames below `frame`, which may lie ahead of what has arrived. Going back has no
  // effect.
  void DropBefore(int64_t frame);

 private:
  int64_t end_samples() const { return base_samples_ + static_cast<int64_t>(samples_.size()); }
  void ComputeUntil(int64_t frame);
  void EnergiesInto(int64_t first_frame, int count, std::span<float> out) const;
  void TrimSamples();

  const LogMel& log_mel_;
  bool finished_ = false;
  std::vector<float> samples_;  // of the positions from base_samples_ on, a multiple of the hop
  int64_t base_samples_ = 0;
  std::vector<float> energies_;  // of the frames [first_kept_, computed_), behind stale_ floats
  size_t stale_ = 0;
  int64_t first_kept_ = 0;
  int64_t computed_ = 0;
};

}  // namespace ironscribe::dsp
