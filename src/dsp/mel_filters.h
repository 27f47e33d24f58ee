// Triangular filters on the Slaney mel scale (M. Slaney, Auditory Toolbox, 1998): linear below
// 1 kHz, logarithmic above, each filter of unit area. Pure function, safe on any thread.
#pragma once

#include <vector>

namespace ironscribe::dsp {

struct MelFilterOptions {
  int num_mels = 80;
  int sample_rate_hz = 16000;
  int fft_size = 400;
};

// [num_mels, fft_size / 2 + 1], over 0 Hz to half the rate. Requires: all three are positive.
std::vector<float> SlaneyMelFilters(const MelFilterOptions& options);

}  // namespace ironscribe::dsp
