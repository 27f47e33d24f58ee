#include "dsp/mel_filters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"

namespace ironscribe::dsp {
namespace {

// The Slaney scale: 3 mel in 200 Hz up to 1 kHz = 15 mel, above that 27 mel for a factor of 6.4.
constexpr double kHzPerMel = 200.0 / 3.0;
constexpr double kBreakHz = 1000.0;
constexpr double kBreakMel = kBreakHz / kHzPerMel;
constexpr double kLogStep = 0.068751777420949123;  // ln(6.4) / 27

double HzToMel(double hz) {
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double MelToHz(double mel) {
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

}  // namespace

std::vector<float> SlaneyMelFilters(const MelFilterOptions& options) {
  IRONSCRIBE_CHECK(options.num_mels > 0 && options.sample_rate_hz > 0 && options.fft_size > 0);
  const int num_bins = options.fft_size / 2 + 1;
  const double bin_hz = static_cast<double>(options.sample_rate_hz) / options.fft_size;
  const double mel_step = HzToMel(options.sample_rate_hz / 2.0) / (options.num_mels + 1);
  std::vector<float> filters(static_cast<size_t>(options.num_mels) * num_bins);
  for (int m = 0; m < options.num_mels; ++m) {
    const double left = MelToHz(mel_step * m);
    const double peak = MelToHz(mel_step * (m + 1));
    const double right = MelToHz(mel_step * (m + 2));
    const double height = 2.0 / (right - left);
    for (int bin = 0; bin < num_bins; ++bin) {
      const double hz = bin * bin_hz;
      const double side = std::min((hz - left) / (peak - left), (right - hz) / (right - peak));
      filters[static_cast<size_t>(m) * num_bins + bin] =
          static_cast<float>(height * std::max(0.0, side));
    }
  }
  return filters;
}

}  // namespace ironscribe::dsp
