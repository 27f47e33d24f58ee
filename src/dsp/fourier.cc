// A real transform of 2n points is a complex one of n points, whose real parts are the even samples
// and whose imaginary parts are the odd ones, and a pass that separates the two.
#include "dsp/fourier.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "base/check.h"

namespace ironscribe::dsp {
namespace {

std::vector<std::complex<float>> Factors(size_t count, size_t period) {
  std::vector<std::complex<float>> factors;
  for (size_t k = 0; k < count; ++k) {
    const double angle =
        -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(period);
    factors.emplace_back(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  }
  return factors;
}

}  // namespace

Fourier::Fourier(size_t size) : half_(size / 2) {
  IRONSCRIBE_CHECK(size >= 2 && (size & (size - 1)) == 0);
  half_factors_ = Factors(half_ / 2 + 1, half_);
  factors_ = Factors(half_ + 1, size);
  reversed_.resize(half_);
  for (size_t i = 1; i < half_; ++i) reversed_[i] = reversed_[i / 2] / 2 + (i % 2) * (half_ / 2);
}

void Fourier::PowerSpectrum(std::span<float> values, std::span<float> power) const {
  IRONSCRIBE_CHECK(values.size() == size() && power.size() == half_ + 1);
  // The standard lets an array of complex numbers be seen as one of their parts, and back here.
  auto* z = reinterpret_cast<std::complex<float>*>(values.data());
  for (size_t i = 0; i < half_; ++i) {
    if (i < reversed_[i]) std::swap(z[i], z[reversed_[i]]);
  }
  for (size_t span = 1; span < half_; span *= 2) {
    const size_t step = half_ / (2 * span);
    for (size_t begin = 0; begin < half_; begin += 2 * span) {
      for (size_t k = 0; k < span; ++k) {
        const std::complex<float> factor = half_factors_[k * step];
        const std::complex<float> odd = z[begin + k + span];
        const std::complex<float> turned(odd.real() * factor.real() - odd.imag() * factor.imag(),
                                         odd.real() * factor.imag() + odd.imag() * factor.real());
        z[begin + k + span] = z[begin + k] - turned;
        z[begin + k] += turned;
      }
    }
  }
  for (size_t k = 0; k <= half_; ++k) {
    const std::complex<float> a = z[k % half_];
    const std::complex<float> b = std::conj(z[(half_ - k) % half_]);
    const std::complex<float> even = 0.5f * (a + b);
    const std::complex<float> difference = 0.5f * (a - b);
    const std::complex<float> odd(difference.imag(), -difference.real());
    const std::complex<float> factor = factors_[k];
    const float real = even.real() + odd.real() * factor.real() - odd.imag() * factor.imag();
    const float imaginary = even.imag() + odd.real() * factor.imag() + odd.imag() * factor.real();
    power[k] = real * real + imaginary * imaginary;
  }
}

}  // namespace ironscribe::dsp
