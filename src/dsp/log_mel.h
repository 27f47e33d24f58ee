// Whisper's log-mel features (openai/whisper, audio.py): 16 kHz, periodic Hann window of 400, hop
// 160, centred frames with reflected edges, power spectrum, Slaney mel filters (80 or 128), clamp
// at 1e-10, log10, floor at (maximum - 8), (x + 4) / 4.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/cpu.h"

namespace ironscribe::dsp {

inline constexpr int kHopSamples = 160;
inline constexpr int kWindowSamples = 400;

// Plans and filter tables; immutable, safe to share between threads.
class LogMel {
 public:
  // Requires: num_mels is 80 or 128 (any value from 1 to 256 works by the same formula).
  explicit LogMel(int num_mels);

  // At a level of choice, for tests and measurements; levels agree within 4e-6.
  // Requires: this machine supports `level`.
  LogMel(int num_mels, CpuLevel level);

  ~LogMel();

  int num_mels() const;

  // Slaney-normalised triangular filters, [num_mels, 201], as librosa.filters.mel computes them.
  std::vector<float> DenseFilters() const;

  // Raw log10 energies of the frames [first_frame, first_frame + num_frames) of the signal
  // `samples` (its first sample is position 0; reflected at position 0 and padded with zeros behind
  // the end): out[frame * num_mels + mel] = log10(max(energy, 1e-10)). Frames are independent of
  // each other, so any split into calls gives the same bits.
  void LogEnergies(std::span<const float> samples, int64_t first_frame, int num_frames,
                   std::span<float> out) const;

  // The largest of a window's energies, at least -10.
  static float Maximum(std::span<const float> log_energies);

  // Finishes a window: floors at (maximum - 8) and scales by (x + 4) / 4 in place. `maximum` is
  // that of the window by default; pass the whole recording's for the reference's behaviour.
  static void Normalize(std::span<float> log_energies, float maximum);

  // What silence becomes in a window finished with `maximum`: its smallest value.
  static float SilenceLevel(float maximum);

 private:
  struct Plan;
  std::unique_ptr<const Plan> plan_;
};

}  // namespace ironscribe::dsp
