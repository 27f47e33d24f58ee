// The resampler's dot products in SIMD lanes; the order of summation is fixed, so an output's bits
// depend on its samples only. Included once by the source file of each level.
#pragma once

#include "dsp/lanes.h"
#include "dsp/resampler_outputs.h"

namespace ironscribe::dsp {
namespace {

// Several accumulators hide the latency of the fused multiply-add; the loops over them are unrolled
// by request, or GCC 12 keeps them in memory.
constexpr int kAccumulators = static_cast<int>(kTapsMultiple) / kLanes;

IRONSCRIBE_LANES_INLINE float SumOfLanes(Vec (&sums)[kAccumulators]) {
#pragma GCC unroll 4
  for (int width = kAccumulators / 2; width > 0; width /= 2) {
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i) sums[i] = sums[i] + sums[i + width];
  }
#if defined(__AVX512F__)
  return _mm512_reduce_add_ps(sums[0]);
#elif defined(__AVX2__)
  const __m128 halves =
      _mm_add_ps(_mm256_castps256_ps128(sums[0]), _mm256_extractf128_ps(sums[0], 1));
  const __m128 pairs = _mm_add_ps(halves, _mm_movehl_ps(halves, halves));
  return pairs[0] + pairs[1];
#else
  return (sums[0][0] + sums[0][2]) + (sums[0][1] + sums[0][3]);
#endif
}

IRONSCRIBE_LANES_INLINE float Dot(const float* row, const float* samples, int64_t num_taps) {
  Vec sums[kAccumulators];
#pragma GCC unroll 8
  for (int i = 0; i < kAccumulators; ++i) sums[i] = Vec{};
  for (int64_t tap = 0; tap < num_taps; tap += kTapsMultiple) {
#pragma GCC unroll 8
    for (int i = 0; i < kAccumulators; ++i) {
      const int64_t at = tap + i * kLanes;
      sums[i] = Fma(Load(row + at), Load(samples + at), sums[i]);
    }
  }
  return SumOfLanes(sums);
}

IRONSCRIBE_LANES_INLINE void ResampleOutputs(const ResamplerFilter& filter, const float* samples,
                                             ResamplerPosition& position, int64_t count,
                                             float* out) {
  const bool interpolated = filter.num_phases != filter.unit;
  for (int64_t j = 0; j < count; ++j) {
    const float* at = samples + position.sample;
    if (interpolated) {
      const int64_t scaled = position.fraction * filter.num_phases;
      const float* row = filter.rows + scaled / filter.unit * filter.num_taps;
      const float weight =
          static_cast<float>(scaled % filter.unit) / static_cast<float>(filter.unit);
      const float low = Dot(row, at, filter.num_taps);
      const float high = Dot(row + filter.num_taps, at, filter.num_taps);
      out[j] = low + weight * (high - low);
    } else {
      out[j] = Dot(filter.rows + position.fraction * filter.num_taps, at, filter.num_taps);
    }
    position.sample += filter.step_whole;
    position.fraction += filter.step_fraction;
    if (position.fraction >= filter.unit) {
      position.fraction -= filter.unit;
      ++position.sample;
    }
  }
}

}  // namespace
}  // namespace ironscribe::dsp
