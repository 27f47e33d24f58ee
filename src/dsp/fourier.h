// The discrete Fourier transform of real input whose length is a power of two. Radix 2, in place,
// float32 with factors computed in double precision.
//
// Immutable after construction: any number of threads may share one.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace ironscribe::dsp {

class Fourier {
 public:
  // Requires: size is a power of two, 2 or more.
  explicit Fourier(size_t size);

  size_t size() const { return 2 * half_; }

  // |X[k]|^2 for k = 0 ... size / 2 in `power`. `values` (size() of them) is working memory
  // afterwards. Requires: power holds size() / 2 + 1.
  void PowerSpectrum(std::span<float> values, std::span<float> power) const;

 private:
  size_t half_;
  std::vector<std::complex<float>> half_factors_;  // exp(-2 pi i k / half), k < half / 2
  std::vector<std::complex<float>> factors_;       // exp(-2 pi i k / size), k <= half
  std::vector<size_t> reversed_;                   // Bit-reversed indices below half.
};

}  // namespace ironscribe::dsp
